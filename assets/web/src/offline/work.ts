import { asSent, standing, type Answers, type Document } from '../checklist/rules'
import { canonical } from './canonical'
import { kept, write, type Answer, type Draft, type PhotoRow, type Visit } from './db'

/** The evaluation is frozen: it waits to be sent, perhaps from another tab, and is not changed any more. */
export class Frozen extends Error {}

/** Work on a visit as it stands on the phone. */
export interface Work {
  draft: Draft
  answers: Record<string, Answer>
  photos: PhotoRow[]
}

const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('fieldcare-work')
const listeners = new Set<() => void>()
tabs?.addEventListener('message', () => listeners.forEach((tell) => tell()))

/** Calls back after anything kept on this phone has changed, in whatever tab. Returns how to stop it. */
export function whenChanged(tell: () => void): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

/** Tells this tab and the others that something changed. */
export function changed() {
  listeners.forEach((tell) => tell())
  tabs?.postMessage('changed')
}

/** The keys of everything that belongs to the work on a visit. */
export const of = (user: string, visit: string) => IDBKeyRange.bound([user, visit], [user, visit, []])

/** The work on a visit, if it was begun on this phone. */
export function workOn(user: string, visit: string): Promise<Work | undefined> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos'])
    const draft = await tx.objectStore('drafts').get([user, visit])
    if (!draft) return undefined
    const rows = await tx.objectStore('answers').getAll(of(user, visit))
    const photos = await tx.objectStore('photos').getAll(of(user, visit))
    return { draft, answers: Object.fromEntries(rows.map((row) => [row.question, row.answer])), photos }
  })
}

/** Begins the work on a visit, or goes on with it: an evaluation is begun once, in however many tabs. */
export const begin = (user: string, visit: Visit, now: Date) => beginWith(user, visit, crypto.randomUUID(), 0, {}, now)

/** Begins a revision of a returned evaluation from what was handed in. */
export const beginRevision = (user: string, visit: Visit, evaluation: string, revision: number, answers: Answers, now: Date) =>
  beginWith(user, visit, evaluation, revision, answers, now)

async function beginWith(user: string, visit: Visit, evaluation: string, basedOn: number, answers: Answers, now: Date): Promise<Draft> {
  const begun = await write(['drafts', 'answers'], async (tx) => {
    const before = await tx.objectStore('drafts').get([user, visit.id])
    if (before) return before
    const draft: Draft = {
      user,
      visit: visit.id,
      evaluation,
      basedOn,
      checklist: visit.checklist_id,
      version: visit.checklist_version,
      begun: '',
      finished: '',
      moments: [],
      state: 'open',
      content: '',
      changed: now.getTime(),
    }
    await tx.objectStore('drafts').put(draft)
    for (const [question, answer] of Object.entries(answers))
      await tx.objectStore('answers').put({ user, visit: visit.id, question, answer })
    return draft
  })
  changed()
  return begun
}

/** What was entered, by question; undefined takes an answer away. */
export type Entered = ReadonlyMap<string, Answer | undefined>

/** Keeps answers, all or none. They are on the phone when the promise is fulfilled. */
export function keepAnswers(user: string, visit: string, entered: Entered, now: Date): Promise<void> {
  return write(['drafts', 'answers'], async (tx) => {
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    for (const [question, answer] of entered) {
      if (answer === undefined) await tx.objectStore('answers').delete([user, visit, question])
      else await tx.objectStore('answers').put({ user, visit, question, answer })
    }
    await tx.objectStore('drafts').put({ ...draft, changed: now.getTime() })
  })
}

async function open(read: Promise<Draft | undefined>): Promise<Draft> {
  const draft = await read
  if (!draft || draft.state !== 'open') throw new Frozen()
  return draft
}

/** Changes what is kept beside the answers: moments, and when the visit began. */
export function changeDraft(user: string, visit: string, change: (draft: Draft) => Partial<Draft>, now: Date): Promise<Draft> {
  return write(['drafts'], async (tx) => {
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    const next = { ...draft, ...change(draft), changed: now.getTime() }
    await tx.objectStore('drafts').put(next)
    return next
  })
}

