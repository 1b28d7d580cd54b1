import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { standing, type Answers, type Document } from './rules'

interface Cases<C> {
  documents: Record<string, Document>
  cases: (C & { name: string; document: string; answers: Answers })[]
}

/** The cases that the server's rules are held against too. */
const cases = <C>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../evaluation/testdata/${name}.json`, import.meta.url), 'utf8')) as Cases<C>

const { documents, cases: conditions } = cases<{ visible: string[] }>('conditions')
test.each(conditions.map((c) => [c.name, c] as const))('what is shown: %s', (_, c) => {
  const { visible } = standing(documents[c.document]!, c.answers)
  expect([...visible]).toEqual(c.visible)
})

const { documents: asked, cases: answers } = cases<{ faults: string[] }>('answers')
/** What the server does before a shopper gets a document: critical questions become required, and what fails is not told. */
function forShopper(document: Document): Document {
  const fails = (list: { fails?: boolean }[] | null | undefined) => (list ?? []).some((one) => one.fails)
  const question = (q: Document['sections'][number]['questions'][number]) => ({
    ...q,
    required: q.required || fails(q.options) || fails(q.bands),
  })
  return { ...document, sections: document.sections.map((s) => ({ ...s, questions: s.questions.map(question) })) }
}

test.each(answers.map((c) => [c.name, c] as const))('which answers are taken: %s', (_, c) => {
  const s = standing(forShopper(asked[c.document]!), c.answers)
  const named = new Set([...s.missing, ...s.wrong.keys(), ...s.unasked])
  const questions = asked[c.document]!.sections.flatMap((section) => section.questions.map((q) => q.id))
  const unknown = Object.keys(c.answers).filter((id) => !questions.includes(id))
  expect([...questions.filter((id) => named.has(id)), ...unknown.sort()]).toEqual(c.faults)
})

test('both files of cases are there', () => {
  expect(conditions.length).toBeGreaterThan(20)
  expect(answers.length).toBeGreaterThan(50)
})
