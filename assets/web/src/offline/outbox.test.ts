import { beforeEach, expect, test, vi } from 'vitest'
import {
  ann,
  bob,
  fillUp,
  frozen,
  newPhone,
  no,
  now,
  openTab,
  page,
  photo,
  reopen,
  signedIn,
  unreadable,
  version,
  visit,
  type Server,
  type Tab,
} from './testing'

let server: Server
let tab: Tab
beforeEach(async () => {
  server = newPhone()
  tab = await signedIn()
})

const flush = (t = tab, user = ann.id) => t.outbox.flush(user)
const drafts = (t = tab) => t.work.unsent(ann.id)
const state = async (t = tab) => (await drafts(t)).map((d) => d.state)
const handedIn = () => server.sent('POST', '/evaluations')

test('an evaluation leaves the phone when the server has it, with its answers and photos', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  expect(await flush()).toEqual({ round: 'sent', after: 0 })
  expect(await tab.work.workOn(ann.id, visit.id)).toBeUndefined()
  expect(await tab.db.kept((db) => Promise.all([db.count('drafts'), db.count('answers'), db.count('photos')]))).toEqual([0, 0, 0])
  expect((await tab.visits.keptVisit(ann.id, visit.id))?.state).toBe('submitted')
  expect(await flush()).toEqual({ round: 'nothing', after: 0 })
  expect(handedIn()).toHaveLength(1)
})

test('what was entered and frozen is sent after the tab was killed', async () => {
  await frozen(tab, { greeted: 'no', why: 'They talked' }, ['one'])
  const [before] = await drafts()
  tab = await reopen()
  expect((await drafts())[0]).toEqual(before)
  expect((await flush()).round).toBe('sent')
  expect(JSON.parse(handedIn()[0]!.text)).toMatchObject({
    id: before!.evaluation,
    visit_id: visit.id,
    answers: { greeted: 'no', why: 'They talked' },
  })
})

test('an evaluation whose answer was lost is sent again as the same text, and is there once', async () => {
  await frozen(tab)
  server.instead = (a) => (a.path === '/evaluations' ? 'lost' : undefined)
  expect((await flush()).round).toBe('later')
  expect(await state()).toEqual(['frozen'])
  server.instead = () => undefined
  tab = await reopen()
  expect((await flush()).round).toBe('sent')
  expect(handedIn().map((a) => a.text)).toEqual([handedIn()[0]!.text, handedIn()[0]!.text])
  expect(server.evaluations.size).toBe(1)
  expect(await drafts()).toEqual([])
})

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
test.each<[string, () => Response]>([
  ['a page', () => page()],
  ['a page that says 404', () => page(404)],
  ['a plain 403', () => new Response('blocked', { status: 403, headers: { 'Content-Type': 'text/plain' } })],
  ['a redirect', () => Object.defineProperty(new Response(null, { status: 302 }), 'type', { value: 'opaqueredirect' })],
  ['JSON that names another evaluation', () => json({ id: 'another', content_hash: 'x', state: 'submitted' })],
  ['JSON that is null', () => json(null)],
  ['nothing at all', () => new Response(null, { status: 200 })],
  ['204', () => new Response(null, { status: 204 })],
  ['what calls itself JSON and is not', () => new Response('<html>', { headers: { 'Content-Type': 'application/json' } })],
])('a captive portal that answers with %s takes nothing from the phone', async (_, answer) => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  const before = await tab.work.workOn(ann.id, visit.id)
  server.instead = (a) => (a.method === 'GET' ? undefined : answer())
  expect((await flush()).round).toBe('later')
  expect(await tab.work.workOn(ann.id, visit.id)).toEqual(before)
  server.instead = (a) => (a.path === '/evaluations' ? answer() : undefined)
  expect((await flush()).round).toBe('later')
  expect(await state()).toEqual(['frozen'])
  server.instead = () => undefined
  expect((await flush()).round).toBe('sent')
})

test('an answer that names the evaluation but not what was sent takes nothing from the phone', async () => {
  await frozen(tab)
  const [draft] = await drafts()
  server.instead = (a) =>
    a.path === '/evaluations' ? json({ id: draft!.evaluation, content_hash: 'another', state: 'submitted' }) : undefined
  expect((await flush()).round).toBe('later')
  expect(await state()).toEqual(['frozen'])
})

test('whose session is over keeps everything, and is told so', async () => {
  await frozen(tab)
  tab = await reopen()
  server.cookie = undefined
  expect((await flush()).round).toBe('signed out')
  expect(await state()).toEqual(['frozen'])
  expect(tab.session).toMatchObject({ user: ann, expired: true })
  await tab.signIn(ann.email, 'x')
  expect(tab.session.expired).toBe(false)
  expect((await flush()).round).toBe('sent')
})

