import { beforeEach, expect, test } from 'vitest'
import { ann, bob, fillUp, frozen, newPhone, now, openTab, photo, reopen, signedIn, version, visit, type Server, type Tab } from './testing'

let server: Server
let tab: Tab
beforeEach(async () => {
  server = newPhone()
  tab = await signedIn()
})

const begun = () => tab.work.begin(tab.work.newWork(ann.id, visit, now))
const answers = async () => (await tab.work.workOn(ann.id, visit.id))?.answers

test('every answer, moment and photo is there after the tab was killed, without the server', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  await filling.answer('greeted', 'no')
  await filling.answer('why', 'They talked')
  await filling.stamp('in')
  await tab.work.keepPhoto(photo('one'), undefined, now)
  const before = await tab.work.workOn(ann.id, visit.id)

  server.instead = () => 'silence'
  tab = await reopen()
  expect(tab.session.user).toEqual(ann)
  const again = (await tab.filling.openWork(visit.id, true))!
  expect(again.answers).toEqual({ greeted: 'no', why: 'They talked', shelf: { photos: [photo('one').sha256] } })
  expect(again.draft).toEqual(before!.draft)
  expect(again.draft.moments.map((m) => m.id)).toEqual(['in'])
  expect(new TextDecoder().decode(again.photos[0]!.bytes)).toBe('one')
})

test('an evaluation is begun once, in however many tabs', async () => {
  const second = await openTab()
  await second.recall()
  const [a, b] = await Promise.all([tab.filling.openWork(visit.id, true), second.filling.openWork(visit.id, true)])
  expect(a!.draft.evaluation).toEqual(b!.draft.evaluation)
  expect(await tab.work.unsent(ann.id)).toHaveLength(1)
})

test('what is frozen is not changed, in this tab or another', async () => {
  await begun()
  const second = await openTab()
  await second.recall()
  const other = (await second.filling.openWork(visit.id, true))!
  await frozen(tab, { greeted: 'yes' })
  const before = await tab.work.workOn(ann.id, visit.id)

  await other.answer('greeted', 'no')
  expect(other.trouble).toBe('frozen')
  await other.stamp('in')
  expect(other.trouble).toBe('frozen')
  await expect(second.work.keepPhoto(photo('late'), undefined, now)).rejects.toBeInstanceOf(second.work.Frozen)
  await expect(second.work.removePhoto(ann.id, visit.id, 'shelf', photo('one').sha256, now)).rejects.toBeInstanceOf(second.work.Frozen)
  await expect(second.work.freeze(ann.id, visit.id, version.document, now)).rejects.toBeInstanceOf(second.work.Frozen)
  await second.work.mend(ann.id, visit.id, now)
  expect(await tab.work.workOn(ann.id, visit.id)).toEqual(before)
})

test('only answers to what is visible are sent', async () => {
  await frozen(tab, { greeted: 'yes', why: 'typed before the first answer was changed' })
  const content = JSON.parse((await tab.work.unsent(ann.id))[0]!.content) as { answers: object }
  expect(content.answers).toEqual({ greeted: 'yes' })
})

test('a full phone says so, keeps what was there, and what is on the screen once there is room', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  await filling.answer('greeted', 'no')
  const makeRoom = fillUp('answers')
  await filling.answer('why', 'They talked')
  expect(filling.trouble).toBe('full')
  expect(filling.answers).toEqual({ greeted: 'no', why: 'They talked' })
  expect(await answers()).toEqual({ greeted: 'no' })
  await filling.stamp('in')
  expect(filling.trouble).toBe('full')
  await filling.send()
  expect((await tab.work.unsent(ann.id))[0]!.state).toBe('open')
  makeRoom()

  await filling.stamp('in')
  expect(filling.trouble).toBeUndefined()
  expect(await answers()).toEqual({ greeted: 'no', why: 'They talked' })
})

test('a photo that the phone has no room for leaves nothing half done', async () => {
  await begun()
  await tab.work.keepPhoto(photo('one'), undefined, now)
  const before = await tab.work.workOn(ann.id, visit.id)
  for (const store of ['photos', 'answers', 'drafts']) {
    const makeRoom = fillUp(store)
    const kept = tab.work.keepPhoto(photo('two'), undefined, now)
    await expect(kept).rejects.toMatchObject({ name: 'QuotaExceededError' })
    makeRoom()
    expect(await tab.work.workOn(ann.id, visit.id)).toEqual(before)
  }
})

