import { entered, notApplicable, photosOf, withoutPhoto, withPhoto } from './checklist/photos'
import { reopened, standing, type Answers, type Document, type Standing } from './checklist/rules'
import { isFull, type Answer, type Draft, type OwnEvaluation, type OwnPhoto, type PhotoRow, type Version, type Visit } from './offline/db'
import { fetchEvaluation, fetchVersion, keptEvaluation, keptVisit } from './offline/visits'
import type { Wrong } from './checklist/answer'
import {
  begin,
  changeDraft,
  freeze,
  keepAnswer,
  keepPhoto,
  mend,
  mended,
  newWork,
  removePhoto,
  whenChanged,
  workOn,
  type Work,
} from './offline/work'
import { desk } from './desk.svelte'
import { Entries, troubleOf, type Entry, type Trouble } from './entries'
import { afterFrame, whenIdle } from './idle'
import { session } from './session.svelte'

/** A question as it stands on the screen: an answer touches the few that it changes, however many there are. */
export class Asked {
  answer = $state.raw<Answer>()
  shown = $state(false)
  missing = $state(false)
  wrong = $state.raw<Wrong>()
  /** Whether something of its answer is on the screen only. */
  unkept = $state(false)
  /** What was not taken of the photos chosen last: the names of those that cannot be read, and how many were too many. */
  left = $state.raw<{ unreadable: string[]; over: number }>()
}

/** An evaluation that is being filled in: what is on the screen, each part of it on the phone before the next tap. */
export class Filling {
  readonly document: Document
  draft = $state.raw() as Draft
  answers = $state.raw<Answers>({})
  standing = $state.raw() as Standing
  photos = $state.raw<PhotoRow[]>([])
  /** Why something entered is not on the phone; unsent: it is too full to send; left: not all photos chosen were taken. */
  trouble = $state<Trouble | 'unsent' | 'left'>()
  /** The question whose photo never arrived: the camera was open for it when the app ended. */
  lost = $state<string>()
  /** Of a returned evaluation: the questions that may be changed. */
  open = $state.raw<Set<string>>()
  words = $state<string>()
  /** Of a returned evaluation: the photos that the server has. */
  handedIn = $state.raw<OwnPhoto[]>([])

  constructor(
    readonly visit: Visit,
    version: Version,
    work: Work,
    returned?: OwnEvaluation,
  ) {
    this.document = version.document
    for (const section of version.document.sections) for (const { id } of section.questions) this.#questions.set(id, new Asked())
    this.#take(work)
    this.lost = work.draft.camera
    this.#cameBack(returned)
  }

