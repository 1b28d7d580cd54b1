import { beforeEach, expect, test } from 'vitest'
import type { Draft } from './db'
import { ann, newPhone, openTab, photo, reopen, version, visit, type Server } from './testing'

let server: Server
beforeEach(() => {
  server = newPhone()
})

/** What the first version of the app made, by its own words. */
function madeByTheFirst(db: IDBDatabase) {
  db.createObjectStore('people', { keyPath: 'id' })
  db.createObjectStore('visits', { keyPath: ['user', 'id'] })
  db.createObjectStore('evaluations', { keyPath: ['user', 'id'] })
  db.createObjectStore('versions', { keyPath: ['user', 'checklist', 'number'] })
  db.createObjectStore('drafts', { keyPath: ['user', 'visit'] })
  db.createObjectStore('answers', { keyPath: ['user', 'visit', 'question'] })
  db.createObjectStore('photos', { keyPath: ['user', 'visit', 'sha256'] }).createIndex('visit', ['user', 'visit'])
}

const openFirst = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('fieldcare', 1)
    opening.onupgradeneeded = () => madeByTheFirst(opening.result)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error!)
  })

const draft: Draft = {
  user: ann.id,
  visit: visit.id,
  evaluation: 'e1',
  basedOn: 0,
  checklist: visit.checklist_id,
  version: visit.checklist_version,
  begun: '2026-11-21T09:00:00.000Z',
  finished: '',
  moments: [{ id: 'in', at: '2026-11-21T09:00:00.000Z' }],
  state: 'open',
  content: '',
  changed: Date.parse('2026-11-21T09:30:00Z'),
}

/** Ann's work as the first version kept it. */
async function workOfTheFirst(db: IDBDatabase) {
  const rows: Record<string, object> = {
    people: { ...ann, last: 1 },
    visits: { user: ann.id, id: visit.id, visit, read: 1 },
    versions: { user: ann.id, checklist: visit.checklist_id, number: visit.checklist_version, version },
    drafts: draft,
    answers: { user: ann.id, visit: visit.id, question: 'shelf', answer: { photos: [photo('one').sha256] } },
    photos: photo('one'),
  }
  await new Promise((resolve, reject) => {
    const writing = db.transaction(Object.keys(rows), 'readwrite')
    for (const [store, row] of Object.entries(rows)) writing.objectStore(store).put(row)
    writing.oncomplete = resolve
    writing.onabort = reject
  })
}

test('work that the first version of the app kept is opened by this one, gone on with and sent', async () => {
  const db = await openFirst()
  await workOfTheFirst(db)
  db.close()
  const tab = await reopen()
  expect(tab.session.user).toEqual(ann)
  const filling = (await tab.filling.openWork(visit.id, true))!
  expect(filling.draft).toEqual(draft)
  expect(filling.answers).toEqual({ shelf: { photos: [photo('one').sha256] } })
  expect(new TextDecoder().decode(filling.photos[0]!.bytes)).toBe('one')

  await filling.answer('greeted', 'yes')
  await filling.send()
  await expect.poll(() => server.evaluations.size).toBe(1)
  expect(JSON.parse(server.evaluations.get('e1')!.text)).toMatchObject({ answers: { greeted: 'yes' }, moments: draft.moments })
  expect([...server.photos.keys()]).toEqual([photo('one').sha256])
})

test('a tab with the first version lets go when it is told that a newer one waits', async () => {
  const old = await openFirst()
  await workOfTheFirst(old)
  old.onversionchange = () => old.close()
  const tab = await reopen()
  expect((await tab.work.workOn(ann.id, visit.id))!.draft).toEqual(draft)
})

test('this version waits for a tab that does not let go, and goes on when that is closed', async () => {
  const old = await openFirst()
  await workOfTheFirst(old)
  const told = new Promise((resolve) => (old.onversionchange = resolve))
  const tab = await openTab()
  const opening = tab.work.workOn(ann.id, visit.id)
  await told
  old.close()
  expect((await opening)!.draft).toEqual(draft)
})

test('a tab goes on with what a newer version has made of the stores, and does not stand in its way', async () => {
  const db = await openFirst()
  await workOfTheFirst(db)
  db.close()
  const tab = await reopen()
  const filling = (await tab.filling.openWork(visit.id, true))!
  const newer = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('fieldcare', 99)
    opening.onupgradeneeded = () => opening.result.createObjectStore('of a newer version')
    opening.onsuccess = () => resolve(opening.result)
    opening.onblocked = reject
  })
  await filling.answer('greeted', 'yes')
  expect(filling.trouble).toBeUndefined()
  expect((await tab.work.workOn(ann.id, visit.id))!.answers).toMatchObject({ greeted: 'yes' })
  newer.close()
})

test.each(['InvalidStateError', 'AbortError', 'UnknownError'])('a connection that is lost as %s is opened again', async (name) => {
  const tab = await reopen()
  let lost = true
  const people = await tab.db.kept(async (db) => {
    if (!lost) return db.getAll('people')
    lost = false
    throw new DOMException('Connection to Indexed Database server lost', name)
  })
  expect(people).toEqual([])
})
