import type { Page } from '@playwright/test'
import type { Office } from './office'
import { onPhone } from './memory'
import { openVisit, send } from './shopper'
import { expect, signIn, test } from './test'

const bakery = {
  title: 'Bakery',
  moments: [
    { id: 'in', text: 'Came in' },
    { id: 'paid', text: 'Paid' },
  ],
  sections: [
    {
      id: 'till',
      title: 'At the till',
      questions: [
        { id: 'wait', type: 'duration', text: 'How long did you wait?', required: true, from_moment: 'in', to_moment: 'paid' },
        { id: 'paid-at', type: 'time', text: 'When did you pay?', required: true, from_moment: 'paid' },
        { id: 'ringing', type: 'duration', text: 'How long did it ring?', required: true },
        { id: 'warmth', type: 'number', text: 'How warm was it?', required: true, decimals: 1, min: 0 },
        { id: 'bill', type: 'receipt', text: 'The receipt', required: true, min_photos: 0 },
      ],
    },
    {
      id: 'shelf',
      title: 'The shelf',
      questions: [
        ...Array.from({ length: 30 }, (_, i) => ({ id: `bread-${i}`, type: 'text', text: `What is bread ${i}?` })),
        {
          id: 'fresh',
          type: 'choice',
          text: 'Was it fresh?',
          required: true,
          options: [
            { id: 'yes', text: 'Fresh', points: 100 },
            { id: 'no', text: 'Stale', points: 0 },
          ],
        },
        { id: 'here', type: 'location', text: 'Where was it?', required: true, na: true },
      ],
    },
  ],
}

async function accept(page: Page, office: Office) {
  const visit = await office.offer('Buy a loaf.', await office.publish(bakery))
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('link', { name: 'In the branch' })).toBeVisible()
  return visit
}

const question = (page: Page, id: string) => page.locator(`#question-${id}`)

test('what was tapped in the branch is filled in as durations and times, and a tap can be taken back', async ({ page, office }) => {
  const visit = await accept(page, office)
  await page.clock.setFixedTime(new Date('2026-01-31T09:15:20Z'))
  await page.getByRole('link', { name: 'In the branch' }).click()
  const tapped = (name: string) => page.getByRole('button', { name })
  await tapped('Came in').click()
  await tapped('Paid').click()
  await expect(tapped('Paid')).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Take note 2 back' }).click()
  await expect(tapped('Paid')).toHaveAttribute('aria-pressed', 'false')
  await expect(tapped('Came in')).toHaveAttribute('aria-pressed', 'true')

  await page.clock.setFixedTime(new Date('2026-01-31T09:17:25Z'))
  await tapped('Paid').click()
  await expect(tapped('Paid')).toContainText('10:17')
  const place = await tapped('Paid').boundingBox()
  expect(place!.y + place!.height, 'a thumb reaches it').toBeGreaterThan(page.viewportSize()!.height - 100)
  await expect(page.getByRole('navigation')).toBeHidden()
  await page.getByRole('link', { name: 'Close' }).click()

  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(question(page, 'wait').getByLabel('Minutes')).toHaveValue('2')
  await expect(question(page, 'wait').getByLabel('Seconds')).toHaveValue('5')
  await expect(question(page, 'paid-at').getByLabel('When did you pay?')).toHaveValue('10:17')

  await question(page, 'wait').getByLabel('Minutes').fill('3')
  await expect(question(page, 'wait').getByText('From your taps: 2:05')).toBeVisible()
  await expect.poll(() => onPhone(page, visit)).toMatchObject({ answers: { wait: 185 } })
  await page.goto(`/visits/${visit.id}/evaluation`)
  await expect(question(page, 'wait').getByLabel('Minutes'), 'what the shopper says stays').toHaveValue('3')
})