test('a token that ran out meanwhile is renewed once, and the evaluation sent', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two'])
  let spent = false
  server.instead = (a) => {
    const first = a.path.startsWith('/photos') && !spent
    spent ||= first
    return first ? no(401, 'sign in') : undefined
  }
  expect((await flush()).round).toBe('sent')
  expect(server.sent('POST', '/session/refresh')).toHaveLength(1)
})

test.each([422, 409, 404, 403, 410])('what the server refuses with %i is kept with its reasons, and can be mended', async (status) => {
  await frozen(tab, { greeted: 'no', why: 'x' })
  const fault = { pointer: '/answers/why', question: 'why', detail: 'is too short' }
  server.instead = (a) => (a.path === '/evaluations' ? no(status, 'see errors', [fault]) : undefined)
  expect((await flush()).round).toBe('refused')
  const [draft] = await drafts()
  expect(draft).toMatchObject({ state: 'refused', refusal: { status, detail: 'see errors', errors: [fault] } })
  await flush()
  expect(handedIn()).toHaveLength(1)

  server.instead = () => undefined
  tab = await reopen()
  const filling = (await tab.filling.openWork(visit.id, true))!
  expect(filling.draft).toMatchObject({ state: 'open', refusal: { errors: [fault] } })
  await filling.answer('why', 'They went on talking')
  await tab.work.freeze(ann.id, visit.id, filling.document, now)
  expect((await flush()).round).toBe('sent')
  const sent = handedIn().map((a) => JSON.parse(a.text) as { id: string; answers: object })
  expect(sent[1]).toMatchObject({ id: sent[0]!.id, answers: { why: 'They went on talking' } })
})

test('one refused evaluation does not keep the next one on the phone', async () => {
  await frozen(tab)
  const [first] = await drafts()
  const other = { ...visit, id: 'b1f0c1a2-0000-7000-8000-000000000002' }
  await tab.db.kept((db) =>
    db.put('drafts', {
      ...first!,
      visit: other.id,
      evaluation: 'other',
      changed: first!.changed + 1,
      content: first!.content.replace(first!.evaluation, 'other'),
    }),
  )
  server.instead = (a) => (a.text.includes(first!.evaluation) ? no(422, 'no') : undefined)
  expect((await flush()).round).toBe('refused')
  expect(await state()).toEqual(['refused'])
  expect([...server.evaluations.keys()]).toEqual(['other'])
})

test('one evaluation that the server stumbles over does not keep the next one on the phone', async () => {
  await frozen(tab)
  const [first] = await drafts()
  await tab.db.kept((db) =>
    db.put('drafts', {
      ...first!,
      visit: 'z',
      evaluation: 'other',
      changed: first!.changed + 1,
      content: first!.content.replace(first!.evaluation, 'other'),
    }),
  )
  server.instead = (a) => (a.text.includes(first!.evaluation) ? no(500, 'internal error') : undefined)
  expect((await flush()).round).toBe('later')
  expect([...server.evaluations.keys()]).toEqual(['other'])
})

test.each([
  ['429', '120', 120_000],
  ['503', '7', 7_000],
  ['503', '', 0],
  ['500', '', 0],
  ['503', '999999999', 3600_000],
  ['503', 'soon', 0],
])('a server that says %s and Retry-After "%s" is left alone for as long', async (status, asked, after) => {
  await frozen(tab)
  server.instead = (a) => (a.path === '/evaluations' ? no(Number(status), 'busy', [], asked) : undefined)
  expect(await flush()).toEqual({ round: 'later', after })
  expect(await state()).toEqual(['frozen'])
})

test('Retry-After may be a date', async () => {
  const { retryAfter } = await import('../api/client')
  expect(retryAfter('Sat, 21 Nov 2026 10:01:30 GMT', now.getTime())).toBe(90_000)
  expect(retryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now.getTime())).toBe(0)
})

test('the pause grows, has an end, and is never the same for a thousand phones nor shorter than was asked', () => {
  const { pause } = tab.outbox
  const middle = Array.from({ length: 20 }, (_, failures) => pause(failures, 0, 0.5))
  for (const [i, one] of middle.entries()) expect(one).toBeGreaterThanOrEqual(middle[i - 1] ?? 0)
  expect(middle[0]).toBe(5_000)
  expect(middle.at(-1)).toBe(300_000)
  const phones = Array.from({ length: 1000 }, (_, i) => pause(5, 0, i / 1000))
  expect(new Set(phones).size).toBe(1000)
  expect(Math.max(...phones) - Math.min(...phones)).toBeGreaterThan(30_000)
  for (const random of [0, 0.3, 1]) expect(pause(0, 120_000, random)).toBeGreaterThanOrEqual(120_000)
})