test('a phone that says that it is full only when the transaction ends is understood', async () => {
  await begun()
  const failing = tab.db.write(['answers'], async (tx) => {
    await tx.objectStore('answers').put({ user: ann.id, visit: visit.id, question: 'greeted', answer: 'yes' })
    Object.defineProperty(tx, 'error', { value: new DOMException('no room', 'QuotaExceededError') })
    tx.abort()
  })
  await expect(failing).rejects.toSatisfy((error) => error instanceof DOMException)
  expect(await answers()).toEqual({})
})

test('a photo that is taken away frees its room, unless another answer names it', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  const { sha256 } = photo('one')
  await tab.work.keepPhoto(photo('one'), undefined, now)
  await tab.work.keepPhoto(photo('one', 'other'), undefined, now)
  await filling.removePhoto('shelf', sha256)
  expect((await tab.work.workOn(ann.id, visit.id))!.photos).toHaveLength(1)
  await filling.removePhoto('other', sha256)
  expect(await tab.work.workOn(ann.id, visit.id)).toMatchObject({ photos: [], answers: {} })
})

test('work goes on when the phone took the connection to what is kept away', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  await tab.db.kept(async (db) => db.close())
  await Promise.all([filling.answer('greeted', 'no'), filling.answer('why', 'They talked')])
  expect(filling.trouble).toBeUndefined()
  expect(await answers()).toEqual({ greeted: 'no', why: 'They talked' })
})

test('another person neither sees nor opens the work of the first', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one'])
  await tab.desk.look()
  expect(tab.desk.drafts).toHaveLength(1)
  await tab.signOut()
  expect(tab.desk.drafts).toEqual([])
  expect(tab.desk.visits).toBeUndefined()
  await tab.signIn(bob.email, 'x')
  expect([tab.desk.drafts, tab.desk.visits, tab.desk.read]).toEqual([[], undefined, undefined])
  await tab.desk.look()
  expect([tab.desk.drafts, tab.desk.visits]).toEqual([[], undefined])
  expect(await tab.filling.openWork(visit.id, true)).toBeUndefined()
  expect(await tab.work.workOn(bob.id, visit.id)).toBeUndefined()
})

test('work on a visit that is gone from the list is still reached, and sent', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  await filling.answer('greeted', 'yes')
  server.visits = { ann: [] }
  await tab.visits.fetchVisits(ann.id, now.getTime())
  tab = await reopen()
  await tab.desk.look()
  expect(tab.desk.visits!.map((v) => v.id)).toEqual([visit.id])
  const again = (await tab.filling.openWork(visit.id, true))!
  expect(again.answers).toEqual({ greeted: 'yes' })
  await tab.work.freeze(ann.id, visit.id, again.document, now)
  await tab.outbox.flush(ann.id)
  await tab.visits.fetchVisits(ann.id, now.getTime())
  await tab.desk.look()
  expect(server.evaluations.size).toBe(1)
  expect(tab.desk.visits).toEqual([])
})

const returned = { ...visit, state: 'returned', evaluation_id: 'e1' }
const evaluation = {
  id: 'e1',
  visit_id: visit.id,
  state: 'returned',
  revision: 2,
  open_questions: ['greeted'],
  words: 'Were you?',
  answers: { greeted: 'no', why: 'They talked' },
}

test('a returned evaluation is opened with what was handed in, and its revision says on what it is based', async () => {
  server.visits = { ann: [returned] }
  server.owned = { e1: evaluation }
  await tab.visits.fetchVisits(ann.id, now.getTime())
  const filling = (await tab.filling.openWork(visit.id, true))!
  expect(filling.answers).toEqual(evaluation.answers)
  expect([...filling.open!]).toEqual(['greeted', 'why'])
  await filling.answer('greeted', 'yes')
  await tab.work.freeze(ann.id, visit.id, filling.document, now)
  expect((await tab.outbox.flush(ann.id)).round).toBe('sent')
  const [sent] = server.sent('POST', '/evaluations/e1/revisions')
  expect(JSON.parse(sent!.text)).toEqual({ answers: { greeted: 'yes' }, moments: [], photos: [], based_on: 2 })
})

