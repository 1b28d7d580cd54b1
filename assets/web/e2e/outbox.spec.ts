import type { Page } from '@playwright/test'
import { everything } from './everything'
import { fillKiosk, offerKiosk, sendKiosk } from './kiosk'
import { foreign, no, test } from './proxy'
import { lookAgain, openVisit, send } from './shopper'
import { appIsKept, expect, signIn } from './test'

test('an evaluation whose answer is lost on the way is sent again as the same, and is there once', async ({
  page,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectUnreachable()
  way.fate = ({ method, path }) => (method === 'POST' && path === '/api/v1/evaluations' ? 'lost' : 'pass')
  await send(page)
  await expect.poll(() => way.to('POST', '/evaluations').map((p) => p.answered)).toContain(201)
  await expect(page.getByText('There is no connection:')).toBeVisible()
  expect(await office.handedIn(visit)).toHaveLength(1)

  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  const [first, ...again] = way.to('POST', '/evaluations')
  expect(again.map((p) => p.answered)).toContain(200) // browsers send once more by themselves where a connection breaks
  for (const sent of again) expect(sent.body).toEqual(first!.body)
  expect(await office.handedIn(visit)).toMatchObject([{ state: 'submitted', revision: 1 }])
})

test('photos go one by one, each once, and what is left is told: the answer to one is lost on the way, the connection before the next', async ({
  page,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit, 3)
  troubles.expectUnreachable()
  const photos = () => [...new Set(way.to('PUT', '/photos').map((p) => p.path))]
  way.fate = ({ method }) => (method === 'PUT' ? 'lost' : 'pass')
  await sendKiosk(page)
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('Waits to be sent, 3 photos left')).toBeVisible()
  await expect.poll(() => photos().length).toBe(1)

  way.fate = ({ method, path }) => (method === 'PUT' && path !== photos()[0] ? 'away' : 'pass')
  await lookAgain(page)
  await expect(page.getByText('Waits to be sent, 2 photos left')).toBeVisible()
  await page.reload()
  await expect(page.getByText('Waits to be sent, 2 photos left')).toBeVisible()
  expect(way.to('POST', '/evaluations')).toEqual([])

  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it', { exact: true })).toBeVisible()
  expect(way.to('PUT', '/photos').filter((p) => p.path === photos()[0] && p.answered === 200).length).toBeGreaterThan(1)
  const [evaluation, ...more] = await office.handedIn(visit)
  expect(more).toEqual([])
  expect(evaluation!.photos.map((p) => '/api/v1/photos/' + p.sha256).sort()).toEqual(photos().sort())
})