test('photos are sent one by one before their evaluation, and not twice', async () => {
  let open = 0
  let most = 0
  server.instead = async (a) => {
    if (!a.path.startsWith('/photos')) return undefined
    most = Math.max(most, ++open)
    await new Promise((go) => setTimeout(go))
    open--
    return server.sent('PUT', '/photos').length === 3 ? 'silence' : undefined
  }
  await frozen(tab, { greeted: 'yes' }, ['one', 'two', 'three'])
  expect((await flush()).round).toBe('later')
  expect(handedIn()).toEqual([])
  expect(most).toBe(1)
  tab = await reopen()
  expect((await flush()).round).toBe('sent')
  const sent = server.sent('PUT', '/photos').map((a) => a.text)
  expect(sent.slice(0, 2)).not.toContain(sent[2])
  expect(sent.slice(3)).toEqual([sent[2]])
  expect(new Set(sent)).toEqual(new Set(['one', 'two', 'three']))
})

test('what is on the phone says how many photos the server does not have yet', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two', 'three'])
  const left: (number | undefined)[] = []
  server.instead = async (a) => {
    if (a.path !== '/session/refresh') left.push((await drafts())[0]?.left)
    return a.path === '/evaluations' ? 'silence' : undefined
  }
  await flush()
  expect(left).toEqual([3, 2, 1, 0])
})

test('a photo that the server threw away meanwhile is sent again', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two'])
  server.instead = (a) => (a.path === '/evaluations' ? 'silence' : undefined)
  await flush()
  server.photos.delete(photo('two').sha256)
  const fault = { pointer: '/answers/shelf/photos/1', question: 'shelf', detail: 'this photo was not uploaded by you' }
  server.instead = (a) => (a.path === '/evaluations' && server.photos.size < 2 ? no(422, 'see errors', [fault]) : undefined)
  expect((await flush()).round).toBe('sent')
  expect(server.photos.size).toBe(2)
})

test('a photo that the server never keeps is told at its question, and not sent for ever', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  const fault = { pointer: '/answers/shelf/photos/0', question: 'shelf', detail: 'this photo was not uploaded by you' }
  server.instead = (a) => (a.path === '/evaluations' ? no(422, 'see errors', [fault]) : undefined)
  expect((await flush()).round).toBe('refused')
  expect(server.sent('PUT', '/photos')).toHaveLength(2)
})

test('an answer that never comes ends after a minute, a photo’s after as long as it takes at 4 kB/s besides', async () => {
  await frozen(tab, { greeted: 'yes' }, ['a photo '.repeat(100_000)])
  const { setTimeout } = globalThis
  const limits: number[] = []
  server.instead = (a) => (a.path === '/session/refresh' ? undefined : new Promise(() => undefined))
  tab = await reopen()
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((end, after) => {
    if (after! >= 60_000) limits.push(after!)
    return setTimeout(end, after! >= 60_000 && limits.length > 1 ? 0 : after) // the time of whoever never answers is over
  })
  expect((await flush()).round).toBe('later')
  vi.restoreAllMocks()
  expect(limits).toEqual([60_000, 260_000])
  expect(tab.session.away).toBe('network')
  expect(await state()).toEqual(['frozen'])
  server.instead = () => undefined
  expect((await flush()).round).toBe('sent')
})

test('a photo that no answer names any more is not sent', async () => {
  await tab.work.begin(tab.work.newWork(ann.id, visit, now))
  await tab.work.keepPhoto(photo('blurred'), undefined, now)
  await tab.work.keepAnswer(ann.id, visit.id, 'shelf', { na: true }, now)
  await tab.work.keepPhoto(photo('sharp'), undefined, now)
  await tab.work.keepAnswer(ann.id, visit.id, 'greeted', 'yes', now)
  await tab.work.freeze(ann.id, visit.id, (await import('./testing')).version.document, now)
  expect((await flush()).round).toBe('sent')
  expect(server.sent('PUT', '/photos').map((a) => a.text)).toEqual(['sharp'])
})

