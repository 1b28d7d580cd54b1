import { asSent, standing, type Answers, type Document } from '../checklist/rules'
import { canonical } from './canonical'
import { kept, type Answer, type Draft, type PhotoRow, type Visit } from './db'

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

/** The work on a visit, if it was begun on this phone. */
export function workOn(user: string, visit: string): Promise<Work | undefined> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos'])
    const draft = await tx.objectStore('drafts').get([user, visit])
    if (!draft) return undefined
    const rows = await tx.objectStore('answers').getAll(IDBKeyRange.bound([user, visit], [user, visit, []]))
    const photos = await tx.objectStore('photos').index('visit').getAll([user, visit])
    return { draft, answers: Object.fromEntries(rows.map((row) => [row.question, row.answer])), photos }
  })
}

/** Begins the work on a visit, or goes on with it: an evaluation is begun once, in however many tabs. */
export function begin(user: string, visit: Visit, now: Date): Promise<Draft> {
  return kept(async (db) => {
    const tx = db.transaction('drafts', 'readwrite')
    const before = await tx.store.get([user, visit.id])
    if (before) return before
    const draft: Draft = {
      user,
      visit: visit.id,
      evaluation: crypto.randomUUID(),
      basedOn: 0,
      checklist: visit.checklist_id,
      version: visit.checklist_version,
      begun: '',
      finished: '',
      moments: [],
      state: 'open',
      content: '',
      changed: now.getTime(),
    }
    await tx.store.put(draft)
    await tx.done
    return draft
  })
}

/** Begins a revision of a returned evaluation from what was handed in. */
export function beginRevision(
  user: string,
  visit: Visit,
  evaluation: string,
  revision: number,
  answers: Answers,
  now: Date,
): Promise<Draft> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers'], 'readwrite')
    const before = await tx.objectStore('drafts').get([user, visit.id])
    if (before) return before
    const draft: Draft = {
      user,
      visit: visit.id,
      evaluation,
      basedOn: revision,
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
    await tx.done
    return draft
  })
}

/** Keeps an answer, or with undefined takes it away. It is on the phone when the promise is fulfilled. */
export function keepAnswer(user: string, visit: string, question: string, answer: Answer | undefined, now: Date): Promise<void> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers'], 'readwrite', { durability: 'strict' })
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    if (answer === undefined) await tx.objectStore('answers').delete([user, visit, question])
    else await tx.objectStore('answers').put({ user, visit, question, answer })
    await tx.objectStore('drafts').put({ ...draft, changed: now.getTime() })
    await tx.done
  })
}

async function open(read: Promise<Draft | undefined>): Promise<Draft> {
  const draft = await read
  if (!draft || draft.state !== 'open') throw new Frozen()
  return draft
}

/** Changes what is kept beside the answers: moments, and when the visit began. */
export function changeDraft(user: string, visit: string, change: (draft: Draft) => Partial<Draft>, now: Date): Promise<Draft> {
  return kept(async (db) => {
    const tx = db.transaction('drafts', 'readwrite', { durability: 'strict' })
    const draft = await open(tx.store.get([user, visit]))
    const next = { ...draft, ...change(draft), changed: now.getTime() }
    await tx.store.put(next)
    await tx.done
    return next
  })
}

/** Keeps a photo and its place in the answer to a question, both or neither. */
export function keepPhoto(photo: PhotoRow, answer: Answer, now: Date): Promise<void> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos'], 'readwrite', { durability: 'strict' })
    const { user, visit, question } = photo
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    await tx.objectStore('photos').put(photo)
    await tx.objectStore('answers').put({ user, visit, question, answer })
    await tx.objectStore('drafts').put({ ...draft, changed: now.getTime() })
    await tx.done
  })
}

/** Freezes the evaluation as it is sent: afterwards nothing changes it, and sending it again is the same. */
export function freeze(user: string, visit: string, document: Document, now: Date): Promise<void> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos'], 'readwrite', { durability: 'strict' })
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    const rows = await tx.objectStore('answers').getAll(IDBKeyRange.bound([user, visit], [user, visit, []]))
    const photos = await tx.objectStore('photos').index('visit').getAll([user, visit])
    const answers = Object.fromEntries(rows.map((row) => [row.question, row.answer]))
    const content = contentOf({ ...draft, finished: now.toISOString() }, asSent(answers, standing(document, answers)), photos)
    const next: Draft = { ...draft, finished: now.toISOString(), state: 'frozen', content, changed: now.getTime() }
    delete next.refusal
    await tx.objectStore('drafts').put(next)
    await tx.done
    changed()
  })
}

/** What the API is sent. A revision names neither its visit nor its times: those are the first one's. */
function contentOf(draft: Draft, answers: Record<string, Answer>, photos: PhotoRow[]): string {
  const named = new Set(Object.values(answers).flatMap(photosOf))
  const claims = photos
    .filter((p) => named.has(p.sha256))
    .map(({ sha256, taken_at, position, source }) => ({ sha256, taken_at, position, source }))
  const body = { answers, moments: draft.moments, photos: claims }
  if (draft.basedOn > 0) return canonical({ ...body, based_on: draft.basedOn })
  return canonical({ ...body, id: draft.evaluation, visit_id: draft.visit, begun: draft.begun || draft.finished, finished: draft.finished })
}

/** The photos that an answer names. */
export function photosOf(answer: Answer | undefined): string[] {
  if (typeof answer !== 'object' || Array.isArray(answer) || !Array.isArray(answer.photos)) return []
  return answer.photos as string[]
}

/** Opens an evaluation that the server refused, so that it can be mended. */
export function mend(user: string, visit: string, now: Date): Promise<void> {
  return kept(async (db) => {
    const tx = db.transaction('drafts', 'readwrite')
    const draft = await tx.store.get([user, visit])
    if (draft?.state !== 'refused') return
    await tx.store.put({ ...draft, state: 'open', content: '', changed: now.getTime() })
    await tx.done
    changed()
  })
}

/** Everything begun on this phone that the server does not have, the longest untouched first. */
export async function unsent(user: string): Promise<Draft[]> {
  const drafts = await kept((db) => db.getAll('drafts', IDBKeyRange.bound([user], [user, []])))
  return drafts.sort((a, b) => a.changed - b.changed)
}
