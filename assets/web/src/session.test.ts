import { beforeEach, expect, test, vi } from 'vitest'
import { ann, bob, fillUp, happens, newPhone, no, openTab, page, reopen, signedIn, type Server, type Tab } from './offline/testing'

let server: Server
let tab: Tab
beforeEach(async () => {
  server = newPhone()
  tab = await signedIn()
})

const signOuts = () => server.sent('DELETE', '/session')

test('whoever used the app last is here again at the next start, without the server', async () => {
  server.instead = () => 'silence'
  tab = await reopen()
  expect(tab.session.user).toEqual(ann)
})

test('whoever signed out without a signal stays signed out, and the server is told when it is reached', async () => {
  server.instead = () => 'silence'
  await tab.signOut()
  expect(tab.session.user).toBeNull()

  server.instead = (a) => (a.method === 'DELETE' ? page() : undefined)
  tab = await reopen()
  expect(tab.session.user).toBeNull()
  await expect.poll(signOuts).toHaveLength(2)
  const { api, asked } = await import('./api/client')
  await expect(asked(api.GET('/visits', {}))).rejects.toMatchObject({ status: 401 })
  expect(server.sent('POST', '/session/refresh')).toEqual([])
  expect(server.cookie).toEqual(ann)

  server.instead = () => undefined
  happens('online')
  await expect.poll(() => server.cookie).toBeUndefined()
  tab = await reopen()
  expect(tab.session.user).toBeNull()
  expect(signOuts()).toHaveLength(3)
})

test('whoever signs in anew is not signed out by what was not told before', async () => {
  server.instead = () => 'silence'
  await tab.signOut()
  server.instead = () => undefined
  await tab.signIn(bob.email, 'x')
  tab = await reopen()
  expect(tab.session.user).toEqual(bob)
  expect(server.cookie).toEqual(bob)
})

test('a renewal that is answered after the person signed out does not sign them in', async () => {
  tab = await reopen()
  // Signing out tells the server after the renewal is over: the two share the cookie.
  server.instead = (a) => {
    if (a.path === '/session/refresh') void tab.signOut()
    return undefined
  }
  await expect(tab.visits.fetchVisits(ann.id, 0)).rejects.toMatchObject({ status: 401 })
  await expect.poll(signOuts).toHaveLength(1)
  expect(tab.session.user).toBeNull()
  tab = await reopen()
  expect(tab.session.user).toBeNull()
})

test('at most one person is here, whatever the clock of the phone says', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(0)
  await tab.signIn(bob.email, 'x')
  vi.restoreAllMocks()
  await tab.db.kept((db) => db.put('people', { ...bob, last: 1 }))
  tab = await reopen()
  expect(tab.session.user).toEqual(bob)
})

test('who signs in or out does so in all tabs', async () => {
  const second = await openTab()
  await second.recall()
  await tab.signOut()
  await expect.poll(() => second.session.user).toBeNull()
  await tab.signIn(bob.email, 'x')
  await expect.poll(() => second.session.user).toEqual(bob)
})

test('what was asked for one person is not answered with what is another one’s', async () => {
  tab = await reopen()
  server.cookie = bob
  server.visits.bob = [{ ...(server.visits.ann![0] as object), id: 'of bob' }]
  await expect(tab.visits.fetchVisits(ann.id, 0)).rejects.toMatchObject({ status: 401 })
  expect(tab.session.user).toEqual(bob)
  expect((await tab.visits.keptVisits(ann.id)).visits.map((v) => v.id)).not.toContain('of bob')
  expect(server.sent('GET', '/visits').filter((a) => a.token === 'token of bob')).toEqual([])
})

test('a token is asked for once, however many want it', async () => {
  tab = await reopen()
  await Promise.all([1, 2, 3].map(() => tab.visits.fetchVisits(ann.id, 0)))
  expect(server.sent('POST', '/session/refresh')).toHaveLength(1)
})

test.each([
  ['a page', () => page()],
  ['JSON without a token', () => new Response('{}', { headers: { 'Content-Type': 'application/json' } })],
  ['no JSON', () => new Response('hello', { headers: { 'Content-Type': 'application/json' } })],
  ['500', () => no(500, 'internal error')],
])('a renewal that is answered with %s signs nobody out', async (_, answer) => {
  tab = await reopen()
  server.instead = (a) => (a.path === '/session/refresh' ? answer() : undefined)
  await expect(tab.visits.fetchVisits(ann.id, 0)).rejects.toHaveProperty('why')
  expect(tab.session).toMatchObject({ user: ann, expired: false, away: expect.any(String) })
})

test('whoever works on a full phone is still known there after a renewal, at the next start without a signal', async () => {
  const makeRoom = fillUp('people')
  tab = await reopen()
  await tab.visits.fetchVisits(ann.id, 0)
  expect(server.sent('POST', '/session/refresh')).toHaveLength(1)
  makeRoom()
  server.instead = () => 'silence'
  tab = await reopen()
  expect(tab.session.user).toEqual(ann)
})

test('who signs out of a full phone is signed out, also at the next start, and the server knows it', async () => {
  const makeRoom = fillUp('people')
  await tab.signOut()
  makeRoom()
  await expect.poll(() => server.cookie).toBeUndefined()
  tab = await reopen()
  expect(tab.session.user).toBeNull()
})

test('who signs in on a full phone finds nobody else there at the next start without a signal', async () => {
  const makeRoom = fillUp('people')
  await tab.signIn(bob.email, 'x')
  makeRoom()
  server.instead = () => 'silence'
  tab = await reopen()
  expect(tab.session.user).toBeNull()
})

test('a lock that a page took with it when it went does not keep anybody from signing in', async () => {
  void navigator.locks.request('fieldcare-session', () => new Promise(() => undefined))
  const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(new Error('too long')))
  await tab.signIn(bob.email, 'x')
  patience.mockRestore()
  expect(tab.session.user).toEqual(bob)
})

test('a full phone lets its owner sign in', async () => {
  await tab.signOut()
  const makeRoom = fillUp('people')
  await tab.signIn(ann.email, 'x')
  makeRoom()
  expect(tab.session.user).toEqual(ann)
})
