import { readFileSync } from 'node:fs'
import type { Condition } from '../src/checklist/condition'
import type { Document } from '../src/checklist/rules'

/** The demo's checklist, of 60 questions in 8 parts, with every type of question and conditions of every kind. */
const café = JSON.parse(readFileSync(new URL('../../demo/checklist.json', import.meta.url), 'utf8')) as Document

/** The demo's checklist so many times over: each copy's conditions ask about questions of the same copy. */
export function times(n: number): Document {
  const copy = (of: number) => {
    const named = (id: string) => (of === 0 ? id : `${id}-${of + 1}`)
    const asking = (c: Condition): Condition => ({
      ...c,
      ...(c.question && { question: named(c.question) }),
      ...(c.all && { all: c.all.map(asking) }),
      ...(c.any && { any: c.any.map(asking) }),
      ...(c.none && { none: c.none.map(asking) }),
    })
    return café.sections.map((section) => ({
      ...section,
      id: named(section.id),
      questions: section.questions.map((q) => ({ ...q, id: named(q.id), ...(q.show_when && { show_when: asking(q.show_when) }) })),
    }))
  }
  const { texts: _, ...rest } = café
  return { ...rest, title: `${n * 60} questions`, languages: ['en'], sections: Array.from({ length: n }, (_, of) => copy(of)).flat() }
}

/** The same questions in one part, all of which are on one page. */
export function inOnePart(document: Document): Document {
  const questions = document.sections.flatMap((s) => s.questions)
  return { ...document, title: document.title + ' in one part', sections: [{ ...document.sections[0]!, questions }] }
}

export const questionsOf = (document: Document) => document.sections.flatMap((s) => s.questions)
