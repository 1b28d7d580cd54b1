import { isFull } from './offline/db'
import { Frozen } from './offline/work'

/** Something entered: shown at once, and kept on the phone as soon as it can be. */
export interface Entry {
  show: () => void
  keep: () => Promise<unknown>
}

/** Why something entered is not on the phone: it is full, another tab has sent the evaluation, or nobody knows. */
export type Trouble = 'full' | 'frozen' | 'lost'

export function troubleOf(error: unknown): Trouble {
  if (isFull(error)) return 'full'
  if (error instanceof Frozen) return 'frozen'
  console.error(error)
  return 'lost'
}

const aWhile = 2000

/**
 * What was entered and is not on the phone yet, by what it is about: something newer about the same takes its place. What
 * does not fit stays here and is tried again, and keeps nothing else waiting. A photo is about its question and itself, with
 * a blank between.
 */
export class Entries {
  readonly #entries = new Map<string, Entry>()
  #keeping: Promise<void> | undefined
  #later: ReturnType<typeof setTimeout> | undefined
  #trouble: Trouble | undefined

  /** tried: told, whenever all were tried, of the trouble, and of the questions that have something that is not kept. */
  constructor(private readonly tried: (trouble: Trouble | undefined, unkept: Set<string>) => void) {}

  get none() {
    return this.#entries.size === 0
  }

  /** Whether there is something that is tried again: what is entered after the evaluation was sent is not. */
  get waiting() {
    return !this.none && this.#trouble !== 'frozen'
  }

  /** Shows again what is not kept, over what was read from the phone. */
  show() {
    for (const entry of this.#entries.values()) entry.show()
  }

  /** Keeps something, and whatever else waits. */
  add(about: string, entry: Entry): Promise<void> {
    this.#entries.delete(about) // so that it comes last, and is tried even where one before it is just being kept
    this.#entries.set(about, entry)
    return this.keep()
  }

  /** Forgets the photos of a question that are not kept. */
  forgetPhotos(question: string) {
    for (const about of this.#entries.keys()) if (about.startsWith(question + ' ')) this.#entries.delete(about)
  }

  async keep(): Promise<void> {
    if (!this.none) await (this.#keeping ??= this.#keepAll())
  }

  /** Keeps one thing after the other, those too that are entered meanwhile. */
  async #keepAll() {
    clearTimeout(this.#later)
    let trouble: Trouble | undefined
    for (const [about, entry] of this.#entries) {
      try {
        await entry.keep()
        if (this.#entries.get(about) === entry) this.#entries.delete(about)
      } catch (error) {
        trouble ??= troubleOf(error)
      }
    }
    this.#keeping = undefined
    this.#trouble = trouble
    this.tried(trouble, new Set([...this.#entries.keys()].map((about) => about.split(' ')[0]!)))
    if (this.waiting) this.#later = setTimeout(() => void this.keep(), aWhile)
  }
}
