import { Unreachable } from './api/client'
import { flush, nobodySends, pause } from './offline/outbox'
import type { Draft, Visit } from './offline/db'
import { fetchVisits, keptVisits } from './offline/visits'
import { unsent, whenChanged } from './offline/work'
import { whenIdle } from './idle'
import { session } from './session.svelte'

const minute = 60_000

interface Lists {
  user: string
  visits: Visit[] | undefined
  drafts: Draft[]
  read: number | undefined
  failure: unknown
}

/** What a shopper has before them: visits and unsent work, as they are on the phone, and how far the server has them. */
class Desk {
  #lists = $state.raw<Lists>()
  sending = $state(false)
  /** Whether the phone promised to keep what is stored; undefined while it was not asked. */
  safe = $state<boolean>()
  now = $state(Date.now())

  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Another round was asked for while one ran. */
  #again = false
  /** The server asked to be left alone until then, in milliseconds of a clock that nobody sets. */
  #notBefore = 0

  /** The lists of whoever uses the app now: those of the person before are forgotten with them. */
  get #own(): Lists | undefined {
    return this.#lists && this.#lists.user === session.user?.id ? this.#lists : undefined
  }

  get visits(): Visit[] | undefined {
    return this.#own?.visits
  }

  get drafts(): Draft[] {
    return this.#own?.drafts ?? []
  }

  /** When the server was last asked for the visits, in milliseconds. */
  get read(): number | undefined {
    return this.#own?.read
  }

  /** Why the last reading or sending did not succeed. */
  get failure(): unknown {
    return this.#own?.failure
  }

  /** Begins to send and read, and goes on whenever the connection or the page comes back. */
  watch() {
    whenChanged(() => void this.look())
    addEventListener('online', () => {
      this.#failures = 0 // a round that is just failing plans the next one by this
      this.#soon(pause(0, 0, Math.random())) // not every phone of the car park at once
    })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#soon(0))
    setInterval(() => (this.now = Date.now()), minute / 2)
    $effect.root(() => {
      $effect(() => {
        if (session.user?.roles.includes('shopper') && !session.expired) {
          void this.look()
          whenIdle(() => this.#soon(0))
        }
      })
    })
  }

  /** Shows what is on the phone now. */
  async look() {
    const user = session.user?.id
    if (!user) return
    const [{ visits, read }, drafts] = [await keptVisits(user), await unsent(user)]
    if (session.user?.id !== user) return
    const before = this.#own
    const latest = Math.max(read ?? 0, before?.read ?? 0) || undefined
    this.#lists = { user, visits: latest === undefined ? undefined : visits, drafts, read: latest, failure: before?.failure }
  }

  #note(user: string, news: Partial<Lists>) {
    if (session.user?.id === user)
      this.#lists = { visits: undefined, drafts: [], read: undefined, failure: undefined, ...this.#own, ...news, user }
  }

  #soon(wait: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.round(), Math.max(wait, this.#notBefore - performance.now()))
  }

  /** Sends what waits, then reads what is new, and plans the next time. */
  async round() {
    const user = session.user?.id
    if (!user || !session.user?.roles.includes('shopper')) return
    if (performance.now() < this.#notBefore) return this.#soon(0)
    this.#again = this.sending
    if (this.sending) return
    this.sending = true
    let wait = 5 * minute
    try {
      await this.look()
      const { round, after } = await flush(user)
      if (round === 'elsewhere') void nobodySends().then(() => this.round()) // what was frozen here meanwhile is not sent there
      if (round === 'later') throw new Unreachable('busy', after)
      if (round !== 'signed out') {
        await fetchVisits(user, Date.now())
        this.#note(user, { read: Date.now(), failure: undefined })
      }
      this.#failures = 0
    } catch (error) {
      this.#note(user, { failure: error })
      const asked = error instanceof Unreachable ? error.after : 0
      wait = pause(this.#failures++, asked, Math.random())
      if (asked > 0) this.#notBefore = performance.now() + wait
    } finally {
      this.sending = false
      this.#soon(this.#again ? 0 : wait) // before the phone is read, which may fail
      this.#again = false
      await this.look()
    }
  }

  /** All unsent work as a file, for a coordinator to take in; undefined where nobody is signed in. */
  async unsentFile() {
    const user = session.user?.id
    const { unsentWork } = await import('./offline/export')
    return user ? unsentWork(user, new Date()) : undefined
  }

  /** Asks the phone not to throw away what is stored here when it wants room. */
  async keepSafe() {
    this.safe = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false
  }
}

export const desk = new Desk()

export type { Draft, PhotoRow, Refused, Visit } from './offline/db'
