import { ownEvaluation } from '../api/evaluations'
import { Refusal } from '../api/client'
import { ownVersion, ownVisits } from '../api/visits'
import { kept, write, type OwnEvaluation, type Version, type Visit } from './db'
import { changed } from './work'

const own = (user: string) => IDBKeyRange.bound([user], [user, []])

/** The visits as they were read last, each with what can be done about it without a signal. */
export async function keptVisits(user: string): Promise<{ visits: Visit[]; read: number | undefined }> {
  const rows = await kept((db) => db.getAll('visits', own(user)))
  const read = rows.reduce<number | undefined>((latest, row) => Math.max(latest ?? 0, row.read), undefined)
  return { visits: rows.map((row) => row.visit), read }
}

export const keptVisit = (user: string, id: string) => kept((db) => db.get('visits', [user, id])).then((row) => row?.visit)

export const keptVersion = (user: string, checklist: string, number: number): Promise<Version | undefined> =>
  kept((db) => db.get('versions', [user, checklist, number])).then((row) => row?.version)

export const keptEvaluation = (user: string, id: string): Promise<OwnEvaluation | undefined> =>
  kept((db) => db.get('evaluations', [user, id])).then((row) => row?.evaluation)

/** Keeps one visit as the server says that it stands now. */
export async function keepVisit(user: string, visit: Visit, now: number): Promise<void> {
  await kept((db) => db.put('visits', { user, id: visit.id, visit, read: now }))
  changed()
}

/** Forgets a visit that was given back. */
export async function forgetVisit(user: string, id: string): Promise<void> {
  await kept((db) => db.delete('visits', [user, id]))
  changed()
}

/**
 * Reads the visits from the server and keeps them, with the checklists of those that are to be made or mended and the
 * evaluations that came back: everything that is needed where there is no signal. A visit that is no longer theirs goes; one
 * with work on it stays, and says so: it is planned, for somebody else.
 */
export async function fetchVisits(user: string, now: number): Promise<void> {
  const before = new Map((await kept((db) => db.getAll('visits', own(user)))).map((row) => [row.id, row.read]))
  const visits = await ownVisits(user)
  await write(['visits', 'drafts'], async (tx) => {
    const drafts = new Set((await tx.objectStore('drafts').getAllKeys(own(user))).map(([, visit]) => visit))
    const there = new Set(visits.map((v) => v.id))
    for (const row of await tx.objectStore('visits').getAll(own(user))) {
      if (there.has(row.id)) continue
      if (drafts.has(row.id)) await tx.objectStore('visits').put({ ...row, visit: { ...row.visit, state: 'planned' } })
      else await tx.objectStore('visits').delete([user, row.id])
    }
    for (const visit of visits) {
      const row = await tx.objectStore('visits').get([user, visit.id])
      // What was learnt of it while the list was on its way, such as that it is accepted, is newer.
      if (row?.read === before.get(visit.id)) await tx.objectStore('visits').put({ user, id: visit.id, visit, read: now })
    }
  })
  changed()
  // First what is needed for work, since the signal may go at any moment; what was handed in is only looked at.
  const wanted = (v: Visit) => Number(!toBeMade.includes(v.state))
  for (const visit of visits.toSorted((a, b) => wanted(a) - wanted(b))) {
    await fetchFor(user, visit)
  }
  changed()
}

/** The states in which there is work to do on a visit, or soon may be. */
const toBeMade: string[] = ['offered', 'accepted', 'returned']

/** What is needed to work on a visit. One whose checklist the server refuses does not keep the others from theirs. */
async function fetchFor(user: string, visit: Visit): Promise<void> {
  try {
    if (toBeMade.includes(visit.state)) await fetchVersion(user, visit.checklist_id, visit.checklist_version)
    if (visit.evaluation_id && ['returned', 'rejected', 'approved', 'submitted'].includes(visit.state)) {
      await fetchEvaluation(user, visit.evaluation_id, visit.state)
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 401) throw error
  }
}

/** The version of a checklist, from the phone if it is there: it never changes. */
export async function fetchVersion(user: string, checklist: string, number: number): Promise<Version> {
  const before = await keptVersion(user, checklist, number)
  if (before) return before
  const version = await ownVersion(user, checklist, number)
  await kept((db) => db.put('versions', { user, checklist, number, version }))
  return version
}

/** What was handed in, read again where its state is another one than that on the phone. */
export async function fetchEvaluation(user: string, id: string, state: string): Promise<OwnEvaluation> {
  const before = await keptEvaluation(user, id)
  if (before?.state === state && state !== 'returned') return before
  const evaluation = await ownEvaluation(user, id)
  await kept((db) => db.put('evaluations', { user, id, evaluation }))
  return evaluation
}