  /** The language that the checklist is written in. */
  get language() {
    return this.document.languages?.[0]
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
      question.missing = this.standing.missing.has(id)
      question.wrong = this.standing.wrong.get(id)
    }
  }

  /** Asks what is to be asked as the answers stand. */
  #ask() {
    for (const [id, question] of this.#questions) question.shown = this.standing.visible.has(id)
  }

  readonly #entries = new Entries((trouble, unkept) => {
    this.trouble = trouble
    for (const [id, question] of this.#questions) question.unkept = unkept.has(id)
  })

  get #of() {
    return [this.draft.user, this.draft.visit] as const
  }

  /** Whether something of this is nowhere but here. */
  get waiting() {
    return this.#entries.waiting
  }

  /** Shows what other tabs enter, too. Returns how to stop. */
  watch() {
    return whenChanged(() => void this.#look())
  }

  async #look() {
    const work = await opened(...this.#of, this.photos)
    if (!work) return
    const { user, evaluation, basedOn } = work.draft
    if (basedOn !== this.draft.basedOn) this.#cameBack(await keptEvaluation(user, evaluation))
    this.#take(work)
    this.#entries.show()
  }

  #cameBack(returned: OwnEvaluation | undefined) {
    this.open = returned && reopened(this.document, returned.open_questions ?? [])
    this.words = returned?.words
    this.handedIn = returned?.photos ?? []
  }

  #take({ draft, answers, photos }: Work) {
    this.draft = draft
    this.photos = photos
    this.#stand(answers)
    this.#ask()
  }

  begin(work: Work): Promise<void> {
    return this.#enter('/', { show: () => undefined, keep: () => begin(work).then(() => this.#look()) })
  }

  /** Keeps an answer, or with undefined takes it away. */
  answer(question: string, answer: Answer | undefined): Promise<void> {
    if (notApplicable(answer)) this.#entries.forgetPhotos(question)
    return this.#enter(question, {
      show: () => this.#show(question, entered(answer, this.answers[question])),
      keep: () => keepAnswer(...this.#of, question, answer, new Date()),
    })
  }

  #show(question: string, answer: Answer | undefined) {
    const next: Record<string, Answer> = { ...this.answers }
    if (answer === undefined) delete next[question]
    else next[question] = answer
    this.#stand(next)
    afterFrame(() => this.#ask()) // many questions may hang on one tap
    this.draft = mended(this.draft, question)
  }

  /**
   * Shrinks a photo and keeps it in the answer to a question, instead of another where it is taken again. It is shown when it
   * is on the phone, or cannot be: a thumbnail says that it is safe. It throws when the file is no picture.
   */
  async #develop(question: string, file: File, source: 'camera' | 'gallery', instead?: string) {
    const { develop } = await import('./offline/photo')
    const photo = await develop(file, source, new Date())
    const [user, visit] = this.#of
    const row: PhotoRow = { ...photo, user, visit, question, arrived: false }
    const entry: Entry = {
      show: () => {
        if (!this.photos.some((p) => p.sha256 === row.sha256)) this.photos = [...this.photos, row]
        this.#show(question, withPhoto(this.answers[question], row.sha256, instead))
      },
      keep: () => keepPhoto(row, instead, new Date()),
    }
    await this.#entries.add(`${question} ${row.sha256}`, entry)
    entry.show()
  }

  /** Takes a photo out of an answer, and its bytes from the phone. */
  removePhoto(question: string, sha256: string): Promise<void> {
    return this.#enter(`${question} ${sha256}`, {
      show: () => this.#show(question, withoutPhoto(this.answers[question], sha256)),
      keep: () => removePhoto(...this.#of, question, sha256, new Date()),
    })
  }

  /** Stamps a moment with the time; tapped again it keeps the first. */
  stamp(id: string): Promise<void> {
    const at = new Date().toISOString()
    // The first tap is also when the visit began, until the shopper says otherwise.
    return this.#change(`/moments/${id}`, (d) =>
      d.moments.some((m) => m.id === id) ? {} : { moments: [...d.moments, { id, at }], begun: d.begun || at },
    )
  }

  unstamp(id: string): Promise<void> {
    return this.#change(`/moments/${id}`, (d) => ({ moments: d.moments.filter((m) => m.id !== id) }))
  }

  /** Lets the stop-watch of a question run since then, whatever becomes of the tab; undefined stops it. */
  time(question: string, since: number | undefined): Promise<void> {
    return this.#change(`/watches/${question}`, ({ watches }) => ({ watches: { ...watches, [question]: since } }))
  }

  /** Keeps when the visit began. */
  began(begun: string): Promise<void> {
    return this.#change('/begun', () => ({ begun }))
  }

  #change(about: string, change: (draft: Draft) => Partial<Draft>): Promise<void> {
    return this.#enter(about, {
      show: () => (this.draft = { ...this.draft, ...change(this.draft) }),
      keep: () => changeDraft(...this.#of, change, new Date()),
    })
  }

  readonly #taking = new Set<Promise<void>>()

  /** Develops photos that were chosen for a question, at most so many, wherever the shopper goes on meanwhile. */
  take(question: string, files: File[], source: 'camera' | 'gallery', most: number, instead?: string): Promise<void> {
    const taking = this.#takeEach(question, files, source, most, instead).finally(() => this.#taking.delete(taking))
    this.#taking.add(taking)
    return taking
  }

  async #takeEach(question: string, files: File[], source: 'camera' | 'gallery', most: number, instead?: string) {
    const unreadable: string[] = []
    let over = 0
    this.question(question).left = undefined
    for (const file of files) {
      if (photosOf(this.answers[question]).length >= most && !instead) over++
      else await this.#develop(question, file, source, instead).catch(() => unreadable.push(file.name))
    }
    if (over + unreadable.length > 0) this.question(question).left = { unreadable, over }
  }

  /**
   * Freezes the evaluation when the photos that were chosen are in it, and lets it be sent. Where one of them was not taken,
   * that is said first; sent again it goes without it.
   */
  async send(): Promise<void> {
    await Promise.all(this.#taking)
    const left = [...this.#questions.values()].some((q) => q.shown && q.left)
    if (left && this.trouble !== 'left') return void (this.trouble = 'left')
    await this.#entries.keep()
    if (!this.#entries.none || this.draft.state === 'frozen') return
    try {
      this.draft = await freeze(...this.#of, this.document, new Date())
      this.trouble = undefined
      void desk.round()
    } catch (error) {
      this.trouble = isFull(error) ? 'unsent' : troubleOf(error)
    }
  }

  #enter(about: string, entry: Entry): Promise<void> {
    entry.show()
    return this.#entries.add(about, entry)
  }
}

/** The work on a visit as it is on the phone; what the server refused, or what came back, is opened so that it can be mended. */
async function opened(user: string, visit: string, known?: PhotoRow[]): Promise<Work | undefined> {
  const [opened, work] = await Promise.all([mend(user, visit, new Date()), workOn(user, visit, known)])
  return opened ? workOn(user, visit, known) : work
}

/** What was opened last. Of what does not fit on the phone it is all that there is. */
let last: Filling | undefined

addEventListener('beforeunload', (event) => {
  if (last?.trouble && last.waiting) event.preventDefault()
})

/** Fetches, while there is a signal, what is needed when a photo is taken. */
const readyForPhotos = () => Promise.all([import('./offline/photo'), import('./offline/exif'), import('./camera')]).catch(() => undefined)

/** Opens the work on a visit, from the phone alone where there is no signal; undefined where nothing can be filled in. */
export async function openWork(id: string, beginning: boolean): Promise<Filling | undefined> {
  const user = session.user?.id
  if (!user) return undefined
  if (last?.waiting && last.draft.user === user && last.draft.visit === id) return last
  const [visit, before] = await Promise.all([keptVisit(user, id), opened(user, id)])
  if (!visit) return undefined
  const [version, returned] = await Promise.all([
    fetchVersion(user, visit.checklist_id, visit.checklist_version),
    visit.state === 'returned' && visit.evaluation_id ? returnedOf(user, visit.evaluation_id) : undefined,
  ])
  if (!before && !(beginning && ['accepted', 'returned'].includes(visit.state))) return undefined
  const revised = returned && { ...returned, answers: (returned.answers ?? {}) as Answers }
  const work = before ?? newWork(user, visit, new Date(), revised)
  last = new Filling(visit, version, work, returned)
  whenIdle(() => void readyForPhotos())
  if (!before) await last.begin(work)
  return last
}

async function returnedOf(user: string, evaluation: string) {
  const kept = await keptEvaluation(user, evaluation)
  return kept?.state === 'returned' ? kept : fetchEvaluation(user, evaluation, 'returned')
}
