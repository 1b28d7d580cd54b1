import { handIn, putPhoto } from '../api/evaluations'
import { Refusal, Unreachable } from '../api/client'
import { sha256 } from './canonical'
import { kept, type Draft } from './db'
import { changed, photosOf, unsent } from './work'

/** How a round of sending ended. */
export type Round = 'nothing' | 'sent' | 'refused' | 'later' | 'signed out' | 'elsewhere'

const second = 1000
const longestPause = 5 * 60 * second

/** How long to wait after so many rounds that did not reach the server: longer each time, and never all phones at once. */
export function pause(failures: number, asked: number, random: number): number {
  const usual = Math.min(longestPause, 2 * second * 2 ** Math.min(failures, 10))
  return Math.max(asked, usual) * (0.75 + random / 2)
}

/**
 * Sends what is frozen, one evaluation after the other: its photos, one by one, then itself. Only one tab sends at a time.
 * An evaluation leaves the phone when the server's answer names it, and not before.
 */
export async function flush(user: string, signedIn: () => string | undefined): Promise<{ round: Round; after: number }> {
  const done = await navigator.locks.request('fieldcare-outbox', { ifAvailable: true }, async (lock) => {
    if (!lock) return { round: 'elsewhere' as Round, after: 0 }
    let round: Round = 'nothing'
    for (const draft of await unsent(user)) {
      if (draft.state !== 'frozen') continue
      if (signedIn() !== user) return { round: 'signed out' as Round, after: 0 } // nobody else sends their work
      try {
        await send(draft)
        round = round === 'refused' ? round : 'sent'
      } catch (error) {
        if (error instanceof Unreachable) return { round: 'later' as Round, after: error.after }
        if (!(error instanceof Refusal)) throw error
        if (error.status === 401) return { round: 'signed out' as Round, after: 0 }
        await refuse(draft, error)
        round = 'refused'
      }
      changed()
    }
    return { round, after: 0 }
  })
  return done
}

async function send(draft: Draft): Promise<void> {
  const { user, visit } = draft
  const content = JSON.parse(draft.content) as { answers: Record<string, never> }
  const named = new Set(Object.values(content.answers).flatMap(photosOf))
  const keys = await kept((db) => db.getAllKeysFromIndex('photos', 'visit', [user, visit]))
  for (const key of keys) {
    const photo = await kept((db) => db.get('photos', key)) // one at a time: phones have little memory
    if (!photo || photo.arrived || !named.has(photo.sha256)) continue
    try {
      await putPhoto(photo.sha256, photo.bytes, photo.type)
    } catch (error) {
      if (error instanceof Refusal && error.status !== 401) throw about(error, photo.question)
      throw error
    }
    await kept((db) => db.put('photos', { ...photo, arrived: true }))
    changed()
  }
  const receipt = await handIn(draft.content, await sha256(draft.content), draft.evaluation, draft.basedOn > 0)
  await kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos', 'visits'], 'readwrite', { durability: 'strict' })
    await tx.objectStore('drafts').delete([user, visit])
    await tx.objectStore('answers').delete(IDBKeyRange.bound([user, visit], [user, visit, []]))
    await tx.objectStore('photos').delete(IDBKeyRange.bound([user, visit], [user, visit, []]))
    const row = await tx.objectStore('visits').get([user, visit])
    if (row) await tx.objectStore('visits').put({ ...row, visit: { ...row.visit, state: receipt.state, evaluation_id: receipt.id } })
    await tx.done
  })
}

/** A photo's refusal, as one of the question that it answers. */
function about(error: Refusal, question: string): Refusal {
  const fault = { pointer: `/answers/${question}`, question, detail: error.problem.detail }
  return new Refusal(error.status, { ...error.problem, errors: [fault] })
}

/** Keeps the evaluation with what the server has against it. */
function refuse(draft: Draft, { status, problem }: Refusal): Promise<unknown> {
  const refusal = { status, detail: problem.detail, errors: problem.errors ?? [] }
  return kept((db) => db.put('drafts', { ...draft, state: 'refused', refusal }))
}
