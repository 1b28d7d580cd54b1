import type { Answer, Question } from '../../checklist/answer'

/** What every control of an answer is given, beside what ties it to its label. */
export interface AnswerProps {
  question: Question
  answer: Answer | undefined
  keep: (answer: Answer | undefined) => unknown
  'aria-labelledby'?: string
  'aria-describedby'?: string | undefined
  'aria-invalid'?: boolean | undefined
}
