import { Refusal, Unreachable } from '../api/client'
import { letIn, readAttendance, record, type Attendance } from '../api/doors'
import { inOrder } from '../door/attendance'
import { kept, write, type DoorRow, type SeenRow, type Session } from './db'
import { changed } from './work'

/** How a round of sending ended. */
export type DoorRound = 'nothing' | 'sent' | 'later' | 'signed out' | 'elsewhere'

const own = (...key: string[]) => IDBKeyRange.bound(key, [...key, []])

/** What is known of a session's door without a signal. */
export async function keptDoor(user: string, group: string): Promise<{ door: DoorRow | undefined; seen: SeenRow[] }> {
  return kept(async (db) => {
    const tx = db.transaction(['doors', 'seen'])
    const door = await tx.objectStore('doors').get([user, group])
    return { door, seen: (await tx.objectStore('seen').getAll(own(user, group))).sort(inOrder) }
  })
}

/** The sessions whose doors are on this phone. */
export const keptDoors = (user: string): Promise<DoorRow[]> => kept((db) => db.getAll('doors', own(user)))

/** What has not reached the server, of all sessions, in the order in which it was seen. */
export const unsentSeen = (user: string): Promise<SeenRow[]> =>
  kept((db) => db.getAll('seen', own(user))).then((rows) => rows.sort(inOrder))

const daysKept = 2

/**
 * Reads who is expected and who came, and keeps it; names of sessions that were over two days ago go. It waits for what is
 * being sent: what is read must not be older than what was taken in the meantime.
 */
export function fetchDoor(user: string, session: Session, now: number): Promise<void> {
  return navigator.locks.request('fieldcare-doors', async () => {
    const attendance = await readAttendance(user, session.id)
    await write(['doors', 'seen'], async (tx) => {
      const waiting = new Set((await tx.objectStore('seen').getAllKeys(own(user))).map(([, group]) => group))
      for (const door of await tx.objectStore('doors').getAll(own(user))) {
        const over = Date.parse(door.session.ends_at ?? '') < now - daysKept * 24 * 3600_000
        if (over && !waiting.has(door.group)) await tx.objectStore('doors').delete([user, door.group])
      }
      await tx.objectStore('doors').put({ user, group: session.id, session, attendance, read: now })
    })
    changed()
  })
}

/** Keeps what was seen before anything is sent: it is on the phone when this returns. */
export async function keepSeen(row: SeenRow): Promise<void> {
  await write(['seen'], (tx) => tx.objectStore('seen').put(row))
  changed()
}

/** Has a refused record sent again. */
export async function tryAgain(row: SeenRow): Promise<void> {
  const { refusal: _, ...again } = row
  await keepSeen(again)
}

/** Lets go of a refused record; of a walk-in, with what was seen of them since. */
export async function letGo(row: SeenRow): Promise<void> {
  await write(['seen'], async (tx) => {
    for (const other of await tx.objectStore('seen').getAll(own(row.user, row.group))) {
      const follows = row.kind === 'walk-in' && other.invitation === row.invitation
      if (other.id === row.id || follows) await tx.objectStore('seen').delete([other.user, other.group, other.id])
    }
  })
  changed()
}

/**
 * Sends what was seen, in the order in which it was seen. Only one tab sends at a time. A record leaves the phone when the
 * server's answer names its invitation; one that is refused stays, with the reason. Of a walk-in who was refused, nothing
 * that came after is sent. It is sent in the name of who saw it, or not at all.
 */
export function flushDoors(user: string): Promise<{ round: DoorRound; after: number }> {
  return navigator.locks.request('fieldcare-doors', { ifAvailable: true }, async (lock) => {
    if (!lock) return { round: 'elsewhere', after: 0 }
    let round: DoorRound = 'nothing'
    const rows = await unsentSeen(user)
    const stopped = new Set(rows.filter((r) => r.kind === 'walk-in' && r.refusal !== undefined).map((r) => r.invitation))
    for (const row of rows) {
      if (row.refusal !== undefined || stopped.has(row.invitation)) continue
      try {
        await arrived(row, await (row.kind === 'walk-in' ? letIn : record)(user, row.group, row.invitation, row.content))
      } catch (error) {
        if (error instanceof Unreachable) return { round: 'later', after: error.after }
        if (!(error instanceof Refusal)) throw error
        if (error.status === 401) return { round: 'signed out', after: 0 }
        await keepSeen({ ...row, refusal: error.reasons })
        if (row.kind === 'walk-in') stopped.add(row.invitation)
      }
      round = 'sent'
      changed()
    }
    return { round, after: 0 }
  })
}

/** Takes what the server has now in the place of what waited, at once: nobody is shown as they stood before. */
async function arrived(row: SeenRow, answer: Attendance): Promise<void> {
  await write(['seen', 'doors'], async (tx) => {
    await tx.objectStore('seen').delete([row.user, row.group, row.id])
    const door = await tx.objectStore('doors').get([row.user, row.group])
    if (door) {
      const others = door.attendance.items.filter((a) => a.invitation_id !== answer.invitation_id)
      await tx.objectStore('doors').put({ ...door, attendance: { ...door.attendance, items: [...others, answer] } })
    }
  })
}