test('the refusal of a photo is told at its question', async () => {
  await frozen(tab, { greeted: 'yes' }, ['no picture'])
  const faults = [{ pointer: '', detail: 'is not a picture that we can read' }]
  server.instead = (a) => (a.path.startsWith('/photos') ? no(422, 'see errors', faults) : undefined)
  expect((await flush()).round).toBe('refused')
  expect((await drafts())[0]!.refusal!.errors).toEqual([
    { pointer: '/answers/shelf/photos/' + photo('no picture').sha256, question: 'shelf', detail: 'is not a picture that we can read' },
  ])
  expect(handedIn()).toEqual([])
})

test('only one of two tabs sends', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  const second = await openTab()
  await second.recall()
  const rounds = await Promise.all([flush(), flush(second)])
  expect(rounds.map((r) => r.round).sort()).toEqual(['elsewhere', 'sent'])
  expect(handedIn()).toHaveLength(1)
})

test('nobody sends the work of another person, nor sees it', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  await tab.signOut()
  await tab.signIn(bob.email, 'x')
  expect((await flush(tab, bob.id)).round).toBe('nothing')
  expect((await flush(tab, ann.id)).round).toBe('signed out')
  expect(await tab.work.unsent(bob.id)).toEqual([])
  expect(server.photos.size + server.evaluations.size).toBe(0)
  await tab.signIn(ann.email, 'x')
  expect((await flush()).round).toBe('sent')
  expect([...server.evaluations.values()].map((e) => e.by)).toEqual(['ann'])
})

test('work is not sent in the name of who signs in while it is being sent', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two'])
  server.instead = async (a) => {
    if (a.path.startsWith('/photos') && tab.session.user?.id === 'ann') await tab.signIn(bob.email, 'x')
    return undefined
  }
  expect((await flush()).round).toBe('signed out')
  expect(new Set(server.photos.values())).toEqual(new Set(['ann']))
  expect(server.evaluations.size).toBe(0)
  expect(await state()).toEqual(['frozen'])
})

test('a cookie of another person does not send the work of who was here', async () => {
  await frozen(tab)
  tab = await reopen()
  server.cookie = bob
  expect((await flush()).round).toBe('signed out')
  expect(server.evaluations.size).toBe(0)
  expect(tab.session.user?.id).toBe('bob')
  expect(await state()).toEqual(['frozen'])
})

test('a phone that is full still sends what is on it', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  const makeRoom = fillUp('photos', 'visits', 'people')
  try {
    expect((await flush()).round).toBe('sent')
  } finally {
    makeRoom()
  }
  expect(await drafts()).toEqual([])
  expect(server.evaluations.size).toBe(1)
})

test('a connection to what is kept that was lost is opened again', async () => {
  await frozen(tab)
  await tab.db.kept(async (db) => db.close())
  expect(await state()).toEqual(['frozen'])
  await tab.db.kept(async (db) => db.close())
  expect((await flush()).round).toBe('sent')
})

const another = { ...visit, id: 'b1f0c1a2-0000-7000-8000-000000000002' } as typeof visit

/** Freezes a second evaluation, which is younger than the first. */
async function frozenAnother() {
  const later = new Date(now.getTime() + 1000)
  await tab.work.begin(tab.work.newWork(ann.id, another, later))
  await tab.work.keepAnswer(ann.id, another.id, 'greeted', 'yes', later)
  await tab.work.freeze(ann.id, another.id, version.document, later)
}

test('an evaluation that is refused on a full phone does not keep the next one there', async () => {
  await frozen(tab)
  await frozenAnother()
  server.instead = (a) => (a.path === '/evaluations' && a.text.includes(visit.id) ? no(422, 'see errors') : undefined)
  const makeRoom = fillUp('drafts')
  await flush()
  makeRoom()
  expect((await drafts()).map((d) => d.visit)).toEqual([visit.id])
})

test('a photo that the phone cannot read any more keeps only its own evaluation back, and is told', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  await frozenAnother()
  const legible = unreadable('photos', photo('one').sha256)
  await expect(flush()).rejects.toThrow('Failed to read')
  legible()
  expect((await drafts()).map((d) => d.visit)).toEqual([visit.id])
})

test('what was begun anew meanwhile is not taken away by an answer to what was sent before', async () => {
  await frozen(tab)
  server.instead = async (a) => {
    if (a.path !== '/evaluations') return undefined
    await tab.db.write(['drafts'], async (tx) => {
      const draft = await tx.objectStore('drafts').get([ann.id, visit.id])
      await tx.objectStore('drafts').put({ ...draft!, state: 'open', basedOn: 1, content: '' })
    })
    return undefined
  }
  await flush()
  expect(await state()).toEqual(['open'])
})
