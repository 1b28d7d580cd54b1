import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { Refusal, Unreachable, type Problem } from '../api/client'
import * as server from '../api/doors'
import type { Attendance, AttendanceRecord } from '../api/doors'
import { correctionOf, over, possible, recordOf, standing } from '../door/attendance'
import type { SeenRow, Session } from './db'
import { fetchDoor, flushDoors, keepSeen, keptDoor, letGo, tryAgain, unsentSeen } from './doors'

vi.mock('../api/doors')

const [letIn, readAttendance, record] = [vi.mocked(server.letIn), vi.mocked(server.readAttendance), vi.mocked(server.record)]
let user = ''
/** Who uses the app: the server takes nothing in the name of anybody else. */
let here = ''
const session: Session = {
  id: 'group',
  topic: 'Waiting',
  zone: 'Europe/Warsaw',
  seats: 8,
  starts_at: '2026-11-26T17:00:00Z',
  ends_at: '2026-11-26T19:00:00Z',
}
const six = Date.parse('2026-11-26T17:00:00Z')
const someone = (id: string, more: Partial<Attendance> = {}): Attendance => ({
  invitation_id: id,
  name: id,
  code: 'K7QF3-MZ9TB',
  walk_in: false,
  outcome: 'expected',
  late: false,
  left_early: false,
  usable: false,
  records: 0,
  ...more,
})
const refusal = (status: number, detail: string) => new Refusal(status, { type: 't', title: '', status, detail } as Problem)

/** A lock of the browser, for one tab. */
function locks() {
  let held = Promise.resolve<unknown>(undefined)
  let busy = 0
  return {
    request(_: string, options: unknown, work?: (lock: unknown) => Promise<unknown>) {
      const ifAvailable = typeof options === 'object' && (options as { ifAvailable?: boolean }).ifAvailable
      const run = (work ?? options) as (lock: unknown) => Promise<unknown>
      if (ifAvailable && busy > 0) return run(null)
      busy++
      const turn = held.then(() => run({})).finally(() => busy--)
      held = turn.catch(() => undefined)
      return turn
    },
  }
}

/** What the server would say: it keeps records by their id, and of several the last seen holds. */
function door(...invitees: Attendance[]) {
  const kept = new Map<string, string>()
  const standing = new Map(invitees.map((i) => [i.invitation_id, i]))
  const inNameOf = (by: string | undefined) => {
    if (by !== here) throw refusal(401, 'somebody else is signed in')
  }
  record.mockImplementation(async (by, _, invitation, content) => {
    inNameOf(by)
    const r = JSON.parse(content) as AttendanceRecord
    const before = standing.get(invitation)
    if (!before) throw refusal(404, 'not found')
    if (kept.has(r.id) && kept.get(r.id) !== content) throw refusal(409, 'another content')
    const again = kept.has(r.id)
    kept.set(r.id, content)
    if (!again && !(before.recorded_at && before.recorded_at > r.recorded_at)) {
      const { id: _id, ...seen } = r
      const { arrived_at: _a, left_at: _l, ...rest } = before
      standing.set(invitation, { ...rest, ...seen, records: before.records + 1 })
    }
    return standing.get(invitation)!
  })
  letIn.mockImplementation(async (by, _, invitation, content) => {
    inNameOf(by)
    if (!kept.has(invitation)) standing.set(invitation, someone(invitation, { walk_in: true, outcome: 'took_part', records: 1 }))
    kept.set(invitation, content)
    return standing.get(invitation)!
  })
  readAttendance.mockImplementation(async (by) => {
    inNameOf(by)
    return { items: [...standing.values()] } as never
  })
  return { kept, standing }
}

async function saw(invitation: string, seen: Parameters<typeof recordOf>[1], now: number): Promise<SeenRow> {
  const { door, seen: rows } = await keptDoor(user, 'group')
  const invitee = standing(door!.attendance.items, rows).find((i) => i.invitation_id === invitation)!
  const r = recordOf(invitee, seen, crypto.randomUUID(), now)
  const row: SeenRow = {
    user,
    group: 'group',
    id: r.id,
    invitation,
    kind: 'record',
    name: invitee.name,
    seen: r.recorded_at,
    content: JSON.stringify(r),
  }
  await keepSeen(row)
  return row
}

