import { flush, pause } from './offline/outbox'
import type { Draft, Visit } from './offline/db'
import { fetchVisits, keptVisits } from './offline/visits'
import { unsent, whenChanged } from './offline/work'
import { session } from './session.svelte'

const minute = 60_000

/** What a shopper has before them: visits and unsent work, as they are on the phone, and how far the server has them. */
class Desk {
  visits = $state.raw<Visit[]>()
  drafts = $state.raw<Draft[]>([])
  /** When the server was last asked for the visits, in milliseconds. */
  read = $state<number>()
  /** Why the last reading or sending did not succeed. */
  failure = $state.raw<unknown>()
  sending = $state(false)
  /** Whether the phone promised to keep what is stored; undefined while it was not asked. */
  safe = $state<boolean>()
  now = $state(Date.now())

  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Begins to send and read, and goes on whenever the connection or the page comes back. */
  watch() {
    whenChanged(() => void this.look())
    addEventListener('online', () => this.#soon(10_000 * Math.random())) // not every phone of the car park at once
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#soon(0))
    setInterval(() => (this.now = Date.now()), minute / 2)
    $effect.root(() => {
      $effect(() => {
        if (session.user?.roles.includes('shopper')) this.#soon(0)
        else this.visits = undefined
      })
    })
  }

  /** Shows what is on the phone now. */
  async look() {
    const user = session.user?.id
    if (!user) return
    const [{ visits, read }, drafts] = [await keptVisits(user), await unsent(user)]
    if (session.user?.id !== user) return
    if (visits.length > 0 || read !== undefined || this.read !== undefined) this.visits = visits
    this.drafts = drafts
    this.read = Math.max(read ?? 0, this.read ?? 0) || undefined
  }

  #soon(wait: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.round(), wait)
  }

  /** Sends what waits, then reads what is new, and plans the next time. */
  async round() {
    const user = session.user?.id
    if (!user || this.sending || !session.user?.roles.includes('shopper')) return
    this.sending = true
    let wait = 5 * minute
    try {
      await this.look()
      const { round, after } = await flush(user, () => session.user?.id)
      if (round === 'later') wait = pause(this.#failures++, after, Math.random())
      else {
        await fetchVisits(user, Date.now())
        this.read = Date.now()
        this.#failures = 0
        this.failure = undefined
      }
    } catch (error) {
      this.failure = error
      wait = pause(this.#failures++, 0, Math.random())
    } finally {
      this.sending = false
      await this.look()
      this.#soon(wait)
    }
  }

  /** Asks the phone not to throw away what is stored here when it wants room. */
  async keepSafe() {
    this.safe = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false
  }
}

export const desk = new Desk()

export type { Draft, Visit } from './offline/db'
