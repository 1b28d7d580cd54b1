import type { BrowserContext, Locator, Page } from '@playwright/test'
import type { PlannedVisit } from '../e2e/office'
import { openVisit } from '../e2e/shopper'
import { appIsKept, checklistIsKept, expect, signIn, test } from '../e2e/test'
import { inOnePart, questionsOf, times } from './checklists'
import { servePlain } from './plain'
import { Measured, report } from './report'
import { watchAnswers, type Took } from './watch'

const slower = 4
const openings = 5

/** A page of a phone with a processor four times slower, and what it tells of the answers in it. */
class Phone {
  #told: Took[] = []
  #tell: (() => void) | undefined

  private constructor(readonly page: Page) {}

  static async of(context: BrowserContext, measured: 'opening' | 'answers'): Promise<Phone> {
    const phone = new Phone(await context.newPage())
    await phone.page.exposeFunction('answered', (took: Took) => {
      phone.#told.push(took)
      phone.#tell?.()
    })
    await phone.page.addInitScript(watchAnswers, measured === 'opening')
    const session = await context.newCDPSession(phone.page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower })
    return phone
  }

  /** The next answer, once it was shown and kept. */
  async answered(): Promise<Took> {
    if (this.#told.length === 0) await new Promise<void>((tell) => (this.#tell = tell))
    return this.#told.shift()!
  }

  /** Taps in the middle of something by the screen alone: a test's own tap looks in the page at what it hits. */
  async tap(target: Locator): Promise<void> {
    const { x, y } = await target.evaluate((element) => {
      element.scrollIntoView({ block: 'center' })
      const box = element.getBoundingClientRect()
      return new Promise<{ x: number; y: number }>((shown) =>
        requestAnimationFrame(() => requestAnimationFrame(() => shown({ x: box.x + box.width / 2, y: box.y + box.height / 2 }))),
      )
    })
    await this.page.touchscreen.tap(x, y)
  }

  /** How long it takes until the first question is seen, and is answered, and the answer shown and kept. */
  async opened(): Promise<{ seen: number; usable: number }> {
    const { shown, kept, seen } = await this.answered()
    return { seen: seen!, usable: Math.max(shown, kept) }
  }
}

/** Answers by taps and keys: choices, a scale, a text, and one on which hangs whether others are asked. */
async function answer(phone: Phone): Promise<{ taps: Took[]; keys: Took[]; conditions: Took[] }> {
  const { page } = phone
  const labels = (question: string) => page.locator(`#question-${question} label`)
  await expect(labels('website').first()).toBeVisible()
  const took = async (act: Promise<void>) => {
    await act
    return phone.answered()
  }
  const all = { taps: [] as Took[], keys: [] as Took[], conditions: [] as Took[] }
  for (let n = 0; n < 30; n++) all.taps.push(await took(phone.tap(labels('website').nth(n % 3))))
  for (let n = 0; n < 21; n++) all.conditions.push(await took(phone.tap(labels('phoned').nth(n % 2 === 0 ? 0 : 2))))
  for (let n = 0; n < 20; n++) all.taps.push(await took(phone.tap(labels('phone-help').nth(n % 5))))
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
        const phone = await Phone.of(context, 'opening')
        await phone.page.goto(address)
        one[of].cold.push(await phone.opened())
        await phone.page.close()
      }
      const phone = await Phone.of(context, 'answers')
      await phone.page.goto(
        of === 'plain' ? address : address + '?part=' + document.sections[Math.min(1, document.sections.length - 1)]!.id,
      )
      Object.assign(one[of], await answer(phone))
      await phone.page.close()
    }
    const phone = await Phone.of(context, 'opening')
    for (let time = 0; time < openings; time++) {
      await phone.page.goto(at)
      await phone.page.getByRole('link', { name: 'Go on with the evaluation' }).tap()
      one.app.warm.push(await phone.opened())
    }
    await phone.page.close()
  }
  plain.close()
  console.log(report(measured, loaded()))
})
