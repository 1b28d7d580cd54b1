import { entered, photosOf, withoutPhoto, withPhoto } from '../checklist/photos'
import { asSent, reopened, standing, type Answers, type Document } from '../checklist/rules'
import { canonical } from './canonical'
import { kept, write, type Answer, type Draft, type OwnEvaluation, type PhotoRow, type Visit } from './db'

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
const tellAll = () => listeners.forEach((tell) => tell())
const aMoment = 100
let hearing: ReturnType<typeof setTimeout> | undefined
tabs?.addEventListener('message', () => {
  clearTimeout(hearing)
  hearing = setTimeout(tellAll, aMoment) // of a text that is typed in another tab not every letter
})

/** Calls back after anything kept on this phone has changed, in whatever tab. Returns how to stop it. */
export function whenChanged(tell: () => void): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

/** Tells this tab and the others that something changed. */
export function changed() {
  tellAll()
  tellOthers()
}

const tellOthers = () => tabs?.postMessage('changed')

/** The keys of everything that belongs to the work on a visit. */
export const of = (user: string, visit: string) => IDBKeyRange.bound([user, visit], [user, visit, []])

/** The work on a visit, if it was begun on this phone. Photos that are known already are not read again: they are large. */
export function workOn(user: string, visit: string, known: PhotoRow[] = []): Promise<Work | undefined> {
  return kept(async (db) => {
    const tx = db.transaction(['drafts', 'answers', 'photos'])
    const draft = await tx.objectStore('drafts').get([user, visit])
    if (!draft) return undefined
    const rows = await tx.objectStore('answers').getAll(of(user, visit))
    const photos: PhotoRow[] = []
    for (const key of await tx.objectStore('photos').getAllKeys(of(user, visit))) {
      const photo = known.find((p) => p.sha256 === key[2]) ?? (await tx.objectStore('photos').get(key))
      if (photo) photos.push(photo)
    }
    return { draft, answers: Object.fromEntries(rows.map((row) => [row.question, row.answer])), photos }
  })
}

/** Work on a visit as it begins; a revision of a returned evaluation begins with what was handed in. */
export function newWork(user: string, visit: Visit, now: Date, revised?: { id: string; revision: number; answers: Answers }): Work {
  const draft: Draft = {
    user,
    visit: visit.id,
    evaluation: revised?.id ?? crypto.randomUUID(),
    basedOn: revised?.revision ?? 0,
    checklist: visit.checklist_id,
    version: visit.checklist_version,
    begun: '',
    finished: '',
    moments: [],
    state: 'open',
    content: '',
    changed: now.getTime(),
  }
  return { draft, answers: revised?.answers ?? {}, photos: [] }
}

/** Begins work, or goes on with what was begun before: an evaluation is begun once, in however many tabs. */
export async function begin({ draft, answers }: Work): Promise<void> {
  const { user, visit } = draft
  await write(['drafts', 'answers'], async (tx) => {
    if (await tx.objectStore('drafts').getKey([user, visit])) return
    await tx.objectStore('drafts').put(draft)
    for (const [question, answer] of Object.entries(answers)) await tx.objectStore('answers').put({ user, visit, question, answer })
  })
  changed()
}

/** Keeps an answer; undefined takes it away. It is on the phone when the promise is fulfilled. */
export const keepAnswer = (user: string, visit: string, question: string, answer: Answer | undefined, now: Date): Promise<void> =>
  answering(user, visit, question, now, (before) => entered(answer, before))

/** Keeps a photo and its place in the answer to a question, perhaps instead of another: all of it or nothing. */
export const keepPhoto = (photo: PhotoRow, instead: string | undefined, now: Date): Promise<void> =>
  answering(photo.user, photo.visit, photo.question, now, (before) => withPhoto(before, photo.sha256, instead), photo)

/** Takes a photo out of an answer, and the bytes of photos that no answer names any more from the phone. */
export const removePhoto = (user: string, visit: string, question: string, sha256: string, now: Date): Promise<void> =>
  answering(user, visit, question, now, (before) => withoutPhoto(before, sha256))

/** Changes an answer, with all that belongs to it or not at all. change is told what is kept, perhaps by another tab. */
async function answering(
  user: string,
  visit: string,
  question: string,
  now: Date,
  change: (before: Answer | undefined) => Answer | undefined,
  photo?: PhotoRow,
): Promise<void> {
  await write(['drafts', 'answers', 'photos'], async (tx) => {
    const [drafts, answers, photos] = [tx.objectStore('drafts'), tx.objectStore('answers'), tx.objectStore('photos')]
    const [draft, row] = await Promise.all([open(drafts.get([user, visit])), answers.get([user, visit, question])])
    const before = row?.answer
    const answer = change(before)
    if (photo) await photos.put(photo)
    if (answer === undefined) await answers.delete([user, visit, question])
    else await answers.put({ user, visit, question, answer })
    await drafts.put({ ...mended(draft, question), changed: now.getTime() })
    if (photosOf(before).every((hash) => photosOf(answer).includes(hash))) return
    const named = new Set((await answers.getAll(of(user, visit))).flatMap((row) => photosOf(row.answer)))
    for (const key of await photos.getAllKeys(of(user, visit))) if (!named.has(key[2])) await photos.delete(key)
  })
  tellOthers()
}