async function walksIn(id: string, now: number) {
  const seen = new Date(now).toISOString()
  await keepSeen({
    user,
    group: 'group',
    id,
    invitation: id,
    kind: 'walk-in',
    name: id,
    seen,
    content: JSON.stringify({ id, name: id, recorded_at: seen }),
  })
}

async function stands(invitation: string) {
  const { door, seen } = await keptDoor(user, 'group')
  return standing(door?.attendance.items ?? [], seen).find((i) => i.invitation_id === invitation)!
}

const flush = () => flushDoors(user)

beforeEach(() => {
  user = here = crypto.randomUUID()
  vi.resetAllMocks()
  vi.stubGlobal('navigator', { locks: locks() })
})

test('what was read opens without a signal, and what is seen then is kept and shown', async () => {
  door(someone('anna'), someone('jan'))
  await fetchDoor(user, session, six)
  record.mockRejectedValue(new Unreachable('network'))
  await saw('anna', 'arrived', six)
  expect((await flush()).round).toBe('later')
  expect(await unsentSeen(user)).toHaveLength(1)
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', arrived_at: '2026-11-26T17:00:00.000Z', onPhone: true })
  expect(await stands('jan')).toMatchObject({ outcome: 'expected', onPhone: false })
})

test('a record whose answer was lost is sent again as the same text, and counts once', async () => {
  const { kept, standing } = door(someone('anna'))
  await fetchDoor(user, session, six)
  const row = await saw('anna', 'arrived', six)
  const works = record.getMockImplementation()!
  record.mockImplementationOnce(async (...given) => {
    await works(...given)
    throw new Unreachable('network')
  })
  expect((await flush()).round).toBe('later')
  expect((await flush()).round).toBe('sent')
  expect((await flush()).round).toBe('nothing')
  expect(record.mock.calls.map(([, , , content]) => content)).toEqual([row.content, row.content])
  expect([kept.size, standing.get('anna')!.records]).toEqual([1, 1])
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', onPhone: false })
})

test('two tabs at once send a record once', async () => {
  door(someone('anna'))
  await fetchDoor(user, session, six)
  await saw('anna', 'arrived', six)
  const rounds = (await Promise.all([flush(), flush()])).map((r) => r.round).sort()
  expect(rounds).toEqual(['elsewhere', 'sent'])
  expect(record).toHaveBeenCalledTimes(1)
})

test('a correction is another record: the old one is sent too, and the correction holds', async () => {
  const { kept } = door(someone('anna'))
  await fetchDoor(user, session, six)
  const first = await saw('anna', 'no_show', six)
  const second = await saw('anna', 'arrived', six)
  expect(second.seen > first.seen).toBe(true) // in the same millisecond
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', onPhone: true })
  await flush()
  expect([...kept.keys()]).toEqual([first.id, second.id])
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', records: 2, onPhone: false })
})

test('a correction holds where the clock of this phone is slow', async () => {
  door(someone('anna', { outcome: 'no_show', recorded_at: '2026-11-26T17:30:00.5Z', records: 1 }))
  await fetchDoor(user, session, six)
  await saw('anna', 'arrived', six)
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', onPhone: true })
})

test('what another phone saw later holds over what waits here', async () => {
  const { standing } = door(someone('anna'))
  await fetchDoor(user, session, six)
  await saw('anna', 'no_show', six)
  standing.set(
    'anna',
    someone('anna', { outcome: 'took_part', arrived_at: '2026-11-26T17:05:00Z', recorded_at: '2026-11-26T17:05:00Z', records: 1 }),
  )
  await fetchDoor(user, session, six)
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', onPhone: false })
})

test('who was noted keeps the note, and who left keeps the time of coming', () => {
  const here = someone('anna', {
    outcome: 'took_part',
    arrived_at: '2026-11-26T16:55:00Z',
    recorded_at: '2026-11-26T16:55:00Z',
    note: 'Left-handed',
  })
  expect(recordOf(here, 'left', 'r', six)).toEqual({
    id: 'r',
    outcome: 'took_part',
    arrived_at: '2026-11-26T16:55:00Z',
    left_at: '2026-11-26T17:00:00.000Z',
    note: 'Left-handed',
    recorded_at: '2026-11-26T17:00:00.000Z',
  })
  expect(recordOf(here, 'no_show', 'r', six)).toEqual({
    id: 'r',
    outcome: 'no_show',
    note: 'Left-handed',
    recorded_at: '2026-11-26T17:00:00.000Z',
  })
  expect(possible(here)).not.toContain('arrived') // a double tap finds nothing to record
})

