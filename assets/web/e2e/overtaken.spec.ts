import { readFileSync } from 'node:fs'
import { unzipSync } from 'fflate'
import { Elsewhere } from './elsewhere'
import { fillKiosk, kiosk, offerKiosk, sendKiosk } from './kiosk'
import { test } from './proxy'
import { send, wallTimeInWarsaw } from './shopper'
import { expect } from './test'

const thanks = 'The server has it. Thank you.'
const hour = 3600_000

test('of a visit that was cancelled meanwhile the work stays, and is taken when it is said that it began before', async ({
  page,
  office,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  await office.cancel(visit)
  await page.getByLabel('When did the visit begin?').fill(wallTimeInWarsaw(Date.now() + 3 * hour))
  await sendKiosk(page)
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()
  await expect(page.getByText('Not taken: see why')).toBeVisible()
  await expect(page.getByText(/The server says: the visit was cancelled at .*, before the evaluation began/)).toBeVisible()
  await expect(page.getByText('Nothing is lost: everything that you entered is still on this phone.')).toBeVisible()

  await page.getByRole('link', { name: 'Mend it' }).click()
  await page.getByRole('link', { name: 'To the summary' }).click()
  await page.getByLabel('When did the visit begin?').fill(wallTimeInWarsaw(Date.now() - 3 * hour))
  await send(page)
  await expect(page.getByText(thanks)).toBeVisible()
  expect(await office.handedIn(visit)).toMatchObject([{ revision: 1, marks: ['cancelled'] }])
})

test('of a visit that was given to somebody else the work stays, and can be saved', async ({ page, office, troubles }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectRefusals()
  await office.takeBack(visit)
  await sendKiosk(page)
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('This visit is not yours any more')).toBeVisible()
  await expect(page.getByText('No longer yours')).toBeVisible()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save unsent work to a file' }).click(),
  ])
  const files = unzipSync(readFileSync(await saved.path()))
  expect(Object.keys(files).sort()).toEqual([expect.stringMatching(/^evaluations\//), 'manifest.json', expect.stringMatching(/^photos\//)])
  await page.reload()
  await expect(page.getByText('Not taken: see why')).toBeVisible()
})

test('a new version of the checklist that came out meanwhile changes nothing about a visit', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  const [section] = kiosk.sections
  const asked = [...section!.questions, { id: 'price', type: 'number', text: 'What did it cost?', required: true }]
  await office.publishNext({ id: visit.checklist, version: visit.version }, { ...kiosk, sections: [{ ...section, questions: asked }] })
  await page.reload()
  await expect(page.getByText('Everything that is needed is answered.').or(page.getByLabel('When did the visit begin?'))).toBeVisible()
  await send(page)
  await expect(page.getByText(thanks)).toBeVisible()
  expect(await office.handedIn(visit)).toMatchObject([{ checklist_version: 1 }])
})

test('where another phone was first, the shopper sees what was handed in, saves the own work, and throws it away only when sure', async ({
  page,
  office,
  program,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit, 2)
  troubles.expectRefusals()
  await (await Elsewhere.signIn(program.url)).handIn(visit, { greeted: 'yes', words: 'Only good morning.' })
  await sendKiosk(page)
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('An evaluation of this visit was handed in already')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Mend it' })).toBeHidden()
  await page.getByRole('button', { name: 'See what was handed in' }).click()
  await expect(page.getByText('Only good morning.')).toBeVisible()

  await page.getByRole('button', { name: 'Discard the work on this phone' }).click()
  await expect(page.getByText(`This throws away 3 answers and 2 photos of ${visit.branch}.`)).toBeVisible()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.reload()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save unsent work to a file' }).click(),
  ])
  expect(Object.keys(unzipSync(readFileSync(await saved.path())))).toHaveLength(4)

  await page.getByRole('button', { name: 'Discard the work on this phone' }).click()
  await page.getByRole('button', { name: 'Throw it away for good' }).click()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
  await page.goto('/visits/' + visit.id)
  await expect(page.getByText('The server has it', { exact: true })).toBeVisible()
  await page.goto('/me')
  await expect(page.getByRole('heading', { name: 'Me' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Unsent work' })).toBeHidden()
  expect(await office.handedIn(visit)).toMatchObject([{ answers: { words: 'Only good morning.' } }])
})
