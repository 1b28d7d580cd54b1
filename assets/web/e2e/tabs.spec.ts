import type { Page } from '@playwright/test'
import { acceptKiosk, offerKiosk } from './kiosk'
import { answersOn } from './memory'
import { test } from './proxy'
import { addPhoto, openVisit, send } from './shopper'
import { appIsKept, expect, signIn } from './test'

const said = (tab: Page) => tab.getByRole('textbox', { name: 'What was said?' })
const shelf = (tab: Page) => tab.locator('#question-shelf')

/** Chooses a picture of something as a photo of the shelf. */
async function choose(tab: Page, pictured: string) {
  const buffer = await tab.locator(pictured).screenshot({ type: 'jpeg' })
  await shelf(tab).getByLabel('From the gallery').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
}

test('two tabs fill one evaluation: nothing is lost, both show the same, and it is sent once', async ({ page, context, office, way }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('link', { name: 'Fill in the evaluation' })).toBeVisible()
  const other = await context.newPage()
  await openVisit(other, visit)
  const tabs = [page, other]
  await Promise.all(tabs.map((tab) => tab.goto(`/visits/${visit.id}/evaluation`)))

  // Different questions, the same one, and photos of one question, while the other tab does not know yet.
  await Promise.all([page.getByRole('radio', { name: 'Yes' }).check(), said(other).fill('Good morning')])
  await Promise.all([choose(page, '#question-words'), choose(other, '#question-greeted')])
  for (const tab of tabs) {
    await expect(tab.getByRole('radio', { name: 'Yes' })).toBeChecked()
    await expect(said(tab)).toHaveValue('Good morning')
    await expect(shelf(tab).getByRole('img')).toHaveCount(2)
  }
  await Promise.all([addPhoto(shelf(page)), said(other).fill('Good morning, madam')])
  await expect(said(page)).toHaveValue('Good morning, madam')
  const minutes = (tab: Page) => tab.locator('#question-wait').getByLabel('Minutes')
  await minutes(page).fill('3')
  await expect(minutes(other)).toHaveValue('3')
  await minutes(other).fill('4')
  await expect(minutes(page), 'a field that was not left shows it, too').toHaveValue('4')
  await expect(shelf(other).getByRole('img')).toHaveCount(3)
  expect(await answersOn(page, visit)).toMatchObject({ words: 'Good morning, madam', shelf: { photos: { length: 3 } } })

  await Promise.all(tabs.map((tab) => tab.getByRole('link', { name: 'To the summary' }).click()))
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  await expect(other.getByText('The server has it. Thank you.')).toBeVisible()
  await expect(other.getByRole('button', { name: 'Send the evaluation' })).toBeHidden()
  await other.reload()
  await expect(other.getByText('The server has it. Thank you.')).toBeVisible()
  expect(await answersOn(other, visit), 'nothing is begun anew').toEqual({})

  const arrived = await office.handedIn(visit)
  expect(arrived).toMatchObject([{ state: 'submitted', revision: 1, answers: { greeted: 'yes', words: 'Good morning, madam' } }])
  expect(arrived[0]!.photos).toHaveLength(3)
  expect(way.to('POST', '/evaluations')).toHaveLength(1)
  expect(way.to('PUT', '/photos')).toHaveLength(3)
})

test('what is entered in one tab after it was sent from another is not taken silently', async ({
  page,
  context,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await appIsKept(page)
  await page.getByRole('radio', { name: 'Yes' }).check()
  await said(page).fill('Good morning')
  await addPhoto(shelf(page))
  const other = await context.newPage()
  await other.addInitScript(() => delete (window as { BroadcastChannel?: unknown }).BroadcastChannel) // it hears nothing
  await other.goto(`/visits/${visit.id}/evaluation`)
  await expect(said(other)).toHaveValue('Good morning')

  troubles.expectUnreachable()
  way.fate = () => 'away'
  await page.getByRole('link', { name: 'To the summary' }).click()
  await send(page)
  await expect(page.getByText('There is no connection: it is only on this phone.')).toBeVisible()
  await said(other).fill('Good morning, and good bye')
  await expect(other.getByText('This was sent from another tab, without what you entered here since.')).toBeVisible()
  expect(await answersOn(page, visit)).toMatchObject({ words: 'Good morning' })
})

test('a double tap does what one tap does', async ({ page, office, way }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).dblclick()
  await page.getByRole('link', { name: 'In the branch' }).click()
  await page.getByRole('button', { name: 'Came in' }).dblclick()
  await expect(page.getByRole('button', { name: 'Came in' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('link', { name: 'Close' }).click()
  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()

  await page.getByRole('radio', { name: 'Yes' }).dblclick()
  await said(page).fill('Good morning')
  const chosen = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await shelf(page).screenshot({ type: 'jpeg' }) }
  page.on('filechooser', (chooser) => void chooser.setFiles(chosen))
  await shelf(page).getByText('From the gallery').dblclick()
  await expect(shelf(page).getByRole('img')).toHaveCount(1)
  await page.getByRole('link', { name: 'To the summary' }).dblclick()
  await page.getByRole('button', { name: 'Send the evaluation' }).dblclick()
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  await expect(page.getByText('sent from another tab')).toBeHidden()

  expect(way.passed.filter((p) => p.path.endsWith('/accept'))).toHaveLength(1)
  expect(way.to('POST', '/evaluations')).toHaveLength(1)
  const [arrived] = await office.handedIn(visit)
  expect(arrived!.moments.map((m) => m.id)).toEqual(['in'])
  expect(arrived!.photos).toHaveLength(1)
})

test('a double tap on Next goes on by one part', async ({ page, office }) => {
  const part = (n: number) => ({
    id: `part-${n}`,
    title: `Part ${n}`,
    questions: [{ id: `words-${n}`, type: 'text', text: 'What was said?' }],
  })
  const rating = {
    id: 'rating',
    title: 'Rating',
    questions: [{ id: 'stars', type: 'scale', text: 'Stars', from: 1, to: 5, bands: [{ points: 100 }] }],
  }
  const checklist = await office.publish({
    title: 'Three short parts',
    sections: [part(1), part(2), part(3), rating],
  })
  const visit = await office.offer('Listen.', checklist)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await page.getByRole('link', { name: 'Next' }).click()
  await expect(page.getByText('Part 2 of 4')).toBeVisible()
  const { x, y } = (await page.getByRole('link', { name: 'Next' }).boundingBox())!
  await page.mouse.move(x + 5, y + 5)
  for (const clickCount of [1, 2]) {
    await page.mouse.down({ clickCount })
    await page.mouse.up({ clickCount })
    await expect(page.getByText('Part 3 of 4')).toBeVisible()
  }
})
