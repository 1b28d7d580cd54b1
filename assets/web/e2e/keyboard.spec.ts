import type { Locator, Page } from '@playwright/test'
import { everything } from './everything'
import { addPhoto } from './shopper'
import { expect, signIn, test } from './test'

/** Presses Enter on something, as whoever has no pointer does. */
async function press(control: Locator) {
  await control.focus()
  await control.press('Enter')
}

/** Goes by Tab, and waits until what keeps the keyboard where it was is fetched: whoever never does has no need of it. */
async function goByTab(page: Page) {
  const fetched = () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /\/focus-[^/]*\.js$/.test(name)))
  expect(await fetched()).toBe(false)
  await page.keyboard.press('Tab')
  await expect.poll(fetched).toBe(true)
}

test('whoever uses the keyboard alone goes on where a page or a part of one begins, and where something is gone', async ({
  page,
  office,
}) => {
  const visit = await office.offer('Look at everything.', await office.publish({ ...everything, languages: ['pl'] }))
  await signIn(page, 'shopper')
  await goByTab(page)
  await press(page.locator(`a[href="/visits/${visit.id}"]`))
  const branch = page.getByRole('heading', { name: visit.branch, level: 1 })
  await expect(branch).toBeFocused()

  await press(page.getByRole('button', { name: 'Decline' }))
  await expect(page.getByLabel('Why')).toBeFocused()
  await press(page.getByRole('button', { name: 'Cancel' }))
  await expect(page.getByRole('button', { name: 'Decline' })).toBeFocused()
  await press(page.getByRole('button', { name: 'Accept' }))
  await expect(page.getByRole('link', { name: 'In the branch' })).toBeFocused()
  await press(page.getByRole('link', { name: 'Fill in the evaluation' }))
  await expect(branch).toBeFocused()
  await expect(page).toHaveTitle(`Outside · ${visit.branch} · Fieldcare`)

  const front = page.locator('#question-front')
  await expect(front.getByText('The front')).toHaveAttribute('lang', 'pl')
  await addPhoto(front)
  await addPhoto(front)
  const second = front.getByRole('button', { name: /elete: Photo 2$/ })
  await press(second)
  await press(second)
  await expect(front.getByRole('img')).toHaveCount(1)
  await expect(front.getByRole('button', { name: 'Delete: Photo 1' })).toBeFocused()
  const only = front.getByRole('button', { name: /elete: Photo 1$/ })
  await press(only)
  await press(only)
  await expect(front.getByLabel('Take a photo')).toBeFocused()

  await press(page.getByRole('link', { name: 'Next' }))
  await expect(page.getByRole('heading', { name: 'Inside' })).toBeFocused()
  await expect(page).toHaveTitle(`Inside · ${visit.branch} · Fieldcare`)
  const ahead = page.locator('#question-ahead')
  await press(ahead.getByRole('button', { name: 'Not applicable' }))
  await expect(ahead.getByRole('button', { name: 'Take the answer away' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(ahead.getByRole('button', { name: 'Not applicable' })).toBeFocused()
  await ahead.getByRole('textbox').fill('1000')
  await expect(ahead.getByRole('textbox')).toHaveAccessibleDescription('From 0 to 999.')

  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Outside' })).toBeFocused()
})
