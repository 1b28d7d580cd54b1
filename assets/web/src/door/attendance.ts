import type { Attendance, AttendanceRecord } from '../api/doors'
import type { SeenRow } from '../offline/db'

export type Outcome = Attendance['outcome']
/** What one sees at the door, each one tap. */
export type Seen = 'arrived' | 'left' | 'turned_away' | 'sent_home' | 'no_show' | 'expected'

/** Somebody at the door: as the server has them, and what this phone knows more. */
export interface Invitee extends Attendance {
  /** Whether what is shown has not reached the server. */
  onPhone: boolean
  /** Records that the server refused: they do not count. */
  refused: SeenRow[]
}

const grace = 10 * 60_000

/** What is possible for somebody who stands so. */
export function possible(a: Pick<Attendance, 'outcome' | 'left_at'>): Seen[] {
  switch (a.outcome) {
    case 'expected':
      return ['arrived', 'no_show', 'turned_away', 'sent_home']
    case 'took_part':
      return a.left_at ? ['arrived', 'sent_home', 'expected'] : ['left', 'sent_home', 'turned_away', 'expected']
    case 'no_show':
      return ['arrived', 'expected']
    default:
      return ['arrived', 'expected']
  }
}

/**
 * The record of what was seen, the whole of it: what was noted before stays. It is seen later than the record that it
 * corrects, even where this phone's clock is slower than that of another, as of several records the last seen holds.
 */
export function recordOf(invitee: Attendance, seen: Seen, id: string, now: number): AttendanceRecord {
  const before = invitee.recorded_at ? Date.parse(invitee.recorded_at) : 0
  const at = new Date(Math.max(now, before + 1)).toISOString()
  const note = invitee.note ? { note: invitee.note } : {}
  const made = (outcome: Outcome, times: { arrived_at?: string; left_at?: string } = {}): AttendanceRecord => {
    const struck = outcome === 'took_part' && invitee.struck_out ? { struck_out: invitee.struck_out } : {}
    return { id, outcome, ...times, ...struck, ...note, recorded_at: at }
  }
  const arrived = invitee.arrived_at ?? at
  const left = invitee.arrived_at ? { left_at: at } : {}
  switch (seen) {
    case 'arrived':
      return made('took_part', { arrived_at: arrived })
    case 'left':
      return made('took_part', { arrived_at: arrived, ...left })
    case 'sent_home':
      return made('sent_home', { arrived_at: arrived, ...left })
    case 'turned_away':
      return made('turned_away', { arrived_at: arrived })
    default:
      return made(seen)
  }
}

/** What is put right of a record: times of coming and leaving, why a seat is not usable, what else is to be known. */
export interface Correction {
  arrived_at: string
  left_at: string
  struck_out: string
  note: string
}

/** The record of a correction. Who had not come did, as it says when. */
export function correctionOf(invitee: Attendance, c: Correction, id: string, now: number): AttendanceRecord {
  const { recorded_at } = recordOf(invitee, 'expected', id, now)
  const outcome = invitee.outcome === 'turned_away' || invitee.outcome === 'sent_home' ? invitee.outcome : 'took_part'
  return {
    id,
    outcome,
    arrived_at: c.arrived_at,
    ...(c.left_at ? { left_at: c.left_at } : {}),
    ...(c.struck_out && outcome === 'took_part' ? { struck_out: c.struck_out } : {}),
    ...(c.note ? { note: c.note } : {}),
    recorded_at,
  }
}

const afterTheEnd = 30 * 60_000

/** Whether a session is over, so that who comes or leaves now is not who came or left then. */
export const over = (ends: string | undefined, now: number) => !!ends && now > Date.parse(ends) + afterTheEnd

/** Who is at the door: those whom the server listed, walk-ins of this phone, and over both what was not sent yet. */
export function standing(items: Attendance[], rows: SeenRow[]): Invitee[] {
  const invitees = new Map<string, Invitee>(items.map((a) => [a.invitation_id, { ...a, onPhone: false, refused: [] }]))
  for (const row of [...rows].sort(inOrder)) {
    const content = JSON.parse(row.content) as AttendanceRecord
    const there = invitees.get(row.invitation)
    if (row.refusal !== undefined) {
      if (there) there.refused.push(row)
      else invitees.set(row.invitation, { ...stranger(row), refused: [row] })
    } else if (row.kind === 'walk-in') {
      if (!there)
        invitees.set(row.invitation, { ...stranger(row), outcome: 'took_part', arrived_at: row.seen, recorded_at: row.seen, onPhone: true })
    } else if (there && !(there.recorded_at && Date.parse(there.recorded_at) > Date.parse(row.seen))) {
      const { outcome, arrived_at, left_at, note, struck_out } = content
      const { name, code, walk_in, participant_id, records, refused } = there
      invitees.set(row.invitation, {
        invitation_id: row.invitation,
        name,
        code,
        walk_in,
        records: records + 1,
        refused,
        outcome,
        late: false,
        left_early: false,
        usable: false,
        recorded_at: row.seen,
        onPhone: true,
        ...(participant_id ? { participant_id } : {}),
        ...(arrived_at ? { arrived_at } : {}),
        ...(left_at ? { left_at } : {}),
        ...(note ? { note } : {}),
        ...(struck_out ? { struck_out } : {}),
      })
    }
  }
  return [...invitees.values()].sort((a, b) => a.name.localeCompare(b.name) || a.invitation_id.localeCompare(b.invitation_id))
}

function stranger(row: SeenRow): Invitee {
  const nothing = { code: '', late: false, left_early: false, usable: false, records: 0, onPhone: false, refused: [] }
  return { ...nothing, invitation_id: row.invitation, name: row.name, walk_in: true, outcome: 'expected' }
}

export const inOrder = (a: SeenRow, b: SeenRow) => a.seen.localeCompare(b.seen) || a.id.localeCompare(b.id)

/** Late is who came more than ten minutes after the start. */
export const late = (a: Attendance, starts: string | undefined) =>
  !!starts && !!a.arrived_at && Date.parse(a.arrived_at) > Date.parse(starts) + grace

export interface Counts {
  expected: number
  inRoom: number
  /** Who left, was turned away or sent home, or did not come. */
  others: number
}

/** How many are where. */
export function counted(invitees: Invitee[]): Counts {
  const of = (test: (i: Invitee) => boolean) => invitees.filter(test).length
  return {
    expected: of((i) => i.outcome === 'expected' && i.refused.length === 0),
    inRoom: of((i) => i.outcome === 'took_part' && !i.left_at),
    others: of((i) => i.outcome !== 'expected' && !(i.outcome === 'took_part' && !i.left_at)),
  }
}

/** A code as it was typed, without what does not matter: case, blanks, dashes, and letters that look like digits. */
export const readCode = (typed: string) => typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
