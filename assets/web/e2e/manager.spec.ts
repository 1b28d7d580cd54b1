import type { Page } from '@playwright/test'
import type { BranchReport, Overview, VisitReport } from '../src/api/reports'
import { downloadPDF } from './download'
import { test } from './proxy'
import { expect, signIn } from './test'
import { Heard } from './wall'

const verdicts = {
  higher: 'Higher than before',
  lower: 'Lower than before',
  none: 'No change can be told',
  'cannot-be-told': 'Change: cannot be told',
}

/** What the server answers next on a path of the API. */
const answer = async <T>(page: Page, path: string): Promise<T> => {
  const response = await page.waitForResponse((r) => r.request().method() === 'GET' && new URL(r.url()).pathname === '/api/v1' + path)
  return (await response.json()) as T
}

/** All texts that a report has for people to read: its sentences, its figures as they are to be shown, names and words. */
function readable(
  report: unknown,
  told = ['sentence', 'shown', 'question', 'text', 'title', 'name', 'rule', 'method', 'view', 'band'],
): string[] {
  if (typeof report !== 'object' || report === null) return []
  return Object.entries(report).flatMap(([name, value]) =>
    typeof value === 'string' && told.includes(name) ? [value] : readable(value, told),
  )
}

/** Says that a page says everything that the JSON of its report does. */
async function saysAllOf(page: Page, report: unknown) {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim()
  const said = plain((await page.locator('main').textContent()) ?? '')
  expect(readable(report).filter((text) => !said.includes(plain(text)))).toEqual([])
}

const rowsOf = (page: Page, table: string) =>
  page
    .locator('figure', { has: page.getByText(table, { exact: true }) })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)))

/** Says that the report on the page is that of the API: its words, and behind each chart a table of the figures that it draws. */
async function showsReport(page: Page, report: BranchReport) {
  await expect(page.locator('[aria-busy=false]')).toBeVisible()
  await expect(page.getByText(report.mean.sentence, { exact: true })).toBeVisible()
  await saysAllOf(page, { ...report, visits: [], words: [], organisation: {} })
  expect(await rowsOf(page, 'The bands as a table')).toEqual(report.bands.map((b) => [b.name, `${b.from / 100}%`]))
  const visits = await rowsOf(page, 'The visits as a table')
  expect(visits.map((row) => row.slice(2, 4))).toEqual(report.visits.map((v) => [v.score ? `${v.score.shown}%` : 'no score', v.band ?? '']))
  await expect(page.getByRole('img', { name: /^Scores of the visits by day/ }).locator('circle.visit, path.failed')).toHaveCount(
    report.visits.filter((v) => v.score).length,
  )
}

test('a manager reads the reports of the own branches, on the page and as PDF, and meets nobody who shopped', async ({
  page,
  office,
  way,
}) => {
  const heard = new Heard(way)
  const overview = answer<{ items: Overview[] }>(page, '/branches')
  await signIn(page, 'manager')
  const branches = (await overview).items
  expect(branches.map((b) => b.code)).toEqual(['WAW-01', 'WAW-02', 'WAW-03'])
  await expect(page.getByRole('heading', { name: 'My branches' })).toBeVisible()
  for (const b of branches) {
    const card = page.getByRole('listitem').filter({ hasText: b.name })
    await expect(card).toContainText(`Last score${b.last!.score.shown}%`)
    await expect(card).toContainText(`Average score${b.mean.shown}%`)
    await expect(card).toContainText(`n = ${b.mean.n}`)
    await expect(card).toContainText(verdicts[b.trend!.verdict])
  }
  await heard.look(page)

  const own = branches[0]!
  const lately = answer<BranchReport>(page, `/branches/${own.id}/report`)
  await page.getByRole('link', { name: own.name }).click()
  await expect(page.getByRole('heading', { name: own.name, level: 1 })).toBeVisible()
  await showsReport(page, await lately)
  await heard.look(page)

  const longer = answer<BranchReport>(page, `/branches/${own.id}/report`)
  await page.getByLabel('Period').selectOption('Last 12 months')
  const report = await longer
  expect(report.visits.length, 'other figures than before').toBeGreaterThan((await lately).visits.length)
  await showsReport(page, report)
  await heard.look(page)
  const pdf = await downloadPDF(page, 'Save as PDF', '**/report.pdf*', 'Fetching the PDF…')
  expect(pdf.name).toMatch(/\.pdf$/)
  heard.read(pdf.name, pdf.path)

  const [first] = report.visits
  const one = answer<VisitReport>(page, `/evaluations/${first!.evaluation_id}/report`)
  await page.locator(`a[href^="/evaluations/${first!.evaluation_id}"]`).click()
  await expect(page.getByText('Visit report')).toBeVisible()
  const { standards, ...visit } = await one
  await saysAllOf(page, { ...visit, organisation: {}, bands: [] })
  for (const standard of standards) {
    const row = page.getByRole('region', { name: 'Our standards' }).getByRole('listitem').filter({ hasText: standard.text })
    await expect(row.locator('strong')).toHaveText(standard.kept === standard.n ? 'kept' : 'not kept')
  }
  await heard.look(page)
  const visitPDF = await downloadPDF(page, 'Save as PDF', '**/report.pdf*', 'Fetching the PDF…')
  heard.read(visitPDF.name, visitPDF.path)

  await page.getByRole('link', { name: 'Back' }).click()
  await expect(page.getByLabel('Period'), 'the period that was chosen before').toHaveValue('year')
  await expect(page.getByText(report.mean.sentence, { exact: true })).toBeVisible()

  const shoppers = await office.shoppers()
  expect(shoppers.length).toBeGreaterThan(5)
  const visits = await office.visitsAt(own.id)
  expect(visits.length).toBeGreaterThan(5)
  heard.expect(own.id, shoppers.flatMap((s) => [s.id, s.name, s.email]).concat(visits.map((v) => v.id)))
})

test('what a shopper wrote at length is read in full by whoever wants to, and nothing short is opened', async ({ page, office }) => {
  const branch = (await office.branches()).find((b) => b.code === 'WAW-01')!
  await signIn(page, 'manager')
  await page.goto('/branches/' + branch.id)
  const quotes = page.getByRole('figure').filter({ has: page.locator('blockquote') })
  const cut = () => quotes.locator('blockquote').evaluateAll((all) => all.map((quote) => quote.scrollHeight > quote.clientHeight))
  await expect(page.getByRole('button', { name: 'Read all of it' }).first()).toBeVisible()
  const before = await cut()
  expect(new Set(before)).toEqual(new Set([true, false]))
  await expect(page.getByRole('button', { name: 'Read all of it' })).toHaveCount(before.filter(Boolean).length)
  const first = quotes.nth(before.indexOf(true))
  await first.getByRole('button', { name: 'Read all of it' }).click()
  await expect(first.getByRole('button', { name: 'Less of it' })).toBeVisible()
  expect(await cut()).toEqual(before.with(before.indexOf(true), false))
  await first.getByRole('button', { name: 'Less of it' }).click()
  await expect.poll(cut).toEqual(before)
})
