import { downloadPDF } from './download'
import { fillKiosk, offerKiosk } from './kiosk'
import { openVisit, send } from './shopper'
import { expect, signIn, test, wide } from './test'

const now = Date.now()
const day = (ahead: number) => new Date(now + ahead * 24 * 3600_000).toISOString().slice(0, 10) // of a test that goes on over midnight the same

test('a coordinator plans many visits at once, changes one and cancels it, and the other coordinator sees who did what', async ({
  page,
  elsewhere,
  troubles,
}) => {
  await page.setViewportSize(wide)
  await signIn(page, 'coordinator')
  await page.getByRole('link', { name: 'Visits', exact: true }).click()
  await page.getByRole('link', { name: 'Plan visits' }).click()
  await page.getByLabel('Checklist').selectOption({ label: 'Café visit, version 2' })
  const take = async (picker: string, text: string, name: string) => {
    await page.getByLabel(picker).fill(text)
    await page.getByRole('button', { name: new RegExp('^' + name) }).click()
  }
  await take('Branches', 'Gda', 'Gdańsk Harbour')
  await take('Branches', 'Vilnius', 'Vilnius Cathedral')
  await take('Shoppers (optional)', 'Zoë', 'Zoë Lindqvist')
  await take('Shoppers (optional)', 'Sue', 'Sue Okafor')
  await page.getByLabel('Opens').fill(`${day(200)}T09:00`)
  await page.getByLabel('Closes').fill(`${day(201)}T20:00`)
  await page.getByLabel('Fee').fill('12.5')
  await page.getByLabel('Expenses up to').fill('twelve')
  await page.getByLabel('What to do').fill('Order a tea and stay for ten minutes.')
  await page.getByRole('button', { name: 'Plan 4 visits' }).click()
  await expect(page.getByLabel('Expenses up to')).toHaveAccessibleDescription('Write an amount such as 12.50.')
  await page.getByLabel('Expenses up to').fill('6')
  await page.getByRole('button', { name: 'Plan 4 visits' }).click()
  await expect(page.getByText('4 visits are planned.')).toBeVisible()

  await page.getByRole('link', { name: 'To the visits' }).click()
  await page.getByLabel('Opening from').fill(day(199))
  const planned = page.getByRole('main').getByRole('listitem')
  await expect(planned).toHaveCount(4)
  await planned.filter({ hasText: 'Gdańsk Harbour' }).filter({ hasText: 'Sue Okafor' }).getByRole('link').click()
  await expect(page.getByText('Order a tea and stay for ten minutes.')).toBeVisible()

  await page.getByRole('button', { name: 'Change it' }).click()
  await page.getByLabel('Closes').fill(`${day(200)}T08:00`)
  await page.getByLabel(/^Fee \(/).fill('20.00')
  await page.getByLabel('What to do').fill('Order a cake.')
  await page.getByRole('button', { name: 'Keep the change' }).click()
  await expect(page.getByLabel('Closes')).toHaveAccessibleDescription(/.+/)
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('422')]) // Chromium's own line
  await page.getByLabel('Closes').fill(`${day(202)}T18:00`)
  await page.getByRole('button', { name: 'Keep the change' }).click()
  await expect(page.getByRole('button', { name: 'Keep the change' })).toBeHidden()
  await expect(page.getByText('20.00')).toBeVisible()
  await expect(page.getByText('Order a cake.')).toBeVisible()
  await expect(page.getByText(/ – .*, 18:00/)).toBeVisible()

  await page.getByRole('button', { name: 'Cancel the visit' }).click()
  await page.getByLabel('Why is it cancelled?').fill('The branch is rebuilt.')
  await page.getByRole('button', { name: 'Cancel the visit' }).last().click()
  await expect(page.getByText('The branch is rebuilt.')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'The branch is rebuilt.' })).toContainText('by you')

  const other = await elsewhere(wide)
  await signIn(other, 'jonas')
  await other.goto(new URL(page.url()).pathname)
  await expect(other.getByRole('listitem').filter({ hasText: 'The branch is rebuilt.' })).toContainText('by Carol Lis')
})

test('a shopper who is at the branch at that time already is sent there once more only when that is confirmed', async ({
  page,
  office,
  troubles,
}) => {
  const ahead = await office.offer('Buy a newspaper.')
  await signIn(page, 'coordinator')
  await page.goto('/visits/plan')
  await page.getByLabel('Checklist').selectOption({ label: 'Café visit, version 2' })
  await page.getByLabel('Branches').fill(ahead.branch)
  await page.getByRole('button', { name: new RegExp('^' + ahead.branch) }).click()
  await page.getByLabel('Opens').fill(`${day(2)}T09:00`)
  await page.getByLabel('Closes').fill(`${day(3)}T20:00`)
  await page.getByRole('button', { name: 'Plan 1 visit' }).click()
  await page.getByRole('listitem').getByRole('link', { name: ahead.branch }).click()

  await page.getByRole('button', { name: 'Offer it' }).click()
  await page.getByLabel('Shopper', { exact: true }).fill('Sam')
  await page.getByRole('button', { name: /^Sam Rivers/ }).click()
  await page.getByRole('button', { name: 'Send the offer' }).click()
  await expect(page.getByText('Somebody was or will be at the branch too shortly before or after.')).toBeVisible()
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('409')]) // Chromium's own line
  await expect(page.getByText('Offered', { exact: true })).toBeHidden()
  await page.getByRole('button', { name: 'Do it nevertheless' }).click()
  await expect(page.getByText('Offered', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('definition').filter({ hasText: 'Sam Rivers' })).toBeVisible()
})

