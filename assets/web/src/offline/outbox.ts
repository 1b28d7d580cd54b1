import { handIn, putPhoto, type Receipt } from '../api/evaluations'
import { Refusal, Unreachable } from '../api/client'
import { sha256 } from './canonical'
import { isFull, kept, write, type Draft, type PhotoRow } from './db'
import { changed, namedIn, of, unsent } from './work'

/** How a round of sending ended. */
export type Round = 'nothing' | 'sent' | 'refused' | 'later' | 'signed out' | 'elsewhere'

const shortestPause = 5_000
const longestPause = 5 * 60_000

/**
 * How long to wait after so many rounds that did not reach the server: longer each time, and always more than it asked for.
 * The pauses of many phones that missed it at the same moment spread over half as much again as the usual one, so that a
 * thousand of them never come back as a flood. In milliseconds; random is from 0 to 1.
 */
export function pause(failures: number, asked: number, random: number): number {
  const usual = Math.min(longestPause, shortestPause * 2 ** Math.min(failures, 10))
  return asked + usual * (0.25 + 1.5 * random)
}

/** Since when another tab sends, in milliseconds; 0 while none does. */
let elsewhere = 0
/** Some browsers leave a lock with a page that is gone. Where that is wrong, two tabs send the same text, which is harmless. */
const longestElsewhere = 10 * 60_000

/**
 * Sends what is frozen, one evaluation after the other: its photos, one by one, then itself. Only one tab sends at a time.
 * An evaluation leaves the phone when the server's answer names it, and not before. One that the server cannot take now, or
 * that this phone cannot read, does not keep the others waiting, unless there is no connection or the server asked for a
 * pause (after, in milliseconds). What the phone failed at is thrown when the others were tried.
 */
export function flush(user: string): Promise<{ round: Round; after: number }> {
  const now = Date.now()
  const how = elsewhere && now - elsewhere > longestElsewhere ? { steal: true } : { ifAvailable: true }
  return navigator.locks.request('fieldcare-outbox', how, async (lock) => {
    elsewhere = lock ? 0 : elsewhere || now
    if (!lock) return { round: 'elsewhere', after: 0 }
    const done = new Set<Round>()
    const broken: unknown[] = []
    for (const draft of await unsent(user)) {
      if (draft.state !== 'frozen') continue
      try {
        await send(draft)
        done.add('sent')
      } catch (error) {
        if (error instanceof Unreachable) {
          if (error.why === 'network' || error.after > 0) return { round: 'later', after: error.after }
          done.add('later')
          continue
        }
        if (!(error instanceof Refusal)) {
          broken.push(error)
          continue
        }
        if (error.status === 401) return { round: 'signed out', after: 0 }
        await unlessFull(refuse(draft, error)) // on a full phone it is refused anew in the next round
        done.add('refused')
      }
      changed()
    }
    if (broken.length > 0) throw broken[0]
    return { round: (['later', 'refused', 'sent'] as const).find((round) => done.has(round)) ?? 'nothing', after: 0 }
  })
}

/** Waits until no tab sends. */
export const nobodySends = () => navigator.locks.request('fieldcare-outbox', () => undefined)

/** Sends an evaluation; anew: with the photos that the server had before. */
async function send(draft: Draft, anew = false): Promise<void> {
  const { user, visit } = draft
  const named = namedIn(draft.content)
  let left = draft.left ?? 0
  for (const key of await kept((db) => db.getAllKeys('photos', of(user, visit)))) {
    const photo = await kept((db) => db.get('photos', key)) // one at a time: phones have little memory
    if (!photo || !named.has(photo.sha256) || (photo.arrived && !anew)) continue
    try {
      await putPhoto(user, photo.sha256, photo.bytes, photo.type)
    } catch (error) {
      if (error instanceof Refusal && error.status !== 401) throw about(error, photo)
      throw error
    }
    left = Math.max(0, left - 1)
    // A phone that is too full to note it sends the photo again, which does no harm.
    await unlessFull(
      write(['photos', 'drafts'], async (tx) => {
        if (!(await stands(tx.objectStore('drafts'), draft))) return
        await tx.objectStore('photos').put({ ...photo, arrived: true })
        await tx.objectStore('drafts').put({ ...draft, left })
      }),
    )
    changed()
  }
  let receipt: Receipt
  try {
    receipt = await handIn(user, draft.content, await sha256(draft.content), draft.evaluation, draft.basedOn > 0)
  } catch (error) {
    // The server keeps a photo that no evaluation names for a month; work may be older than that.
    const missed = error instanceof Refusal && error.problem.errors?.some(({ pointer }) => /\/photos\/\d+$/.test(pointer))
    if (missed && !anew) return send(draft, true)
    throw error
  }
  await write(['drafts', 'answers', 'photos'], async (tx) => {
    if (!(await stands(tx.objectStore('drafts'), draft))) return
    await tx.objectStore('drafts').delete([user, visit])
    await tx.objectStore('answers').delete(of(user, visit))
    await tx.objectStore('photos').delete(of(user, visit))
  })
  await unlessFull(
    write(['visits'], async (tx) => {
      const row = await tx.objectStore('visits').get([user, visit])
      const made = row && { ...row.visit, state: receipt.state, evaluation_id: receipt.id }
      if (made) await tx.objectStore('visits').put({ ...row, visit: made, read: Date.now() })
    }),
  )
}

async function unlessFull(written: Promise<unknown>): Promise<void> {
  await written.catch((error: unknown) => {
    if (!isFull(error)) throw error
  })
}

/**
 * Whether the evaluation on the phone is the one that was sent. Where a browser lets two tabs send, which some do with the
 * lock of a page that is gone, the slower one finds it handed in, and perhaps a revision begun.
 */
async function stands(drafts: { get(key: [string, string]): Promise<Draft | undefined> }, sent: Draft): Promise<boolean> {
  const draft = await drafts.get([sent.user, sent.visit])
  return draft?.state === 'frozen' && draft.content === sent.content
}

/** A photo's refusal, as one of the question that it answers. */
function about({ status, problem, reasons }: Refusal, { question, sha256 }: PhotoRow): Refusal {
  const errors = [{ pointer: `/answers/${question}/photos/${sha256}`, question, detail: reasons }]
  return new Refusal(status, { ...problem, errors })
}

/** Keeps the evaluation with what the server has against it. */
function refuse(draft: Draft, { status, problem }: Refusal): Promise<unknown> {
  const refusal = { type: problem.type, status, detail: problem.detail, errors: problem.errors ?? [] }
  return write(['drafts'], async (tx) => {
    const drafts = tx.objectStore('drafts')
    if (await stands(drafts, draft)) await drafts.put({ ...draft, state: 'refused', refusal })
  })
}
