import type { Schemas } from '../api/client'
import { read, type Answer, type Question, type Read, type Said, type Wrong } from './answer'
import { asksAbout, holds } from './condition'

export type Document = Schemas['Document']
export type Answers = Readonly<Record<string, Answer>>

/** How the questions of a checklist stand, given answers. */
export interface Standing {
  /** The ids of the questions that are shown. */
  visible: Set<string>
  /** The visible questions that must be answered and are not. */
  missing: Set<string>
  /** What is wrong with the answers to visible questions. */
  wrong: Map<string, Wrong>
  /** Questions that are hidden and have an answer, which is not sent. */
  unasked: Set<string>
}

interface Asked {
  question: Question
  section: number
  dependsOn: string[]
  /** What was answered last and how it was read: of all answers, each tap changes one. */
  last?: { answer: Answer | undefined; read: Read }
}

/** The questions of a checklist in their order, each with the questions on which it depends whether it is shown. */
function inOrder(document: Document): Asked[] {
  let asked = ordered.get(document)
  if (!asked) {
    asked = document.sections.flatMap((s, section) => {
      const ofSection = asksAbout(s.show_when)
      return s.questions.map((question) => ({ question, section, dependsOn: ofSection.concat(asksAbout(question.show_when)) }))
    })
    ordered.set(document, asked)
  }
  return asked
}

/** A version never changes, and is asked about at every answer. */
const ordered = new WeakMap<Document, Asked[]>()

function readOnce(asked: Asked, answer: Answer | undefined): Read {
  if (!asked.last || asked.last.answer !== answer) asked.last = { answer, read: read(asked.question, answer) }
  return asked.last.read
}

/**
 * How the questions stand: the same rules, in the same order, as the server's. What hangs on a question that is itself
 * wrong or missing is not named, since mending that may hide it.
 */
export function standing(document: Document, answers: Answers): Standing {
  const s: Standing = { visible: new Set(), missing: new Set(), wrong: new Map(), unasked: new Set() }
  const said = new Map<string, Said>()
  const unsure = new Set<string>()
  const saidOf = (id: string) => said.get(id)
  const shown = document.sections.map(() => undefined as boolean | undefined)
  for (const asked of inOrder(document)) {
    const { question: q, section, dependsOn } = asked
    shown[section] ??= holds(document.sections[section]!.show_when, saidOf)
    const answer = readOnce(asked, answers[q.id])
    const given = answer.said !== undefined || answer.wrong !== undefined
    const hangs = dependsOn.some((id) => unsure.has(id))
    if (hangs) unsure.add(q.id)
    if (!shown[section] || !holds(q.show_when, saidOf)) {
      if (given && !hangs) {
        s.unasked.add(q.id)
        unsure.add(q.id)
      }
      if (answer.wrong && hangs) s.wrong.set(q.id, answer.wrong)
      continue
    }
    s.visible.add(q.id)
    if (!given && q.required && q.type !== 'note') {
      if (!hangs) s.missing.add(q.id)
      unsure.add(q.id)
    }
    if (answer.wrong) {
      s.wrong.set(q.id, answer.wrong)
      unsure.add(q.id)
    } else if (answer.said) said.set(q.id, answer.said)
  }
  return s
}

/** What is sent: the answers to visible questions. One to a question that was hidden again stays on the phone. */
export function asSent(answers: Answers, { visible }: Standing): Record<string, Answer> {
  return Object.fromEntries(Object.entries(answers).filter(([id]) => visible.has(id)))
}

/** The questions that may be changed of a returned evaluation: those named, and those whose visibility hangs on them. */
export function reopened(document: Document, named: string[]): Set<string> {
  const open = new Set(named)
  for (const { question, dependsOn } of inOrder(document)) {
    if (dependsOn.some((id) => open.has(id))) open.add(question.id)
  }
  return open
}
