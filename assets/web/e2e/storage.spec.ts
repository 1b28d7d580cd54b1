import type { Page } from '@playwright/test'
import { acceptKiosk, fillKiosk, offerKiosk } from './kiosk'
import { answersOn, killed, Room } from './room'
import { addPhoto, openVisit, send } from './shopper'
import { appIsKept, expect, signIn, test } from './test'

const words = 'Good morning, what may I give you?'
const full = (page: Page) => page.getByText('The phone is full. What is marked is on this screen only')
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
  const [greeted, said, shelf] = ['greeted', 'words', 'shelf'].map((id) => page.locator(`#question-${id}`))
  await said!.getByRole('textbox').fill(words)
  await expect(full(page)).toBeVisible()
  await expect(said!.getByText('Not stored yet.')).toBeVisible()
  await addPhoto(shelf!)
  await expect(shelf!.getByText('Not stored yet.')).toBeVisible()
  await expect(greeted!.getByText('Not stored yet.'), 'what was entered before is safe').toBeHidden()

  await page.getByRole('link', { name: 'Back' }).first().click()
  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(said!.getByRole('textbox'), 'it is there after another page').toHaveValue(words)
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
  await expect(again.getByRole('textbox', { name: 'What was said?' })).toHaveValue(words)
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
  await expect.poll(async () => Object.keys(await answersOn(page, visit))).toEqual(['greeted', 'shelf', 'words'])

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

test('moments tapped on a full phone keep their time, even where nothing was begun before', async ({ page, context, office, program }) => {
  const room = await Room.of(page, program.url)
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await appIsKept(page)
  await room.fillUp()

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

  const said = page.getByRole('textbox', { name: 'What was said?' })
  for (const word of words.split(' ')) {
    await takeAway()
    await said.press('End')
    await said.pressSequentially(' ' + word)
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
  await page.getByRole('textbox', { name: 'What was said?' }).fill(words)
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes', words })
  await expect(page.getByText('Not stored yet.')).toBeHidden()
})