test('a Wi-Fi that answers everything with its own page takes nothing from the phone, not even the session', async ({
  page,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  await appIsKept(page)
  troubles.expectUnreachable() // a worker whose newer version is a page is told of in the console
  way.fate = () => 'portal'
  await page.goto('/visits/' + visit.id)
  const banner = page.getByText('A Wi-Fi or the like answers in place of the server.')
  await expect(banner).toBeVisible()
  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await page.getByRole('link', { name: 'To the summary' }).click()
  await sendKiosk(page)
  for (const answers of [() => 'portal' as const, () => foreign({ ok: true }), () => foreign([]), () => foreign(null)]) {
    way.fate = answers
    const before = way.passed.length
    await page.goto('/visits/' + visit.id)
    await expect(page.getByText('Waits to be sent, 1 photo left')).toBeVisible()
    await expect(banner).toBeVisible()
    expect(way.passed.length).toBeGreaterThan(before)
  }
  // The token is renewed in truth, and what is sent with it is answered by the Wi-Fi.
  way.fate = ({ path }) => (path.endsWith('/session/refresh') ? 'pass' : foreign({ ok: true }))
  await lookAgain(page)
  await expect.poll(() => way.to('PUT', '/photos').length).toBeGreaterThan(0)
  await expect(page.getByText('Waits to be sent, 1 photo left')).toBeVisible()
  way.fate = ({ method }) => (method === 'POST' ? foreign({ id: 'another', content_hash: 'another' }) : 'pass')
  await lookAgain(page)
  await expect.poll(() => way.to('POST', '/evaluations').length).toBeGreaterThan(0)
  await expect(page.getByText('Waits to be sent', { exact: true })).toBeVisible()
  expect(await office.handedIn(visit)).toEqual([])

  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it', { exact: true })).toBeVisible()
  await expect(banner).toBeHidden()
  expect(await office.handedIn(visit)).toHaveLength(1)
})

test('answers that break off in the middle are none', async ({ page, office, way, troubles }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectUnreachable()
  const reached = (method: string, path: string) => expect.poll(() => way.to(method, path).filter((p) => p.answered).length)
  for (const [method, path] of [
    ['POST', '/session/refresh'],
    ['PUT', '/photos'],
    ['POST', '/evaluations'],
  ] as const) {
    way.fate = (passing) => (passing.method === method && passing.path.startsWith('/api/v1' + path) ? 'cut' : 'pass')
    const before = way.to(method, path).length
    if (path === '/session/refresh') {
      await page.reload()
      await sendKiosk(page)
    } else await lookAgain(page)
    await reached(method, path).toBeGreaterThan(before)
    await expect(page.getByText('No connection. You can go on working.')).toBeVisible()
    await expect(page.getByText('The server has it. Thank you.')).toBeHidden()
  }
  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  expect(await office.handedIn(visit)).toHaveLength(1)
})

test('what the server has against an answer and a photo stands beside the question; mended, it is sent and there once', async ({
  page,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit, 2)
  troubles.expectRefusals()
  // The program is sent something else on the way: what it says of that are its own words.
  const second = () => [...new Set(way.to('PUT', '/photos').map((p) => p.path))][1]
  way.fate = ({ path }) => (path === second() ? Buffer.alloc(21 << 20) : 'pass')
  await sendKiosk(page)
  await expect(page.getByText('The server did not take 1 answer. It is marked.')).toBeVisible()
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('Not taken: see why')).toBeVisible()
  await page.getByRole('link', { name: 'Mend it' }).click()
  const shelf = page.locator('#question-shelf')
  await expect(shelf).toContainText(/The server did not take photo \d: it is too large to be taken here/)
  const photo = /photo (\d)/.exec((await shelf.textContent())!)![1]!
  expect(way.to('POST', '/evaluations')).toEqual([])
  await shelf.getByRole('button', { name: `Delete: Photo ${photo}`, exact: true }).click()
  await shelf.getByRole('button', { name: `Really delete: Photo ${photo}`, exact: true }).click()
  await expect(shelf).not.toContainText('The server did not take')

  way.fate = ({ method, path, body }) =>
    method === 'POST' && path === '/api/v1/evaluations' ? Buffer.from(String(body).replace(/"words":"[^"]*"/, '"words":5')) : 'pass'
  await page.getByRole('link', { name: 'To the summary' }).click()
  await sendKiosk(page)
  await expect(page.getByText('The server did not take 1 answer. It is marked.')).toBeVisible()
  await page.getByRole('button', { name: /At the kiosk/ }).click()
  const said = page.getByRole('textbox', { name: 'What was said?' })
  await expect(said).toHaveAccessibleDescription(/must be a text/)
  await said.fill('Good evening.')
  await expect(said).not.toHaveAccessibleDescription(/must be a text/)

  way.clear()
  await page.getByRole('link', { name: 'To the summary' }).click()
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  expect(await office.handedIn(visit)).toMatchObject([{ revision: 1, answers: { words: 'Good evening.' }, photos: [{ number: 1 }] }])
})

test('the part of a refused answer is opened, and stays open while the answer is typed anew', async ({ page, office, way, troubles }) => {
  const visit = await office.offer('Buy a tea.', await office.publish(everything))
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
  await page.getByRole('link', { name: 'Next' }).click()
  const said = page.getByRole('textbox', { name: 'What was said?' })
  await said.fill('Good morning.')
  await page.getByRole('link', { name: 'Next' }).click()
  await page.getByRole('link', { name: 'To the summary' }).click()
  troubles.expectRefusals()
  way.fate = ({ method, path, body }) =>
    method === 'POST' && path === '/api/v1/evaluations' ? Buffer.from(String(body).replace(/"words":"[^"]*"/, '"words":5')) : 'pass'
  await sendKiosk(page)
  await expect(page.getByText('The server did not take 1 answer. It is marked.')).toBeVisible()

  await page.goto('/visits/' + visit.id)
  await page.getByRole('link', { name: 'Mend it' }).click()
  await expect(page.getByText('Part 2 of 3')).toBeVisible()
  await said.fill('')
  await said.pressSequentially('Good evening.')
  await expect(said).toHaveValue('Good evening.')
  await expect(page.getByText('Part 2 of 3')).toBeVisible()
})

test('a server that asks for a pause has it, whatever the phone does meanwhile', async ({ page, office, way, troubles }) => {
  await page.clock.install()
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  way.fate = ({ method }) => (method === 'PUT' ? no(503, 600) : 'pass')
  await sendKiosk(page)
  await expect(page.getByText('The server is busy. You can go on working.')).toBeVisible()
  way.clear()
  await lookAgain(page)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.clock.runFor('09:00') // the page's clock goes on meanwhile, on a busy machine by some seconds
  expect(way.to('PUT', '/photos')).toHaveLength(1)
  await page.clock.runFor('01:10')
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  expect(way.to('PUT', '/photos')).toHaveLength(2)
})

test('a server that is down is tried less and less often', async ({ page, office, way, troubles }) => {
  await page.addInitScript(() => (Math.random = () => 0.5)) // the pauses are the usual ones
  await page.clock.install()
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  await appIsKept(page) // the server's troubles are not those of the app's own files
  troubles.expectRefusals()
  way.fate = () => no(500)
  await sendKiosk(page)
  const tries = () => way.passed.filter((p) => p.path.startsWith('/api/')).length
  const begun = tries()
  for (let minutes = 0; minutes < 60; minutes++) {
    await page.clock.runFor('01:00')
    await expect(page.getByText(/The server is busy|No connection/)).toBeVisible() // the hour passes faster than answers come
  }
  expect(tries() - begun).toBeGreaterThan(5)
  expect(tries() - begun).toBeLessThan(25)
  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
})

test('a request that is never answered ends, and the next round sends; a photo on a weak signal has its time', async ({
  page,
  office,
  way,
  troubles,
}) => {
  await page.clock.install()
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit, 0)
  await page.getByText('Back', { exact: true }).click()
  await addLargePhoto(page)
  await page.getByRole('link', { name: 'To the summary' }).click()
  troubles.expectUnreachable()
  let arrive = () => {}
  const weak = new Promise<void>((resolve) => (arrive = resolve))
  way.fate = async ({ method, path }) => {
    if (method === 'PUT') await weak
    if (path !== '/api/v1/evaluations') return 'pass'
    return way.to('POST', '/evaluations').length === 1 ? 'hang' : 'away' // a second one that hangs would do so for a minute
  }
  await sendKiosk(page)
  await expect.poll(() => way.to('PUT', '/photos').length).toBe(1)
  await page.clock.runFor('02:00')
  await expect(page.getByText('No connection.')).toBeHidden()
  arrive()
  await expect.poll(() => way.to('POST', '/evaluations').length).toBe(1)
  expect(way.to('PUT', '/photos').map((p) => p.answered)).toEqual([200])
  await page.clock.runFor('01:01')
  await expect(page.getByText('No connection. You can go on working.')).toBeVisible()

  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  expect(way.to('PUT', '/photos')).toHaveLength(1)
})

/** A picture of nothing but noise, as large as one from a phone's camera. */
async function addLargePhoto(page: Page) {
  const noise = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1000, 800)
    const context = canvas.getContext('2d')!
    const image = context.createImageData(canvas.width, canvas.height)
    for (let at = 0; at < image.data.length; at += 65536) crypto.getRandomValues(image.data.subarray(at, at + 65536))
    context.putImageData(image, 0, 0)
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())
    return bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')
  })
  const buffer = Buffer.from(noise, 'latin1')
  await page.locator('#question-shelf').getByLabel('From the gallery').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
  await expect(page.getByRole('img', { name: 'Photo 1' })).toBeVisible()
}
