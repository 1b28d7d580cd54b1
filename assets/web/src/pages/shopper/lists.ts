import type { Draft, Visit } from '../../desk.svelte'
import { fromNow } from '../../format'

/** The parts of a shopper's list, in the order of a visit's life. */
export const parts = ['to-answer', 'to-do', 'returned', 'sent', 'approved', 'over'] as const
export type Part = (typeof parts)[number]

/** Where a visit stands in the list. One with work on the phone is to do, whatever became of it meanwhile. */
export function partOf(visit: Visit, draft: Draft | undefined): Part {
  switch (visit.state) {
    case 'offered':
      return 'to-answer'
    case 'accepted':
      return 'to-do'
    case 'returned':
      return 'returned'
    case 'submitted':
      return 'sent'
    case 'approved':
      return 'approved'
  }
  return draft ? 'to-do' : 'over'
}

/** The list in its parts: what is to be done by its end, what is over by its end too, the latest first. */
export function listed(visits: Visit[], drafts: Draft[]): { part: Part; visits: { visit: Visit; draft: Draft | undefined }[] }[] {
  const on = new Map(drafts.map((d) => [d.visit, d]))
  const rows = visits.map((visit) => ({ visit, draft: on.get(visit.id) }))
  return parts
    .map((part) => {
      const own = rows.filter(({ visit, draft }) => partOf(visit, draft) === part)
      const later = part === 'sent' || part === 'approved' || part === 'over' ? -1 : 1
      own.sort((a, b) => later * (Date.parse(a.visit.closes_at) - Date.parse(b.visit.closes_at)))
      return { part, visits: own }
    })
    .filter(({ visits }) => visits.length > 0)
}

/** How a visit's window stands to now, as a message and its value. */
export function left({ opens_at, closes_at }: Visit, now: number): ['opens-in' | 'closes-in' | 'closed', { when: string }] {
  const opens = Date.parse(opens_at) > now
  const over = Date.parse(closes_at) <= now
  return [opens ? 'opens-in' : over ? 'closed' : 'closes-in', { when: fromNow(opens ? opens_at : closes_at, now) }]
}