test('a stop-watch runs on when the app is closed, and its time is the answer when it is stopped', async ({ page, context, office }) => {
  const visit = await accept(page, office)
  await page.goto(`/visits/${visit.id}/evaluation`)
  await question(page, 'ringing').getByRole('button', { name: 'Start' }).click()
  await expect(question(page, 'ringing').getByRole('button', { name: 'Stop' })).toBeVisible()
  const started = async () => (await onPhone(page, visit)).draft?.watches?.ringing
  await expect.poll(started).toEqual(expect.any(Number))
  const since = (await started())!
  await page.close()

  const again = await context.newPage()
  await again.clock.setFixedTime(since + 95_000)
  await again.goto(`/visits/${visit.id}/evaluation`)
  await expect(question(again, 'ringing').getByText('1:35', { exact: true })).toBeVisible()
  await question(again, 'ringing').getByRole('button', { name: 'Stop' }).click()
  await expect(question(again, 'ringing').getByRole('button', { name: 'Start' })).toBeVisible()
  await expect(question(again, 'ringing').getByLabel('Minutes')).toHaveValue('1')
  await expect(question(again, 'ringing').getByLabel('Seconds')).toHaveValue('35')
})

test.describe('where a comma stands before decimals', () => {
  test.use({ locale: 'pl-PL' })

  test('numbers and amounts are written and read so, and what is none is said', async ({ page, office }) => {
    const visit = await accept(page, office)
    await page.goto(`/visits/${visit.id}/evaluation`)
    const warmth = question(page, 'warmth').getByRole('textbox')
    await warmth.pressSequentially('61,5')
    await expect(warmth).toHaveValue('61,5')
    const amount = question(page, 'bill').getByLabel('Amount (EUR)')
    await amount.pressSequentially('1,234')
    await expect(question(page, 'bill').getByText('Write the amount, such as 12.50.')).toBeVisible()
    await amount.fill('12,5')
    await expect(question(page, 'bill').getByText('Write the amount, such as 12.50.')).toBeHidden()
    await expect.poll(() => onPhone(page, visit)).toMatchObject({ answers: { warmth: 61.5, bill: { amount: 1250 } } })
    await page.reload()
    await expect(warmth).toHaveValue('61,5')
    await expect(amount).toHaveValue('12,50')
  })
})

test('the summary leads to the very question that is missing, and nothing is demanded that a phone does not know', async ({
  page,
  context,
  office,
}) => {
  const visit = await accept(page, office)
  await context.clearPermissions()
  await page.goto(`/visits/${visit.id}/evaluation?part=summary`)
  await page.getByRole('link', { name: 'Was it fresh?' }).click()
  await expect(question(page, 'fresh')).toBeInViewport()
  await expect(question(page, 'fresh').getByRole('radio', { name: 'Fresh' })).toBeFocused()
  await page.keyboard.press('Space')
  await expect(question(page, 'fresh').getByRole('radio', { name: 'Fresh' })).toBeChecked()

  await question(page, 'here').getByRole('button', { name: 'Use my position' }).click()
  await expect(question(page, 'here').getByText('Choose “Not applicable”.')).toBeVisible()
  await question(page, 'here').getByRole('button', { name: 'Not applicable' }).click()
  await expect.poll(() => onPhone(page, visit)).toMatchObject({ answers: { here: { na: true } } })

  await page.goto(`/visits/${visit.id}/evaluation`)
  for (const id of ['wait', 'ringing']) await question(page, id).getByLabel('Minutes').fill('1')
  await question(page, 'paid-at').getByLabel('When did you pay?').fill('10:15')
  await question(page, 'warmth').getByRole('textbox').fill('60')
  await question(page, 'bill').getByLabel('Amount (EUR)').fill('4')
  await expect.poll(() => onPhone(page, visit)).toMatchObject({ answers: { bill: { amount: 400 } } })
  await page.goto(`/visits/${visit.id}/evaluation?part=summary`)
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  const [evaluation] = await office.handedIn(visit)
  expect(evaluation!.answers).toMatchObject({
    wait: 60,
    ringing: 60,
    warmth: 60,
    bill: { amount: 400, currency: 'EUR' },
    here: { na: true },
  })
})
