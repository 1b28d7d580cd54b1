import { readGroup } from './api/groups'
import { Unreachable } from './api/client'
import type { AttendanceRecord, WalkIn } from './api/doors'
import { correctionOf, counted, possible, readCode, recordOf, standing, type Correction, type Invitee, type Seen } from './door/attendance'
import type { DoorRow, SeenRow, Session } from './offline/db'
import { fetchDoor, flushDoors, keepSeen, keptDoor, keptDoors, letGo, tryAgain, unsentSeen } from './offline/doors'
import { pause } from './offline/outbox'
import { whenChanged } from './offline/work'
import { finds } from './search'
import { session as person } from './session.svelte'

const second = 1000
const often = 20 * second

/** Who comes to one session, as its door sees it: on the phone first, and on the server when it is reached. */
export class Door {
  session = $state.raw<Session>()
  invitees = $state.raw<Invitee[]>([])
  /** How many records of this session are only on this phone. */
  waiting = $state(0)
  read = $state<number>()
  failure = $state.raw<unknown>()
  /** Whether nothing is known of this session, not even from before. */
  unknown = $state(false)
  signedOut = $state(false)
  counts = $derived(counted(this.invitees))
  #group: string
  #user = person.user?.id ?? ''
  #busy = false
  #again = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(group: string) {
    this.#group = group
  }

  /** Shows what is on the phone, sends, reads, and goes on with it. Returns how to stop. */
  watch(): () => void {
    const unhear = whenChanged(() => void this.look())
    const now = () => void this.round()
    const seen = () => document.visibilityState === 'visible' && now()
    addEventListener('online', now)
    document.addEventListener('visibilitychange', seen)
    now()
    return () => {
      this.#stopped = true
      clearTimeout(this.#timer)
      unhear()
      removeEventListener('online', now)
      document.removeEventListener('visibilitychange', seen)
    }
  }

  /** Shows what is on the phone now. */
  async look() {
    const { door, seen } = await keptDoor(this.#user, this.#group)
    if (person.user?.id !== this.#user) return
    this.session = door?.session ?? this.session
    this.read = door?.read
    this.invitees = standing(door?.attendance.items ?? [], seen)
    this.waiting = seen.filter((row) => row.refusal === undefined).length
  }

  /** Sends what waits, then reads what others saw, and plans the next time. */
  async round() {
    if (this.#busy) {
      this.#again = true
      return
    }
    this.#busy = true
    clearTimeout(this.#timer)
    let wait = often
    try {
      await this.look()
      const { round, after } = await flushDoors(this.#user)
      this.signedOut = round === 'signed out'
      if (round === 'later') wait = pause(Math.min(this.#failures++, 3), after, Math.random())
      else if (round !== 'signed out') await this.#fetch()
    } catch (error) {
      this.failure = error
      wait = pause(Math.min(this.#failures++, 3), error instanceof Unreachable ? error.after : 0, Math.random())
    } finally {
      await this.look()
      this.unknown = this.session === undefined
      this.#busy = false
      if (this.#again) wait = 0
      this.#again = false
      if (!this.#stopped) this.#timer = setTimeout(() => void this.round(), wait)
    }
  }

  async #fetch() {
    const { id, topic, zone, starts, ends, starts_at, ends_at, seats } = await readGroup(this.#group)
    const times = { ...(starts && { starts }), ...(ends && { ends }), ...(starts_at && { starts_at }), ...(ends_at && { ends_at }) }
    await fetchDoor(this.#user, { id, topic, zone, seats, ...times }, Date.now())
    this.failure = undefined
    this.#failures = 0
  }

  /** Keeps what was seen of an invitee; nothing where it cannot be of somebody who stands so, as after a double tap. */
  async saw(invitation: string, seen: Seen) {
    const invitee = this.invitees.find((i) => i.invitation_id === invitation)
    if (!invitee || !possible(invitee).includes(seen)) return
    await this.#record(invitee, recordOf(invitee, seen, crypto.randomUUID(), Date.now()))
  }

  /** Keeps what is put right of an invitee. */
  async correct(invitee: Invitee, correction: Correction) {
    await this.#record(invitee, correctionOf(invitee, correction, crypto.randomUUID(), Date.now()))
  }

  async #record(invitee: Invitee, record: AttendanceRecord) {
    const invitation = invitee.invitation_id
    await this.#keep({
      id: record.id,
      invitation,
      kind: 'record',
      name: invitee.name,
      seen: record.recorded_at,
      content: JSON.stringify(record),
    })
  }

  /** Lets somebody in who was not expected. */
  async letIn(name: string, phone: string) {
    const id = crypto.randomUUID()
    const walkIn: WalkIn = { id, name, ...(phone ? { phone } : {}), recorded_at: new Date().toISOString() }
    await this.#keep({ id, invitation: id, kind: 'walk-in', name, seen: walkIn.recorded_at, content: JSON.stringify(walkIn) })
  }

  async #keep(row: Omit<SeenRow, 'user' | 'group'>) {
    await keepSeen({ user: this.#user, group: this.#group, ...row })
    await this.look()
    void this.round()
  }

  /** Whose code it is; undefined where it is nobody's who is listed here. */
  holder(typed: string): Invitee | undefined {
    const code = readCode(typed)
    return code === '' ? undefined : this.invitees.find((i) => i.code && readCode(i.code) === code)
  }

  found(typed: string): Invitee[] {
    return this.invitees.filter((i) => finds(typed, i.name))
  }

  async tryAgain(row: SeenRow) {
    await tryAgain(row)
    void this.round()
  }

  letGo(row: SeenRow) {
    return letGo(row)
  }
}

/** Sends what was seen at any door and did not reach the server yet. Returns how much still waits; 0 where the phone does not say. */
export async function sendSeen(): Promise<number> {
  const user = person.user?.id ?? ''
  try {
    await flushDoors(user)
    return (await unsentSeen(user)).length
  } catch (error) {
    console.error(error)
    return 0
  }
}

let sending: (() => void) | undefined

/** From now on sends what was seen at any door as soon as it can, whoever is here and whichever page is open. */
export function keepSending() {
  sending ??= $effect.root(() => {
    $effect(() => {
      if (!person.user || person.expired) return
      let failures = 0
      let timer: ReturnType<typeof setTimeout> | undefined
      let stopped = false
      const round = async () => {
        clearTimeout(timer)
        const waiting = await sendSeen()
        if (waiting > 0 && !stopped) timer = setTimeout(() => void round(), pause(failures++, 0, Math.random()))
      }
      const now = () => void round()
      addEventListener('online', now)
      now()
      return () => {
        stopped = true
        clearTimeout(timer)
        removeEventListener('online', now)
      }
    })
  })
}

/** The sessions whose doors open without a signal. */
export const doorsHere = (): Promise<DoorRow[]> => keptDoors(person.user?.id ?? '')
