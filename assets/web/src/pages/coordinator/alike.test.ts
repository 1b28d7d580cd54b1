import { expect, test } from 'vitest'
import { alike } from './alike'

const observed = (reason: string, question_id?: string) => ({ kind: 'photo', reason, ...(question_id && { question_id }) }) as never

test('what was observed of many photos in the same words is read once, with each question in the order of the first', () => {
  const far = 'the position is 11.1 km from the branch'
  const again = 'the same picture belongs to another evaluation'
  const all = [observed(far, 'front'), observed(again, 'front'), observed(far, 'cup'), observed(far, 'front'), observed('begun at night')]
  expect(alike(all)).toEqual([
    { reason: far, n: 3, questions: ['front', 'cup'] },
    { reason: again, n: 1, questions: ['front'] },
    { reason: 'begun at night', n: 1, questions: [] },
  ])
})
