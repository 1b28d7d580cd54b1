import type { Page } from '@playwright/test'
import { acceptKiosk, fillKiosk, offerKiosk } from './kiosk'
import { answersOn, onPhone } from './memory'
import { killed, Room } from './room'
import { addPhoto, lookAgain, openVisit, send } from './shopper'
import { appIsKept, checklistIsKept, expect, signIn, test, wide } from './test'

const words = 'Good morning, what may I give you?'
const full = (page: Page) => page.getByText('The phone is full. What is marked is on this screen only')
const said = (page: Page) => page.getByRole('textbox', { name: 'What was said?' })
const wait = (page: Page) => page.locator('#question-wait')
const arrived = (page: Page) => page.getByText('The server has it. Thank you.')

test('a full phone says so beside what does not fit, which stays on the screen and is stored as soon as there is room', async ({
  page,
  context,
  office,
  program,
}) => {
  const room = await Room.of(page, program.url)
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await appIsKept(page)
  await page.getByRole('radio', { name: 'Yes' }).check()
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes' })

  await room.fillUp()
  const [greeted, heard, shelf] = ['greeted', 'words', 'shelf'].map((id) => page.locator(`#question-${id}`))
  await heard!.getByRole('textbox').fill(words)
  await expect(full(page)).toBeVisible()
  await expect(heard!.getByText('Not stored yet.')).toBeVisible()
  await addPhoto(shelf!)
  await expect(shelf!.getByText('Not stored yet.')).toBeVisible()
  await expect(greeted!.getByText('Not stored yet.'), 'what was entered before is safe').toBeHidden()

  const phone = page.viewportSize()!
  await page.setViewportSize({ ...wide, height: 400 })
  await page.getByRole('link', { name: 'To the summary' }).scrollIntoViewIfNeeded()
  const [bar, note] = [await page.getByRole('navigation', { name: 'Sections' }).boundingBox(), await full(page).boundingBox()]
  expect(note!.y, 'the bar of a desk does not hide it').toBeGreaterThan(bar!.y + bar!.height)
  await page.setViewportSize(phone)

  await page.getByRole('link', { name: 'Back' }).first().click()
  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(heard!.getByRole('textbox'), 'it is there after another page').toHaveValue(words)
  await expect(shelf!.getByRole('img')).toBeVisible()
  await page.getByRole('link', { name: 'To the summary' }).click()
  await send(page)
  await expect(full(page)).toBeVisible()
  expect(await answersOn(page, visit)).toEqual({ greeted: 'yes' })
  expect(await office.handedIn(visit)).toEqual([])

  await room.makeRoom()
  await expect(full(page)).toBeHidden()
  const again = await killed(page, context)
  await openVisit(again, visit)
  await again.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(said(again)).toHaveValue(words)
  await expect(again.getByRole('img')).toBeVisible()
  await expect(again.getByRole('radio', { name: 'Yes' })).toBeChecked()
})

test('an evaluation that a full phone cannot make ready is kept and said so, and sent once there is room', async ({
  page,
  office,
  program,
}) => {
  const room = await Room.of(page, program.url)
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  await page.getByLabel('When did the visit begin?').fill('2026-01-31T10:15')
  await expect.poll(async () => (await onPhone(page, visit)).draft?.begun).toMatch(/^2026-01-31/)
  expect(Object.keys(await answersOn(page, visit))).toEqual(['greeted', 'shelf', 'words'])

  await room.fillUp()
  await page.getByRole('button', { name: 'Send the evaluation' }).click()
  await expect(page.getByText('The phone is full: make room (photos, apps) and send again.')).toBeVisible()
  expect(await office.handedIn(visit)).toEqual([])

  await room.makeRoom()
  await page.getByRole('button', { name: 'Send the evaluation' }).click()
  await expect(arrived(page)).toBeVisible()
  await expect(page.getByText('The phone is full')).toBeHidden()
  expect(await office.handedIn(visit)).toMatchObject([{ state: 'submitted', revision: 1 }])
})

test('what a shopper says to a visit on a full phone is with the server, is told so, and stands there once there is room', async ({
  page,
  office,
  program,
}) => {
  const room = await Room.of(page, program.url)
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await appIsKept(page)
  await room.fillUp()

  const accept = page.getByRole('button', { name: 'Accept' })
  const told = page.getByText('You accepted it: the server knows. This phone is full')
  await accept.click()
  await expect(told).toBeVisible()
  await expect(accept, 'it is said already').toBeHidden()
  await expect(page.getByRole('alert')).toBeHidden()
  expect((await office.visitsInState('accepted')).map(({ id }) => id)).toContain(visit.id)

  await room.makeRoom()
  await lookAgain(page)
  await expect(page.getByRole('link', { name: 'In the branch' })).toBeVisible()
  await expect(told).toBeHidden()
})