test('an address that names nothing says so, and the days by which visits are filtered can be typed', async ({ page, troubles }) => {
  troubles.expectRefusals()
  await signIn(page, 'coordinator')
  for (const nothing of ['/evaluations/nothing', '/visits/nothing', '/branches/nothing', '/focus-groups/nothing']) {
    await page.goto(nothing)
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible()
  }
  await page.goto('/visits?from=nothing')
  await expect(page.getByText('Sam Rivers').first()).toBeVisible()
  const from = page.getByLabel('Opening from')
  for (const year of ['0002', '0020', '0202']) {
    await from.fill(`${year}-02-02`)
    await expect(page).toHaveURL(new RegExp(year))
    await expect(page.getByText('Sam Rivers').first()).toBeVisible()
  }
  await from.fill('2100-02-02')
  await expect(page.getByText('There are no such visits.')).toBeVisible()
})

test('an evaluation is returned by question, its shopper mends just that, and approved it is in the report of its branch', async ({
  page,
  office,
  elsewhere,
}) => {
  const visit = await offerKiosk(office, 'WAW-02')
  await fillKiosk(page, visit)
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()

  const desk = await elsewhere(wide)
  await signIn(desk, 'coordinator')
  await desk.getByRole('link', { name: /Warsaw Central Station.*Kiosk.*Sam Rivers/ }).click()
  await expect(desk.getByRole('heading', { name: 'Warsaw Central Station', level: 1 })).toBeVisible()
  const answered = (id: string) => desk.locator(`#question-${id}`)
  await expect(answered('greeted')).toContainText('1 of 1')
  await answered('shelf').getByRole('button', { name: 'Open photo 1 of “The shelf”' }).click()
  await expect(desk.getByRole('dialog', { name: 'Photo 1' }).getByRole('img')).toHaveJSProperty('complete', true)
  await desk.getByRole('button', { name: 'Close' }).click()

  await answered('greeted').getByRole('checkbox', { name: 'Return “Were you greeted?”' }).check()
  await desk.getByRole('button', { name: 'Return', exact: true }).click()
  await expect(desk.getByLabel('Words to the shopper')).toHaveAccessibleDescription(/Say what is missing./)
  await desk.getByLabel('Words to the shopper').fill('Your photo shows nobody at the till: were you greeted there?')
  await desk.getByRole('button', { name: 'Return', exact: true }).click()
  await expect(desk.getByText('Returned to the shopper.')).toBeVisible()

  const phone = await elsewhere()
  await signIn(phone, 'shopper')
  await openVisit(phone, visit)
  await expect(phone.getByText('Returned', { exact: true })).toBeVisible()
  await phone.getByRole('link', { name: 'Mend it' }).click()
  await expect(phone.getByText('Your photo shows nobody at the till: were you greeted there?')).toBeVisible()
  const question = (id: string) => phone.locator(`#question-${id}`)
  await expect(question('greeted').getByRole('radio', { name: 'Yes' })).toBeChecked()
  await expect(question('greeted').getByRole('radio', { name: 'No' })).toBeEnabled()
  for (const closed of ['words', 'shelf']) {
    await expect(question(closed).locator('input, textarea')).toHaveCount(0)
    await expect(question(closed)).toContainText('Not open for change')
  }
  const said = (await question('words').locator('.lines').textContent())!
  expect(said).not.toBe('')
  const shelf = question('shelf').getByRole('img', { name: 'Photo 1' })
  await expect.poll(() => shelf.first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
  await question('greeted').getByRole('radio', { name: 'No' }).check()
  await question('instead').getByRole('textbox').fill('He went on counting coins.')
  await phone.getByRole('link', { name: 'To the summary' }).click()
  await phone.getByRole('button', { name: 'Send the evaluation' }).click()
  await expect(phone.getByText('The server has it. Thank you.')).toBeVisible()
  expect(await office.handedIn(visit)).toMatchObject([
    { state: 'submitted', revision: 2, answers: { greeted: 'no', instead: 'He went on counting coins.', words: said } },
  ])

  await desk.reload()
  for (const changed of ['greeted', 'instead']) await expect(answered(changed)).toContainText('Changed')
  await expect(answered('words')).not.toContainText('Changed')
  await answered('words').getByRole('button', { name: 'Replace for the branch' }).click()
  await desk.getByLabel('What the branch reads instead').fill('The clerk looked up.')
  await desk.getByLabel('Why').fill('It described the clerk.')
  await desk.getByRole('button', { name: 'Keep it' }).click()
  await expect(answered('words')).toContainText('The branch reads:')
  await desk.getByText('9', { exact: true }).click()
  await desk.getByRole('button', { name: 'Approve', pressed: false }).click()
  await expect(desk.getByText('Approved.')).toBeVisible()

  const manager = await elsewhere()
  await signIn(manager, 'manager')
  await manager.getByRole('link', { name: visit.branch }).click()
  await manager.getByText('Kiosk (approved visits: 1)').getByRole('button', { name: 'Show its report' }).click()
  await expect(manager.getByRole('heading', { name: 'Visits', exact: true })).toBeVisible()
  const [approved] = await office.handedIn(visit, 'approved')
  await manager.locator(`a[href^="/evaluations/${approved!.id}"]`).click()
  await expect(manager.getByText('He went on counting coins.')).toBeVisible()
  await expect(manager.getByText('The clerk looked up.')).toBeVisible()
  await expect(manager.getByText(said)).toBeHidden()
})

test('a coordinator takes an answer by phone, sees who waits and what is paid, and downloads what is printed', async ({
  page,
  office,
  troubles,
}) => {
  const coming = await office.group('Coming back after a complaint')
  const asked = (await office.invitations(coming)).find((i) => i.state === 'sent')!
  const named = async () => (await office.invitations(coming)).find((i) => i.id === asked.id)!
  const today = await office.group('Putting it right at the counter')
  await page.clock.setFixedTime(today.starts_at!) // of a demo that is made late in the evening it is the next day's
  await signIn(page, 'coordinator')
  await page.getByRole('link', { name: 'Sessions' }).click()
  for (const part of ['Today', 'Upcoming', 'Drafts', 'Past']) await expect(page.getByRole('heading', { name: part })).toBeVisible()
  await page.getByRole('link', { name: coming.topic }).click()
  await expect(page.getByText(`${coming.taken} taken of`)).toBeVisible()

  for (const state of await page.getByLabel('State').getByRole('option').allTextContents()) expect(state).toMatch(/^[A-Z]/)
  await page.getByLabel('State').selectOption('sent')
  await page.getByLabel('Search by name').fill(asked.name)
  const row = page.getByRole('listitem').filter({ hasText: asked.name })
  await row.getByText(asked.name).click()
  await row.getByRole('button', { name: 'Log a call' }).click()
  await row.getByLabel('Outcome').selectOption('reached')
  await row.getByLabel('What was said').fill('Wants to come.')
  await row.getByRole('button', { name: 'Log the call' }).click()
  await expect(row.getByText('The call is logged.')).toBeVisible()
  await expect(row.getByText('called once')).toBeVisible()
  await row.getByRole('button', { name: 'Accepts' }).click()
  await row
    .getByRole('group', { name: /work in a café/ })
    .getByRole('radio', { name: 'No' })
    .check()
  await row.getByRole('radio', { name: 'Yes, and I told them' }).check()
  await row.getByRole('button', { name: 'Accepts: Record the answer' }).click()
  await expect(row.getByRole('group', { name: 'They agree' }).locator('.fault'), 'one consent is needed').toBeVisible()
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('422')]) // Chromium's own line
  await row.getByRole('checkbox', { name: /is used for this study; needed/ }).check()
  await row.getByRole('button', { name: 'Accepts: Record the answer' }).click()
  const taken = { accepted: 'Recorded: Accepted.', waitlisted: 'Recorded: On the waiting list.' }
  await expect(row.getByText(/^Recorded: /)).toBeVisible()
  const { state, calls } = await named()
  await expect(row.getByText(taken[state as keyof typeof taken])).toBeVisible()
  expect(calls).toBe(1)

  await page.getByRole('button', { name: 'Waiting list' }).click()
  const waiting = (await office.invitations(coming)).filter((i) => i.state === 'waitlisted')
  expect(waiting.length).toBeGreaterThan(0)
  for (const one of waiting) await expect(page.getByRole('listitem').filter({ hasText: one.name }).first()).toBeVisible()

  await page.getByRole('link', { name: 'Back' }).click()
  await page.getByRole('link', { name: 'When something went wrong' }).click()
  await page.getByRole('button', { name: 'Costs' }).click()
  await expect(page.getByRole('heading', { name: 'Budget of the study' })).toBeVisible()
  const owed = page.getByRole('button', { name: 'Mark paid: Cards, pens, name plates' })
  await owed.click()
  await expect(owed).toBeHidden()
  for (const [button, address] of [
    ['Day sheet (PDF)', '**/day-sheet.pdf'],
    ['Report (PDF)', '**/report.pdf'],
  ] as const) {
    const { name } = await downloadPDF(page, button, address, 'Fetching…')
    expect(name).toMatch(/^(day-sheet|focus-group)-\d{4}-\d\d-\d\d\.pdf$/)
  }
})
