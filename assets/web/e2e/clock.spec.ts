import type { Page } from '@playwright/test'
import { offerKiosk } from './kiosk'
import { answersOn } from './memory'
import { openVisit, send } from './shopper'
import { expect, signIn, test } from './test'

const day = 24 * 3600_000
const wait = (page: Page) => page.locator('#question-wait')
const said = (page: Page) => page.getByRole('textbox', { name: 'What was said?' })

test('a clock that is set back or forward a day while filling makes no time negative, and what was filled in is sent', async ({
  page,
  office,
}) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'In the branch' }).click()
  const now = Date.now()
  await page.clock.setFixedTime(now)
  await page.getByRole('button', { name: 'Came in' }).click()
  await page.clock.setFixedTime(now - day)
  await page.getByRole('button', { name: 'Served' }).click()
  await expect(page.getByRole('button', { name: 'Served' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('link', { name: 'Close' }).click()

  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await page.getByRole('radio', { name: 'Yes' }).check()
  await said(page).fill('Good morning')
  await expect(wait(page).getByText('From your taps'), 'no wait of minus a day is offered').toBeHidden()
  await page.clock.setFixedTime(now)
  await wait(page).getByRole('button', { name: 'Start' }).click()
  await page.clock.setFixedTime(now - day)
  await wait(page).getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes', words: 'Good morning', wait: 0 })

  await page.clock.setFixedTime(now + day) // by it every token is too old
  await page.reload()
  await expect(said(page)).toHaveValue('Good morning')
  await page.clock.setFixedTime(now - day) // and by this one none ever is
  await page.getByRole('link', { name: 'To the summary' }).click()
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  const [arrived, ...more] = await office.handedIn(visit)
  expect(more).toEqual([])
  expect(arrived).toMatchObject({ state: 'submitted', revision: 1, answers: { greeted: 'yes', words: 'Good morning', wait: 0 } })
  expect(arrived!.moments.map((m) => m.id)).toEqual(['in', 'served'])
})
