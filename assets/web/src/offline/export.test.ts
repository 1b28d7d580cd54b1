import { strFromU8, unzipSync } from 'fflate'
import { beforeEach, expect, test } from 'vitest'
import { ann, frozen, newPhone, now, photo, signedIn, unreadable, visit, type Server, type Tab } from './testing'

let server: Server
let tab: Tab
beforeEach(async () => {
  server = newPhone()
  tab = await signedIn()
})

async function exported(): Promise<Record<string, string>> {
  const { file, missing } = await tab.exported.unsentWork(ann.id, now)
  expect(missing).toBe(0)
  expect(file.name).toBe('fieldcare-unsent-2026-11-21.zip')
  const files = unzipSync(new Uint8Array(await file.arrayBuffer()))
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))
}

test('the file has the very text that would be sent, and the photos that it names', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two'])
  const [draft] = await tab.work.unsent(ann.id)
  const files = await exported()
  expect(JSON.parse(files['manifest.json']!)).toEqual({
    format: 'fieldcare-unsent-work',
    version: 1,
    user: 'ann',
    exported_at: now.toISOString(),
    evaluations: [{ id: draft!.evaluation, visit_id: visit.id, open: false }],
  })
  delete files['manifest.json']
  expect(files).toEqual({
    [`evaluations/${draft!.evaluation}.json`]: draft!.content,
    [`photos/${photo('one').sha256}.jpg`]: 'one',
    [`photos/${photo('two').sha256}.jpg`]: 'two',
  })
  expect(Object.values(files).join()).not.toContain('token')
  expect((await tab.outbox.flush(ann.id)).round).toBe('sent')
  expect(server.sent('POST', '/evaluations')[0]!.text).toBe(draft!.content)
})

test('work that is still being filled in stands in the file as it would be sent now, and stays open on the phone', async () => {
  const work = tab.work.newWork(ann.id, visit, now)
  const { evaluation } = work.draft
  await tab.work.begin(work)
  await tab.work.keepAnswer(ann.id, visit.id, 'greeted', 'yes', now)
  await tab.work.keepAnswer(ann.id, visit.id, 'why', 'hidden again', now)
  const files = await exported()
  expect(JSON.parse(files['manifest.json']!)).toMatchObject({ evaluations: [{ id: evaluation, open: true }] })
  expect(JSON.parse(files[`evaluations/${evaluation}.json`]!)).toEqual({
    id: evaluation,
    visit_id: visit.id,
    answers: { greeted: 'yes' },
    begun: now.toISOString(),
    finished: now.toISOString(),
    moments: [],
    photos: [],
  })
  expect((await tab.work.unsent(ann.id))[0]!.state).toBe('open')
})

test('a photo that the phone cannot read any more is counted, and everything else is in the file', async () => {
  await frozen(tab, { greeted: 'yes' }, ['one', 'two'])
  const legible = unreadable('photos', photo('one').sha256)
  const { file, missing } = await tab.exported.unsentWork(ann.id, now)
  legible()
  expect(missing).toBe(1)
  const names = Object.keys(unzipSync(new Uint8Array(await file.arrayBuffer())))
  expect(names).toContain(`photos/${photo('two').sha256}.jpg`)
  expect(names).toHaveLength(3)
})
