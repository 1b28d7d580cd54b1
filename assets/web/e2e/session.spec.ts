import { Elsewhere } from './elsewhere'
import { acceptKiosk, answerKiosk, fillKiosk, offerKiosk, sendKiosk } from './kiosk'
import type { Page } from '@playwright/test'
import { password } from './program'
import { test, type Proxy } from './proxy'
import { lookAgain, openVisit, send } from './shopper'
import { expect, signIn } from './test'

const thanks = 'The server has it. Thank you.'
const signInAgain = 'Sign in again to send and fetch. What is on this phone stays.'

test('a token that ran out while the shopper worked is renewed once, and everything is sent', async ({ page, office, way }) => {
  await page.clock.install()
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit, 2)
  await expect.poll(() => way.to('GET', '/visits').length).toBeGreaterThan(0)
  const before = way.to('POST', '/session/refresh').length

  await page.clock.fastForward('16:00')
  await send(page)
  await expect(page.getByText(thanks)).toBeVisible()
  expect(way.to('POST', '/session/refresh').length - before).toBe(1)
  expect(await office.handedIn(visit)).toHaveLength(1)
})

test('a token that the server does not take any more is renewed, and the same is sent again', async ({ page, office, way, troubles }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  way.fate = ({ method }) => (method === 'PUT' && way.to('PUT', '/photos').length === 1 ? signInNeeded : 'pass')
  await send(page)
  await expect(page.getByText(thanks)).toBeVisible()
  expect(way.to('PUT', '/photos').map((p) => p.answered)).toEqual([undefined, 200])
  expect(way.to('POST', '/session/refresh').filter((p) => p.answered === 200)).not.toHaveLength(0)
})

const signInNeeded = {
  status: 401,
  headers: { 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({ type: 'urn:fieldcare:sign-in-needed', title: 'Unauthorized', status: 401, detail: 'sign in' }),
}

test('a renewal whose answer is lost on the way signs nobody out', async ({ page, office, way, troubles }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectUnreachable()
  way.fate = ({ path }) => (path.endsWith('/session/refresh') ? 'lost' : 'pass')
  await page.reload() // the token was in the tab's memory only
  await expect(page.getByText('No connection. You can go on working.')).toBeVisible()
  await sendKiosk(page)
  await expect.poll(() => way.to('POST', '/session/refresh').map((p) => p.answered)).toContain(200)

  way.clear()
  await lookAgain(page)
  await expect(page.getByText(thanks)).toBeVisible()
  for (const _ of [1, 2]) {
    const before = way.to('POST', '/session/refresh').length
    await page.reload()
    await expect.poll(() => way.to('POST', '/session/refresh')[before]?.answered).toBe(200)
  }
  await expect(page.getByText(signInAgain)).toBeHidden()
})

/** Signs in anew, from where the app asks for it. */
async function signInAnew(page: Page, secret = password) {
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('whoever was kept out keeps the work, and sends it when they are let in again', async ({ page, office, way, troubles }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  await office.disable('shopper', true)
  await sendKiosk(page)
  await expect(page.getByText(signInAgain)).toBeVisible()
  await signInAnew(page)
  await expect(page.getByLabel('Password')).toHaveAccessibleDescription('The e-mail or the password is wrong.')

  await openVisit(page, visit)
  await expect(page.getByText('Waits to be sent, 1 photo left')).toBeVisible()
  await expect(page.getByText(signInAgain)).toBeVisible()
  await office.disable('shopper', false)
  await signInAnew(page)
  await expect(page.getByText('The server has it', { exact: true })).toBeVisible()
  expect(await office.handedIn(visit)).toHaveLength(1)
  expect(way.to('POST', '/evaluations').map((p) => p.answered)).toEqual([201])
})

test('whoever changed the password elsewhere signs in with the new one, and the work is sent', async ({
  page,
  office,
  program,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  await (await Elsewhere.signIn(program.url)).changePassword('a few words in a row')
  await sendKiosk(page)
  await signInAnew(page, 'a few words in a row')
  await expect(page.getByText(signInAgain)).toBeHidden()
  await expect.poll(() => office.handedIn(visit)).toHaveLength(1)
})

/** Signs out, and waits until the phone has noted it. */
async function signOut(page: Page, way: Proxy) {
  const before = way.to('DELETE', '/session').length
  await page.goto('/me')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect.poll(() => way.to('DELETE', '/session').length).toBeGreaterThan(before)
}

test('another person on the same phone neither sees nor sends what the first one has not sent', async ({
  page,
  office,
  program,
  way,
  troubles,
}) => {
  program.add('olga', 'Olga Other', 'shopper')
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectUnreachable()
  way.fate = ({ path }) => (/photos|evaluations/.test(path) ? 'away' : 'pass')
  await sendKiosk(page)
  await signOut(page, way)

  way.clear()
  const sent = () => way.passed.filter((p) => /photos|evaluations$/.test(p.path) && p.answered !== undefined)
  await signIn(page, 'olga')
  await expect(page.getByText('There are no visits for you yet.')).toBeVisible()
  await page.goto('/visits/' + visit.id)
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible()
  await page.goto('/visits/' + visit.id + '/evaluation')
  await expect(page.getByText('Nothing was begun on this phone.')).toBeVisible()
  const reads = way.to('GET', '/visits').length
  await lookAgain(page)
  await expect.poll(() => way.to('GET', '/visits').length).toBeGreaterThan(reads)
  expect(sent()).toEqual([])
  await page.goto('/me')
  await expect(page.getByRole('heading', { name: 'Olga Other' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Unsent work' })).toBeHidden()
  await signOut(page, way)

  await signIn(page, 'shopper')
  await expect.poll(() => sent().map((p) => p.answered)).toEqual([200, 201])
  expect(await office.handedIn(visit)).toHaveLength(1)
})

test('a sign-in of two tabs is one: the second tab sends with it', async ({ page, context, office, way }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  const second = await context.newPage()
  await acceptKiosk(second, visit)
  await answerKiosk(second)
  await send(second)
  await expect(second.getByText(thanks)).toBeVisible()
  expect(way.to('POST', '/evaluations').map((p) => p.answered)).toEqual([201])
})