test('what is put right is a later record with its own times', () => {
  const noShow = someone('anna', { outcome: 'no_show', recorded_at: '2026-11-26T18:00:00Z', records: 1 })
  const right = { arrived_at: '2026-11-26T16:55:00Z', left_at: '', struck_out: 'Answered for a friend', note: '' }
  expect(correctionOf(noShow, right, 'r', six)).toEqual({
    id: 'r',
    outcome: 'took_part',
    arrived_at: '2026-11-26T16:55:00Z',
    struck_out: 'Answered for a friend',
    recorded_at: '2026-11-26T18:00:00.001Z',
  })
  const turnedAway = someone('jan', { outcome: 'turned_away', arrived_at: '2026-11-26T17:00:00Z' })
  expect(correctionOf(turnedAway, right, 'r', six)).toMatchObject({ outcome: 'turned_away', arrived_at: '2026-11-26T16:55:00Z' })
  expect(correctionOf(turnedAway, right, 'r', six)).not.toHaveProperty('struck_out')
  expect([over(session.ends_at, six), over(session.ends_at, six + 3 * 3600_000)]).toEqual([false, true])
})

test('a refused record stays with its reason, does not count, and goes when it is let go or taken later', async () => {
  door(someone('anna'))
  await fetchDoor(user, session, six)
  const works = record.getMockImplementation()!
  record.mockRejectedValue(refusal(409, 'the door opens twelve hours before the session'))
  const row = await saw('anna', 'arrived', six)
  await flush()
  expect(await stands('anna')).toMatchObject({
    outcome: 'expected',
    onPhone: false,
    refused: [{ refusal: 'the door opens twelve hours before the session' }],
  })
  await flush()
  expect(record).toHaveBeenCalledTimes(1) // not again by itself
  record.mockImplementation(works)
  await tryAgain((await stands('anna')).refused[0]!)
  await flush()
  expect(await stands('anna')).toMatchObject({ outcome: 'took_part', refused: [] })
  await keepSeen({ ...row, refusal: 'no' })
  await letGo(row)
  expect(await unsentSeen(user)).toEqual([])
})

test('a walk-in is shown at once, and what is seen of them is sent after them', async () => {
  const { kept } = door()
  await fetchDoor(user, session, six)
  await walksIn('olga', six)
  const left = await saw('olga', 'left', six + 1000)
  expect(await stands('olga')).toMatchObject({ walk_in: true, outcome: 'took_part', onPhone: true })
  await flush()
  expect([...kept.keys()]).toEqual(['olga', left.id])
  expect(await unsentSeen(user)).toEqual([])
})

test('nothing is sent of a walk-in who was refused, and all of them goes when they are let go', async () => {
  door()
  letIn.mockRejectedValue(refusal(409, 'every seat and the reserve are taken'))
  await fetchDoor(user, session, six)
  await walksIn('olga', six)
  await saw('olga', 'left', six + 1000)
  await flush()
  await flush()
  expect([letIn.mock.calls.length, record.mock.calls.length]).toEqual([1, 0])
  const { refused } = await stands('olga')
  expect(refused.map((r) => r.refusal)).toEqual(['every seat and the reserve are taken'])
  await letGo(refused[0]!)
  expect(await unsentSeen(user)).toEqual([])
})

test('nobody sends what another saw', async () => {
  door(someone('anna'))
  await fetchDoor(user, session, six)
  await saw('anna', 'arrived', six)
  here = 'somebody else'
  expect((await flush()).round).toBe('signed out')
  here = user
  record.mockRejectedValue(refusal(401, 'sign in'))
  expect((await flush()).round).toBe('signed out')
  expect(await unsentSeen(user)).toHaveLength(1)
})

test('names of a session that is long over go, unless something waits to be sent', async () => {
  door(someone('anna'))
  await fetchDoor(user, session, six)
  const later = six + 5 * 24 * 3600_000
  const other = { ...session, id: 'other', ends_at: new Date(later).toISOString() }
  const row = await saw('anna', 'arrived', six)
  await fetchDoor(user, other, later)
  expect((await keptDoor(user, 'group')).door).toBeDefined()
  await letGo(row)
  await fetchDoor(user, other, later)
  expect((await keptDoor(user, 'group')).door).toBeUndefined()
})