test('a revision that was based on an older one is mended on the current one', async () => {
  server.visits = { ann: [returned] }
  server.owned = { e1: { ...evaluation, revision: 1 } }
  await tab.visits.fetchVisits(ann.id, now.getTime())
  const filling = (await tab.filling.openWork(visit.id, true))!
  await tab.work.freeze(ann.id, visit.id, filling.document, now)
  const { no } = await import('./testing')
  server.instead = (a) => (a.method === 'POST' ? no(409, 'the current revision is 2') : undefined)
  expect((await tab.outbox.flush(ann.id)).round).toBe('refused')
  server.instead = () => undefined
  server.owned = { e1: evaluation }
  await tab.visits.fetchVisits(ann.id, now.getTime())
  expect((await tab.filling.openWork(visit.id, true))!.draft.basedOn).toBe(2)
})

/** The evaluation of Ann's visit came back to her phone. */
async function cameBack(id: string, evaluated: object) {
  server.visits = { ann: [{ ...returned, evaluation_id: id }] }
  server.owned = { [id]: { ...evaluation, id, ...evaluated } }
  await tab.visits.fetchVisits(ann.id, now.getTime())
}

test('what came back a second time takes what the server has, and keeps the answers to what is open', async () => {
  await cameBack('e1', { revision: 1, open_questions: ['greeted', 'tidy'], answers: { greeted: 'yes', tidy: 'was dusty' } })
  const filling = (await tab.filling.openWork(visit.id, true))!
  await filling.answer('greeted', 'no')
  await filling.answer('why', 'They were on the phone')
  await filling.answer('tidy', 'was clean')
  await filling.send()
  const { no } = await import('./testing')
  server.instead = (a) => (a.method === 'POST' ? no(409, 'the current revision is 2') : undefined)
  expect((await tab.outbox.flush(ann.id)).round).toBe('refused')
  server.instead = () => undefined

  await cameBack('e1', { answers: { greeted: 'yes', tidy: 'was mended' } })
  const again = (await tab.filling.openWork(visit.id, true))!
  expect(again.answers).toEqual({ greeted: 'no', why: 'They were on the phone', tidy: 'was mended' })
  expect(again.draft.refusal).toBeUndefined()
  expect([...again.open!]).toEqual(['greeted', 'why'])
  await again.send()
  await tab.outbox.flush(ann.id)
  const sent = server.sent('POST', '/evaluations/e1/revisions').at(-1)
  expect(JSON.parse(sent!.text)).toMatchObject({ based_on: 2, answers: { greeted: 'no', tidy: 'was mended' } })
})

test('what came back a second time waits for its checklist where the phone has lost that', async () => {
  await cameBack('e1', { revision: 1, answers: { greeted: 'yes', tidy: 'was dusty' } })
  await tab.filling.openWork(visit.id, true)
  await cameBack('e1', { answers: { greeted: 'yes', tidy: 'was mended' } })
  await tab.db.kept((db) => db.clear('versions'))
  const before = await tab.work.workOn(ann.id, visit.id)
  expect(await tab.work.mend(ann.id, visit.id, now)).toBe(false)
  expect(await tab.work.workOn(ann.id, visit.id)).toEqual(before)

  await tab.visits.fetchVisits(ann.id, now.getTime())
  expect(await tab.work.mend(ann.id, visit.id, now)).toBe(true)
  expect((await tab.work.workOn(ann.id, visit.id))!.draft.basedOn).toBe(2)
})

