import { reopened, standing, type Answers, type Document, type Standing } from './checklist/rules'
import { isFull, type Answer, type Draft, type PhotoRow, type Version, type Visit } from './offline/db'
import { fetchEvaluation, fetchVersion, keptEvaluation, keptVersion, keptVisit } from './offline/visits'
import { develop } from './offline/photo'
import {
  begin,
  beginRevision,
  changeDraft,
  dropPhotos,
  freeze,
  Frozen,
  keepAnswers,
  keepPhoto,
  mend,
  photosOf,
  workOn,
} from './offline/work'
import type { Wrong } from './checklist/answer'
import { desk } from './desk.svelte'
import { session } from './session.svelte'

/** A question as it stands on the screen: an answer touches the few that it changes, however many there are. */
export class Asked {
  answer = $state.raw<Answer>()
  shown = $state(false)
  missing = $state(false)
  wrong = $state.raw<Wrong>()
}

/** An evaluation that is being filled in: what is on the screen, each part of it on the phone before the next tap. */
export class Filling {
  readonly document: Document
  draft = $state.raw() as Draft
  answers = $state.raw<Answers>({})
  standing = $state.raw() as Standing
  photos = $state.raw<PhotoRow[]>([])
  /** Why the last thing entered is not on the phone: it is full, or another tab has sent the evaluation. */
  trouble = $state<'full' | 'frozen' | 'lost'>()
  /** Of a returned evaluation: the questions that may be changed. */
  readonly open: Set<string> | undefined
  readonly words: string | undefined

  constructor(
    readonly visit: Visit,
    version: Version,
    draft: Draft,
    answers: Answers,
    photos: PhotoRow[],
    returned?: { open: string[]; words: string },
  ) {
    this.document = version.document
    this.draft = draft
    this.photos = photos
    for (const section of version.document.sections) for (const { id } of section.questions) this.#questions.set(id, new Asked())
    this.#stand(answers)
    this.open = returned && reopened(version.document, returned.open)
    this.words = returned?.words
  }

  readonly #questions = new Map<string, Asked>()

  /** A question of the checklist. */
  question(id: string): Asked {
    return this.#questions.get(id)!
  }