/** Keeps a photo and its place in the answer to a question, both or neither. */
export function keepPhoto(photo: PhotoRow, answer: Answer, now: Date): Promise<void> {
  return write(['drafts', 'answers', 'photos'], async (tx) => {
    const { user, visit, question } = photo
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    await tx.objectStore('photos').put(photo)
    await tx.objectStore('answers').put({ user, visit, question, answer })
    await tx.objectStore('drafts').put({ ...draft, changed: now.getTime() })
  })
}

/** Throws away the bytes of photos that no answer names any more: they would take room that others need. */
export function dropPhotos(user: string, visit: string): Promise<void> {
  return write(['drafts', 'answers', 'photos'], async (tx) => {
    await open(tx.objectStore('drafts').get([user, visit]))
    const named = new Set((await tx.objectStore('answers').getAll(of(user, visit))).flatMap((row) => photosOf(row.answer)))
    for (const key of await tx.objectStore('photos').getAllKeys(of(user, visit))) {
      if (!named.has(key[2])) await tx.objectStore('photos').delete(key)
    }
  })
}

/** Freezes the evaluation as it is sent: afterwards nothing changes it, and sending it again is the same. */
export async function freeze(user: string, visit: string, document: Document, now: Date): Promise<void> {
  await write(['drafts', 'answers', 'photos'], async (tx) => {
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    const rows = await tx.objectStore('answers').getAll(of(user, visit))
    const photos = await tx.objectStore('photos').getAll(of(user, visit))
    const answers = Object.fromEntries(rows.map((row) => [row.question, row.answer]))
    const finished = now.toISOString()
    const next: Draft = { ...draft, finished, state: 'frozen', changed: now.getTime() }
    next.content = contentOf(next, document, answers, photos)
    next.left = photosLeft(next.content, photos)
    delete next.refusal
    await tx.objectStore('drafts').put(next)
  })
  changed()
}

/**
 * What the API is sent: the answers to what is visible, and what the phone says of the photos that they name. A revision
 * names neither its visit nor its times: those are the first one's.
 */
export function contentOf(draft: Draft, document: Document, entered: Answers, photos: PhotoRow[]): string {
  const answers = asSent(entered, standing(document, entered))
  const named = new Set(Object.values(answers).flatMap(photosOf))
  const claims = photos
    .filter((p) => named.has(p.sha256))
    .map(({ sha256, taken_at, position, source }) => ({ sha256, taken_at, position, source }))
  const body = { answers, moments: draft.moments, photos: claims }
  if (draft.basedOn > 0) return canonical({ ...body, based_on: draft.basedOn })
  return canonical({ ...body, id: draft.evaluation, visit_id: draft.visit, begun: draft.begun || draft.finished, finished: draft.finished })
}

/** How many of the photos that a content names the server does not have. */
function photosLeft(content: string, photos: PhotoRow[]): number {
  const named = namedIn(content)
  return photos.filter((p) => named.has(p.sha256) && !p.arrived).length
}

/** The photos that the answers of a content name. */
export function namedIn(content: string): Set<string> {
  const { answers } = JSON.parse(content) as { answers: Answers }
  return new Set(Object.values(answers).flatMap(photosOf))
}

/** The photos that an answer names. */
export function photosOf(answer: Answer | undefined): string[] {
  if (typeof answer !== 'object' || Array.isArray(answer) || !Array.isArray(answer.photos)) return []
  return answer.photos as string[]
}

/**
 * Opens an evaluation that the server refused, so that it can be mended. A revision is then based on the current one,
 * where another came between.
 */
export async function mend(user: string, visit: string, current: number | undefined, now: Date): Promise<void> {
  await write(['drafts'], async (tx) => {
    const draft = await tx.objectStore('drafts').get([user, visit])
    if (draft?.state !== 'refused') return
    const basedOn = draft.basedOn > 0 ? (current ?? draft.basedOn) : 0
    await tx.objectStore('drafts').put({ ...draft, basedOn, state: 'open', content: '', changed: now.getTime() })
  })
  changed()
}

/** Everything begun on this phone that the server does not have, the longest untouched first. */
export async function unsent(user: string): Promise<Draft[]> {
  const drafts = await kept((db) => db.getAll('drafts', IDBKeyRange.bound([user], [user, []])))
  return drafts.sort((a, b) => a.changed - b.changed)
}