test('what was handed in from a file meanwhile and came back is sent as a revision of that', async () => {
  const filling = (await tab.filling.openWork(visit.id, true))!
  const leave = filling.watch()
  await filling.answer('greeted', 'no')
  await filling.answer('why', 'They were on the phone')
  await filling.answer('tidy', 'added after the file was saved')
  const { evaluation: id } = filling.draft
  await filling.send()
  const { no } = await import('./testing')
  server.instead = (a) => (a.method === 'POST' ? no(409, 'this evaluation was handed in with other content') : undefined)
  await tab.outbox.flush(ann.id)
  server.instead = () => undefined

  await cameBack(id, { revision: 1, answers: { greeted: 'yes' } })
  await expect.poll(() => [...(filling.open ?? [])]).toEqual(['greeted', 'why']) // on the very page that was open all the while
  expect(filling.answers).toEqual({ greeted: 'no', why: 'They were on the phone' })
  expect([filling.words, filling.draft.basedOn]).toEqual(['Were you?', 1])
  leave()
  await filling.send()
  expect((await tab.outbox.flush(ann.id)).round).toBe('sent')
  const [sent] = server.sent('POST', `/evaluations/${id}/revisions`)
  expect(JSON.parse(sent!.text)).toMatchObject({ based_on: 1, answers: { greeted: 'no', why: 'They were on the phone' } })
})

test('what the server has against an answer that is not open is mended by taking its own; what is open is the shopper’s to mend', async () => {
  await cameBack('e1', {})
  const filling = (await tab.filling.openWork(visit.id, true))!
  await tab.work.keepAnswer(ann.id, visit.id, 'tidy', 'from an app that let it be changed', now)
  await tab.work.freeze(ann.id, visit.id, filling.document, now)
  const { no } = await import('./testing')
  const against = (question: string) => ({ pointer: '/answers/' + question, question, detail: 'is wrong' })
  server.instead = (a) => (a.method === 'POST' ? no(422, 'no', [against('tidy'), against('why')]) : undefined)
  expect((await tab.outbox.flush(ann.id)).round).toBe('refused')
  server.instead = () => undefined
  const again = (await tab.filling.openWork(visit.id, true))!
  expect(again.answers).toEqual(evaluation.answers)
  expect(again.draft.refusal!.errors).toEqual([against('why')])
})

test('a visit whose checklist is refused does not keep the others from theirs', async () => {
  const other = { ...visit, id: 'b1f0c1a2-0000-7000-8000-000000000002', checklist_version: 2 }
  server.visits = { ann: [{ ...visit, checklist_version: 3 }, other] }
  const { no } = await import('./testing')
  server.instead = (a) => (a.path.endsWith('/versions/3') ? no(404, 'there is no such thing') : undefined)
  await tab.visits.fetchVisits(ann.id, now.getTime())
  expect(await tab.visits.keptVersion(ann.id, visit.checklist_id, 2)).toEqual({ ...version, number: 2 })
})

test('what does not name the checklist that was asked for is not kept as that one', async () => {
  server.visits = { ann: [{ ...visit, checklist_version: 2 }] }
  server.instead = (a) => (a.path.endsWith('/versions/2') ? Response.json({ ok: true }) : undefined)
  await expect(tab.visits.fetchVisits(ann.id, now.getTime())).rejects.toMatchObject({ why: 'portal' })
  server.instead = () => undefined
  await tab.visits.fetchVisits(ann.id, now.getTime())
  expect(await tab.visits.keptVersion(ann.id, visit.checklist_id, 2)).toEqual({ ...version, number: 2 })
})

test('a list that was not said by the program takes no visit from the phone', async () => {
  server.instead = (a) =>
    a.path === '/visits' ? new Response('{"ok":true}', { headers: { 'Content-Type': 'application/json' } }) : undefined
  await expect(tab.visits.fetchVisits(ann.id, now.getTime())).rejects.toMatchObject({ why: 'portal' })
  expect((await tab.visits.keptVisits(ann.id)).visits).toHaveLength(1)
})

test('a list that was on its way while a visit was handed in does not take that back', async () => {
  server.instead = async (a) => {
    if (a.path === '/visits') await tab.visits.keepVisit(ann.id, { ...visit, state: 'submitted' }, now.getTime() + 1)
    return undefined
  }
  await tab.visits.fetchVisits(ann.id, now.getTime() + 2)
  expect((await tab.visits.keptVisit(ann.id, visit.id))?.state).toBe('submitted')
  server.instead = () => undefined
  await tab.visits.fetchVisits(ann.id, now.getTime() + 3)
  expect((await tab.visits.keptVisit(ann.id, visit.id))?.state).toBe('accepted')
})
