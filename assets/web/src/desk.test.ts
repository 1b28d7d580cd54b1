import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ann, frozen, happens, newPhone, no, signedIn, type Server, type Tab } from './offline/testing'

let server: Server
let tab: Tab
beforeEach(async () => {
  server = newPhone()
  tab = await signedIn()
  vi.spyOn(globalThis, 'setTimeout') // what is planned is looked at, not waited for
})
afterEach(() => vi.restoreAllMocks())

/** When the next round is planned, in milliseconds. */
const planned = () => vi.mocked(setTimeout).mock.calls.at(-1)![1]!

test('a round sends what waits, reads what is new, and comes again', async () => {
  await frozen(tab)
  await tab.desk.round()
  expect(server.evaluations.size).toBe(1)
  expect(tab.desk.drafts).toEqual([])
  expect(tab.desk.failure).toBeUndefined()
  expect(planned()).toBe(300_000)
})

test('what is frozen while a round runs is sent right after it', async () => {
  server.instead = async (a) => {
    if (a.path !== '/visits') return undefined
    server.instead = () => undefined
    await frozen(tab)
    await tab.desk.round()
    return undefined
  }
  await tab.desk.round()
  expect(planned()).toBe(0)
  await vi.waitFor(() => expect(planned()).toBe(300_000), { timeout: 30_000 })
  expect(server.evaluations.size).toBe(1)
})

test('what is frozen in one tab while another sends is sent as soon as that has ended', async () => {
  let end = () => {}
  void navigator.locks.request('fieldcare-outbox', () => new Promise<void>((resolve) => (end = resolve)))
  await frozen(tab)
  await tab.desk.round()
  expect(server.evaluations.size).toBe(0)
  end()
  await expect.poll(() => server.evaluations.size).toBe(1)
})

test('a server that is down is asked less and less often', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  server.instead = () => 'silence'
  const pauses: number[] = []
  for (let i = 0; i < 10; i++) {
    await tab.desk.round()
    pauses.push(planned())
  }
  expect(pauses.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000])
  expect(pauses.at(-1)).toBe(300_000)
  expect(tab.session.away).toBe('network')
})

test('a signal that comes back while a round still fails is not waited for as long as before', async () => {
  server.instead = () => 'silence'
  for (let i = 0; i < 10; i++) await tab.desk.round()
  expect(planned()).toBeGreaterThan(60_000)
  tab.desk.watch()
  server.instead = () => {
    happens('online')
    return 'silence'
  }
  await tab.desk.round()
  expect(planned()).toBeLessThan(10_000)
})

test('a server that asked for a pause has it', async () => {
  await frozen(tab)
  server.instead = (a) => (a.path === '/evaluations' ? no(503, 'busy', [], '600') : undefined)
  await tab.desk.round()
  expect(planned()).toBeGreaterThanOrEqual(600_000)
  expect(tab.desk.failure).toMatchObject({ why: 'busy', after: 600_000 })
  expect(tab.desk.drafts.map((d) => d.state)).toEqual(['frozen'])
})

test('a pause is no longer where the clock of the phone is set back a day meanwhile', async () => {
  server.instead = (a) => (a.path === '/visits' ? no(503, 'busy', [], '600') : undefined)
  await tab.desk.round()
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 24 * 3600_000)
  await tab.desk.round()
  expect(planned()).toBeLessThan(700_000)
})

test('whose session is over sees what is on the phone, and is asked to sign in', async () => {
  await frozen(tab)
  server.cookie = undefined
  server.instead = (a) => (a.path.startsWith('/session') ? undefined : no(401, 'sign in'))
  await tab.desk.round()
  expect(tab.session).toMatchObject({ user: ann, expired: true })
  expect(tab.desk.drafts).toHaveLength(1)
  expect(tab.desk.visits).toHaveLength(1)
})