/** A draft without what the server had against the answer to a question: it is another one now. */
export function mended({ refusal, ...draft }: Draft, question: string): Draft {
  if (!refusal) return draft
  const errors = refusal.errors.filter((e) => e.question !== question)
  return errors.length === 0 && refusal.errors.length > 0 ? draft : { ...draft, refusal: { ...refusal, errors } }
}

async function open(read: Promise<Draft | undefined>): Promise<Draft> {
  const draft = await read
  if (!draft || draft.state !== 'open') throw new Frozen()
  return draft
}

/** Changes what is kept beside the answers: moments, and when the visit began. */
export async function changeDraft(user: string, visit: string, change: (draft: Draft) => Partial<Draft>, now: Date): Promise<void> {
  await write(['drafts'], async (tx) => {
    const draft = await open(tx.objectStore('drafts').get([user, visit]))
    await tx.objectStore('drafts').put({ ...draft, ...change(draft), changed: now.getTime() })
  })
  tellOthers()
}

/** Freezes the evaluation as it is sent: afterwards nothing changes it, and sending it again is the same. */
export async function freeze(user: string, visit: string, document: Document, now: Date): Promise<Draft> {
  const frozen = await write(['drafts', 'answers', 'photos'], async (tx) => {
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
    return next
  })
  changed()
  return frozen
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

/** What came back of the evaluation that a draft is of, from whatever phone or file it was handed in. */
const returnedTo = (draft: Draft, current: OwnEvaluation | undefined) =>
  current?.state === 'returned' && current.revision >= draft.basedOn ? current : undefined

/** Whether a draft cannot be gone on with as it is: the server refused it, or another revision came back. */
const toBeMended = (draft: Draft, returned: OwnEvaluation | undefined) =>
  draft.state === 'refused' || (draft.state === 'open' && returned !== undefined && returned.revision !== draft.basedOn)

/**
 * Opens an evaluation that the server refused, so that it can be mended. One that came back meanwhile is gone on with from
 * what the server has: it takes only the answers that are open for change. Says whether there was something to open.
 */
export async function mend(user: string, visit: string, now: Date): Promise<boolean> {
  const due = await kept(async (db) => {
    const tx = db.transaction(['drafts', 'evaluations'])
    const draft = await tx.objectStore('drafts').get([user, visit])
    return draft && toBeMended(draft, returnedTo(draft, (await tx.objectStore('evaluations').get([user, draft.evaluation]))?.evaluation))
  })
  if (!due) return false
  const opened = await write(['drafts', 'answers', 'evaluations', 'versions'], async (tx) => {
    const [drafts, answers] = [tx.objectStore('drafts'), tx.objectStore('answers')]
    const draft = await drafts.get([user, visit])
    if (!draft) return false
    const current = (await tx.objectStore('evaluations').get([user, draft.evaluation]))?.evaluation
    const version = (await tx.objectStore('versions').get([user, draft.checklist, draft.version]))?.version
    const returned = version && returnedTo(draft, current)
    if (!toBeMended(draft, returned)) return false // another tab was quicker, or there is no checklist to mend it by
    let next: Draft = { ...draft, state: 'open', content: '', changed: now.getTime() }
    if (version && returned) {
      if (returned.revision !== draft.basedOn) {
        next.basedOn = returned.revision
        delete next.refusal // it was of what has passed
      }
      const [open, handedIn] = [reopened(version.document, returned.open_questions ?? []), (returned.answers ?? {}) as Answers]
      for (const { id: question } of version.document.sections.flatMap((section) => section.questions)) {
        if (open.has(question)) continue
        const answer = handedIn[question]
        if (answer === undefined) await answers.delete([user, visit, question])
        else await answers.put({ user, visit, question, answer })
        next = mended(next, question)
      }
    }
    await drafts.put(next)
    return true
  })
  if (opened) changed()
  return opened
}

/** Everything begun on this phone that the server does not have, the longest untouched first. */
export async function unsent(user: string): Promise<Draft[]> {
  const drafts = await kept((db) => db.getAll('drafts', IDBKeyRange.bound([user], [user, []])))
  return drafts.sort((a, b) => a.changed - b.changed)
}
