import type { Answer, Question } from '../../checklist/answer'

/** What every control of an answer is given. */
export interface AnswerProps {
  question: Question
  answer: Answer | undefined
  keep: (answer: Answer | undefined) => unknown
}

/** What ties a field to its question for those who listen: the ids of its name and of what is said of it. */
export interface Tied {
  named: string
  described: string | undefined
  wrong: boolean
}