  #stand(answers: Answers) {
    this.answers = answers
    this.standing = standing(this.document, answers)
    for (const [id, question] of this.#questions) {
      question.answer = answers[id]
      question.shown = this.standing.visible.has(id)
      question.missing = this.standing.missing.has(id)
      question.wrong = this.standing.wrong.get(id)
    }
  }

  /** What was entered and is not on the phone yet: it is kept with the next thing that is. */
  readonly #unkept = new Map<string, Answer | undefined>()

  /** Keeps an answer, or with undefined takes it away. */
  async answer(question: string, answer: Answer | undefined): Promise<void> {
    this.#show(question, answer)
    this.#unkept.set(question, answer)
    await this.#keep(async () => undefined)
  }

  #show(question: string, answer: Answer | undefined) {
    const next: Record<string, Answer> = { ...this.answers }
    if (answer === undefined) delete next[question]
    else next[question] = answer
    this.#stand(next)
  }

  /** Shrinks a photo and keeps it in the answer to a question. It throws when the file is no picture. */
  async develop(question: string, file: File, source: 'camera' | 'gallery') {
    const photo = await develop(file, source, new Date())
    const before = this.answers[question]
    const parts = typeof before === 'object' && !Array.isArray(before) && !before.na ? before : {}
    const photos = photosOf(before)
    if (photos.includes(photo.sha256)) return
    const answer = { ...parts, photos: [...photos, photo.sha256] }
    const row: PhotoRow = { ...photo, user: this.draft.user, visit: this.draft.visit, question, arrived: false }
    this.#show(question, answer)
    this.photos = [...this.photos, row]
    await this.#keep(() => keepPhoto(row, answer, new Date()))
    if (!this.trouble) return
    this.photos = this.photos.filter((p) => p !== row)
    this.#show(question, without(this.answers[question], photo.sha256)) // not on the phone, so not on the screen
  }

  /** Takes a photo out of an answer, and its bytes from the phone. */
  async removePhoto(question: string, sha256: string) {
    const { user, visit } = this.draft
    await this.answer(question, without(this.answers[question], sha256))
    if (!this.trouble) await this.#keep(() => dropPhotos(user, visit))
  }

  /** Stamps a moment with the time; tapped again it keeps the first. */
  stamp(id: string) {
    const at = new Date().toISOString()
    // The first tap is also when the visit began, until the shopper says otherwise.
    return this.change((d) => (d.moments.some((m) => m.id === id) ? {} : { moments: [...d.moments, { id, at }], begun: d.begun || at }))
  }

  unstamp(id: string) {
    return this.change((d) => ({ moments: d.moments.filter((m) => m.id !== id) }))
  }

  async change(change: (draft: Draft) => Partial<Draft>): Promise<void> {
    await this.#keep(async () => {
      this.draft = await changeDraft(this.draft.user, this.draft.visit, change, new Date())
    })
  }

  /** Freezes the evaluation and lets it be sent. */
  async send(): Promise<void> {
    await this.#keep(() => freeze(this.draft.user, this.draft.visit, this.document, new Date()))
    if (!this.trouble) void desk.round()
  }

  /** Does one write, after what could not be written before it: trouble is over when everything on the screen is kept. */
  async #keep(write: () => Promise<unknown>) {
    const entered = new Map(this.#unkept)
    try {
      if (entered.size > 0) await keepAnswers(this.draft.user, this.draft.visit, entered, new Date())
      for (const [question, answer] of entered) if (this.#unkept.get(question) === answer) this.#unkept.delete(question)
      await write()
      this.trouble = undefined
    } catch (error) {
      this.trouble = isFull(error) ? 'full' : error instanceof Frozen ? 'frozen' : 'lost'
      if (this.trouble === 'lost') console.error(error)
    }
  }
}

/** An answer without one of its photos; nothing where nothing is left. */
function without(answer: Answer | undefined, sha256: string): Answer | undefined {
  if (typeof answer !== 'object' || Array.isArray(answer)) return answer
  const photos = photosOf(answer).filter((hash) => hash !== sha256)
  return photos.length > 0 || Object.keys(answer).some((part) => part !== 'photos') ? { ...answer, photos } : undefined
}

/** Opens the work on a visit, from the phone alone where there is no signal; undefined where nothing can be filled in. */
export async function openWork(id: string, beginning: boolean): Promise<Filling | undefined> {
  const user = session.user?.id
  if (!user) return undefined
  const visit = await keptVisit(user, id)
  if (!visit) return undefined
  const version =
    (await keptVersion(user, visit.checklist_id, visit.checklist_version)) ??
    (await fetchVersion(user, visit.checklist_id, visit.checklist_version))
  let work = await workOn(user, id)
  const returned = visit.state === 'returned' && visit.evaluation_id ? await returnedOf(user, visit.evaluation_id) : undefined
  if (!work && beginning) {
    if (returned) await beginRevision(user, visit, returned.id, returned.revision, (returned.answers ?? {}) as Answers, new Date())
    else await begin(user, visit, new Date())
    work = await workOn(user, id)
  }
  if (!work) return undefined
  if (work.draft.state === 'refused' && beginning) {
    await mend(user, id, returned?.revision, new Date())
    work = (await workOn(user, id)) ?? work
  }
  const open = returned && { open: returned.open_questions ?? [], words: returned.words ?? '' }
  return new Filling(visit, version, work.draft, work.answers, work.photos, open)
}

async function returnedOf(user: string, evaluation: string) {
  const kept = await keptEvaluation(user, evaluation)
  return kept?.state === 'returned' ? kept : fetchEvaluation(user, evaluation, 'returned')
}
