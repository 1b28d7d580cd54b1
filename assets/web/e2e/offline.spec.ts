import { addPhoto, fillEverything, openVisit, send } from './shopper'
import { appIsKept, checklistIsKept, expect, signIn, test } from './test'

test('without a signal the app opens, keeps what is entered when it is killed, and sends it once when the signal is back', async ({
  page,
  context,
  program,
  office,
  troubles,
}) => {
  const visit = await office.offer('Buy a coffee where there is no signal.')
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('link', { name: 'Fill in the evaluation' })).toBeVisible()
  await appIsKept(page)
  await checklistIsKept(page, visit)

  const sent: string[] = []
  context.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/evaluations')) sent.push(request.url())
  })
  troubles.expectUnreachable()
  await context.setOffline(true)
  await program.stop()

  await page.goto('/')
  await expect(page.getByText('No connection. You can go on working.')).toBeVisible()
  await openVisit(page, visit)
  await expect(page.getByText('Buy a coffee where there is no signal.')).toBeVisible()
  await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
  const easily = (on: typeof page) => on.getByRole('radio', { name: 'After some searching' })
  await easily(page).check()
  await addPhoto(page.locator('#question-front'))

  await page.goto('chrome://crash').catch(() => undefined) // the tab dies in the middle, without a last word
  await page.close()
  const again = await context.newPage()
  await openVisit(again, visit)
  await expect(again.getByText('Only on this phone')).toBeVisible()
  await again.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await expect(easily(again)).toBeChecked()
  await expect(again.getByRole('img', { name: 'Photo 1' })).toHaveJSProperty('complete', true)
  expect(await again.getByRole('img', { name: 'Photo 1' }).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)

  await fillEverything(again)
  await send(again)
  await expect(again.getByText('Open Fieldcare where there is a signal, and it is sent.')).toBeVisible()
  expect(sent).toEqual([])

  await program.start()
  await context.setOffline(false)
  await expect(again.getByText('The server has it. Thank you.')).toBeVisible({ timeout: 60_000 })
  const arrived = await office.handedIn(visit)
  expect(arrived.map(({ state, revision }) => ({ state, revision }))).toEqual([{ state: 'submitted', revision: 1 }])
  expect(arrived[0]!.photos).toHaveLength(5) // the first part has two: one from before the tab died, one from after
  expect(sent).toHaveLength(1)
})
