import { expect, test } from 'vitest'
import type { Draft, Visit } from '../../desk.svelte'
import { listed } from './lists'

const visit = (id: string, state: string, closes = '2026-11-21T20:00:00Z') => ({ id, state, closes_at: closes }) as Visit
const draft = (visit: string) => ({ visit }) as Draft
const ids = (visits: Visit[], drafts: Draft[] = []) =>
  listed(visits, drafts).map(({ part, visits }) => [part, ...visits.map(({ visit }) => visit.id)])

test("a shopper's visits stand in the parts of their life, and parts without any are left out", () => {
  const states = ['cancelled', 'approved', 'submitted', 'returned', 'accepted', 'offered']
  expect(ids(states.map((state) => visit(state, state)))).toEqual([
    ['to-answer', 'offered'],
    ['to-do', 'accepted'],
    ['returned', 'returned'],
    ['sent', 'submitted'],
    ['approved', 'approved'],
    ['over', 'cancelled'],
  ])
  expect(ids([visit('only', 'returned')])).toEqual([['returned', 'only']])
})

test('what ends soonest is to be done first, and what ended last stands first of what is over', () => {
  const at = (state: string) => [
    visit('second', state, '2026-11-22T20:00:00Z'),
    visit('first', state, '2026-11-21T20:00:00Z'),
    visit('third', state, '2026-11-23T20:00:00Z'),
  ]
  expect(ids(at('accepted'))).toEqual([['to-do', 'first', 'second', 'third']])
  expect(ids(at('approved'))).toEqual([['approved', 'third', 'second', 'first']])
})

test('a visit that was cancelled or expired is to do as long as there is work on the phone', () => {
  const visits = [visit('cancelled', 'cancelled'), visit('expired', 'expired'), visit('declined', 'declined')]
  expect(ids(visits, [draft('cancelled'), draft('expired')])).toEqual([
    ['to-do', 'cancelled', 'expired'],
    ['over', 'declined'],
  ])
})
