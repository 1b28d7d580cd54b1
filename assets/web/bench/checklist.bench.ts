import type { CDPSession, Page } from '@playwright/test'
import type { PlannedVisit } from '../e2e/office'
import { openVisit } from '../e2e/shopper'
import { appIsKept, checklistIsKept, expect, signIn, test } from '../e2e/test'
import { inOnePart, questionsOf, times } from './checklists'
import { servePlain } from './plain'
import { Measured, report } from './report'
import { watchAnswers, type Took } from './watch'

const slower = 4
const openings = 5

/** A page of a phone: a processor four times slower, and notes of what is shown and kept when. */
async function phonePage(page: Page): Promise<CDPSession> {
  await page.addInitScript(watchAnswers)
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower })
  return session
}

/** The last answer, once it was shown and kept. */
async function answered(page: Page, count: number): Promise<Took> {
  const took = await page.waitForFunction(
    (count) => {
      const one = window.watch?.answers[count - 1]
      return one && one.shown > 0 && one.kept > 0 && one
    },
    count,
    { polling: 20 },
  )
  return (await took.jsonValue()) as Took
}

/** How long it takes until the first question is answered, and the answer shown and kept. */
async function opened(page: Page): Promise<{ seen: number; usable: number }> {
  const { shown, kept } = await answered(page, 1)
  return { seen: await page.evaluate(() => window.watch.seen!), usable: Math.max(shown, kept) }
}

/** Answers by taps and keys: choices, a scale, a text, and one on which hangs whether others are asked. */
async function answer(page: Page): Promise<{ taps: Took[]; keys: Took[]; conditions: Took[] }> {
  const labels = (question: string) => page.locator(`#question-${question} label`)
  await expect(labels('website').first()).toBeVisible()
  const before = await page.evaluate(() => window.watch.answers.length)
  let count = before
  const took = async (act: Promise<void>) => {
    await act
    return answered(page, ++count)
  }
  const all = { taps: [] as Took[], keys: [] as Took[], conditions: [] as Took[] }
  for (let n = 0; n < 30; n++)
    all.taps.push(
      await took(
        labels('website')
          .nth(n % 3)
          .tap(),
      ),
    )
  for (let n = 0; n < 21; n++)
    all.conditions.push(
      await took(
        labels('phoned')
          .nth(n % 2 === 0 ? 0 : 2)
          .tap(),
      ),
    )
  for (let n = 0; n < 20; n++)
    all.taps.push(
      await took(
        labels('phone-help')
          .nth(n % 5)
          .tap(),
      ),
    )
  await page.locator('#question-phone-words textarea').tap()
  for (const key of 'Whether there is oat milk.') all.keys.push(await took(page.keyboard.press(key === ' ' ? 'Space' : key)))
  return all
}

/** How much JavaScript arrives from now on, in bytes as they are sent. What the service worker fetches ahead is not in it. */
async function scripts(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page)
  const asked = new Set<string>()
  let bytes = 0
  session.on('Network.responseReceived', ({ type, requestId }) => type === 'Script' && asked.add(requestId))
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => (bytes += asked.has(requestId) ? encodedDataLength : 0))
  await session.send('Network.enable')
  return () => bytes
}

test('the checklist on a slow phone', async ({ page, context, office }) => {
  const documents = [times(1), times(10), inOnePart(times(10))]
  const plain = await servePlain(documents)
  const visits: PlannedVisit[] = []
  for (const document of documents) visits.push(await office.offer('Buy a coffee.', await office.publish(document)))

  const loaded = await scripts(page)
  await signIn(page, 'shopper')
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
  for (const visit of visits) {
    await openVisit(page, visit)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
    await expect(page.locator('#question-sign')).toBeVisible()
    await checklistIsKept(page, visit)
  }
  await appIsKept(page)
  await page.close()

  const measured: Measured[] = []
  for (const [n, document] of documents.entries()) {
    const one = new Measured(document.title, document.sections.length, questionsOf(document).length)
    measured.push(one)
    const at = `/visits/${visits[n]!.id}`
    for (const [of, address] of [
      ['plain', `${plain.url}/${n}`],
      ['app', at + '/evaluation'],
    ] as const) {
      for (let time = 0; time < openings; time++) {
        const page = await context.newPage()
        await phonePage(page)
        await page.goto(address)
        one[of].cold.push(await opened(page))
        await page.close()
      }
      const page = await context.newPage()
      await phonePage(page)
      await page.goto(of === 'plain' ? address : address + '?part=' + document.sections[Math.min(1, document.sections.length - 1)]!.id)
      Object.assign(one[of], await answer(page))
      await page.close()
    }
    const page = await context.newPage()
    await phonePage(page)
    for (let time = 0; time < openings; time++) {
      await page.goto(at)
      await page.getByRole('link', { name: 'Go on with the evaluation' }).tap()
      one.app.warm.push(await opened(page))
    }
    await page.close()
  }
  plain.close()
  console.log(report(measured, loaded()))
})
