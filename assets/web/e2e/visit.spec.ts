import { fillEverything, lookAgain, openVisit, send } from './shopper'
import { expect, signIn, test } from './test'

test('a shopper accepts a visit, taps in the branch, fills in the checklist with photos, and the office has it', async ({
  page,
  office,
}) => {
  const visit = await office.offer('Buy a coffee to take away.')
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await expect(page.getByText('Buy a coffee to take away.')).toBeVisible()
  await page.getByRole('button', { name: 'Accept' }).click()

  await page.getByRole('link', { name: 'In the branch' }).click()
  await expect(page).toHaveTitle('Notes')
  for (const moment of ['Came in', 'Order taken', 'Paid', 'Drink in hand', 'Left']) {
    await page.getByRole('button', { name: moment }).click()
    await expect(page.getByRole('button', { name: moment })).toHaveAttribute('aria-pressed', 'true')
  }
  await expect(page.getByText(visit.branch), 'nothing on the notes names the job').toBeHidden()
  await page.getByRole('link', { name: 'Close' }).click()

  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await fillEverything(page)
  expect(await office.handedIn(visit)).toEqual([])
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()

  const [evaluation, ...more] = await office.handedIn(visit)
  expect(more).toEqual([])
  expect(evaluation).toMatchObject({ state: 'submitted', revision: 1 })
  expect(evaluation!.moments.map((m) => m.id)).toEqual(['in', 'ordered', 'paid', 'served', 'left'])
  expect(evaluation!.answers).toMatchObject({ sign: 'yes', window: 4, means: ['card'], 'paid-at': '10:15', 'made-on': '2026-01-31' })
  expect(evaluation!.answers.bill).toMatchObject({ amount: 420, currency: 'EUR' })
  expect(evaluation!.answers.here).toMatchObject({ lat: 52.2297, lon: 21.0122, accuracy: 12 })
  expect(evaluation!.photos).toHaveLength(4)

  await page.goto('/visits')
  await expect(page.getByRole('heading', { name: 'Sent' }).locator('..').getByText(visit.branch).first()).toBeVisible()
})

test('a returned evaluation opens at the first part that is to be mended', async ({ page }) => {
  await signIn(page, 'shopper')
  await page.getByRole('heading', { name: 'Returned to you' }).locator('..').getByRole('link').first().click()
  await page.getByRole('link', { name: 'Mend it' }).click()
  await expect(page.getByRole('group').or(page.getByRole('radiogroup')).first()).toBeVisible()
  await expect(page.getByText('Part 1 of')).toBeHidden()
})

test('an answer that comes late does not take away what is being written', async ({ page, office }) => {
  const visit = await office.offer('Buy a coffee.')
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  let arrive = () => {}
  const late = new Promise<void>((resolve) => (arrive = resolve))
  await page.route('**/accept', async (route) => {
    const response = await route.fetch()
    await late
    await route.fulfill({ response })
  })
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect.poll(async () => (await office.visitsInState('accepted')).map(({ id }) => id)).toContain(visit.id)
  await lookAgain(page) // the list has it before the answer is here
  await page.getByRole('button', { name: 'Give it back' }).click()
  const why = page.getByLabel('Why do you give it back?')
  await why.fill('I am ill.')
  arrive()
  const send = page.getByRole('button', { name: 'Send' })
  await expect(send).toBeEnabled()
  await expect(why).toHaveValue('I am ill.')
  await send.click()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
})

test('a visit is given back with a reason that is asked for where it was tapped, and is gone from what is to be done', async ({
  page,
  office,
}) => {
  const visit = await office.offer('Buy a coffee.')
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Give it back' }).click()
  const why = page.getByLabel('Why do you give it back?')
  await expect(why).toBeFocused()
  await expect(why).toBeInViewport()
  await why.fill('“Ill” 🤒\n\n' + 'so sorry '.repeat(80))
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
  await expect(page.locator(`a[href="/visits/${visit.id}"]`)).toBeHidden()
  expect((await office.visitsInState('planned')).map(({ id }) => id)).toContain(visit.id)
})

test('an offer is declined with a reason: blanks are none, which is said at the field', async ({ page, office, troubles }) => {
  troubles.expectRefusals()
  const visit = await office.offer('Buy a coffee.')
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Decline' }).click()
  const why = page.getByLabel('Why not?')
  await why.fill('   ')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(why).toHaveAccessibleDescription('must have 1 to 1000 characters')
  await expect(page.getByRole('alert'), 'it is said once').toHaveCount(1)

  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Accept' })).toBeVisible()
  await expect(page.getByRole('alert'), 'who cancels is told nothing more').toBeHidden()

  await page.getByRole('button', { name: 'Decline' }).click()
  await why.fill('No time')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('button', { name: 'Accept' })).toBeHidden()
  expect((await office.visitsInState('declined')).map(({ id }) => id)).toContain(visit.id)
})