test('moments tapped on a full phone keep their time, even where nothing was begun before', async ({ page, context, office, program }) => {
  const room = await Room.of(page, program.url)
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('link', { name: 'In the branch' })).toBeVisible()
  await appIsKept(page)
  await checklistIsKept(page, visit)
  await room.fillUp()
  const renewed = page.waitForResponse('**/session/refresh')
  await page.reload()
  await (await renewed).finished()

  await page.getByRole('link', { name: 'In the branch' }).click()
  const cameIn = (on: Page) => on.getByRole('button', { name: 'Came in' })
  await cameIn(page).click()
  await expect(cameIn(page)).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByText('Not saved yet.')).toBeVisible()
  const when = await cameIn(page).textContent()

  await room.makeRoom()
  await expect(page.getByText('Not saved yet.')).toBeHidden()
  const again = await killed(page, context)
  await openVisit(again, visit)
  await again.getByRole('link', { name: 'In the branch' }).click()
  await expect(cameIn(again)).toHaveText(when!)
})

test('a shopper goes on without losing a word when the phone takes the connection to what is stored away', async ({ page, office }) => {
  await page.addInitScript(() => {
    const open = IDBFactory.prototype.open
    const connections: IDBDatabase[] = []
    IDBFactory.prototype.open = function (...asked) {
      const opening = open.apply(this, asked)
      opening.addEventListener('success', () => connections.push(opening.result))
      return opening
    }
    addEventListener('taken away', () => connections.splice(0).forEach((one) => one.close()))
  })
  const takeAway = () => page.evaluate(() => dispatchEvent(new Event('taken away')))
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await takeAway()
  await page.getByRole('radio', { name: 'Yes' }).check()
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes' })

  for (const word of words.split(' ')) {
    await takeAway()
    await said(page).press('End')
    await said(page).pressSequentially(' ' + word)
  }
  await takeAway()
  await addPhoto(page.locator('#question-shelf'))
  await expect.poll(() => answersOn(page, visit)).toMatchObject({ words: ' ' + words, shelf: { photos: [expect.any(String)] } })
  await expect(page.getByText('Not stored yet.')).toBeHidden()

  await page.getByRole('link', { name: 'To the summary' }).click()
  await takeAway()
  await send(page)
  await expect(arrived(page)).toBeVisible()
  expect(await office.handedIn(visit)).toMatchObject([{ answers: { greeted: 'yes', words: ' ' + words } }])
})

test('a tab whose storage a newer app has changed goes on with it', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await page.getByRole('radio', { name: 'Yes' }).check()
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes' })

  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('fieldcare', 99)
        opening.onupgradeneeded = () => opening.result.createObjectStore('of a newer app')
        opening.onsuccess = resolve
        opening.onerror = opening.onblocked = reject
      }),
  )
  await said(page).fill(words)
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes', words })
  await expect(page.getByText('Not stored yet.')).toBeHidden()
})

test('what is typed and a stop-watch that runs are on the phone before anything else is touched', async ({ page, context, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await appIsKept(page)
  await page.getByRole('radio', { name: 'No' }).check()
  const instead = (on: Page) => on.getByRole('textbox', { name: 'What happened instead' })
  await instead(page).pressSequentially('She went on counting the coins in the till.')
  await wait(page).getByLabel('Minutes').pressSequentially('12')
  await said(page).pressSequentially('Nothing at a')
  await expect
    .poll(() => answersOn(page, visit))
    .toEqual({ greeted: 'no', instead: 'She went on counting the coins in the till.', wait: 720, words: 'Nothing at a' })
  await expect(said(page), 'the field was never left').toBeFocused()

  const again = await killed(page, context)
  await openVisit(again, visit)
  await again.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(instead(again)).toHaveValue('She went on counting the coins in the till.')
  await expect(said(again)).toHaveValue('Nothing at a')
  await expect(wait(again).getByLabel('Minutes')).toHaveValue('12')

  const now = Date.now()
  await again.clock.setFixedTime(now)
  await wait(again).getByRole('button', { name: 'Start' }).click()
  await said(again).fill('Nothing at all.')
  await expect.poll(() => answersOn(again, visit)).toMatchObject({ words: 'Nothing at all.' })
  const later = await killed(again, context)
  await later.clock.setFixedTime(now + 75_000)
  await later.goto(`/visits/${visit.id}/evaluation`)
  await expect(wait(later).getByText('1:15')).toBeVisible()
  await wait(later).getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => answersOn(later, visit)).toMatchObject({ wait: 75 })
})
