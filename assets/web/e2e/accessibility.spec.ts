import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { addPhoto, openVisit } from './shopper'
import { expect, signIn, test } from './test'

/** Looks for what keeps people out, in both colour schemes. */
async function everybodyCanUse(page: Page, what: string) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations, passes } = await new AxeBuilder({ page }).analyze()
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('\n')}`)
    expect(found, `${what}, ${colorScheme}`).toEqual([])
    expect(passes.length, 'axe looked at something').toBeGreaterThan(5)
  }
}

test('everybody can use the pages of a shopper, in light and in dark', async ({ page, office }) => {
  const visit = await office.offer('Buy a coffee.')
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await everybodyCanUse(page, 'signing in')
  await signIn(page, 'shopper')
  await expect(page.getByText(visit.branch).first()).toBeVisible()
  await everybodyCanUse(page, 'visits')

  await openVisit(page, visit)
  await everybodyCanUse(page, 'an offered visit')
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'In the branch' }).click()
  await page.getByRole('button', { name: 'Came in' }).click()
  await everybodyCanUse(page, 'the notes')
  await page.getByRole('link', { name: 'Close' }).click()
  await everybodyCanUse(page, 'an accepted visit')

  await page.getByRole('link', { name: 'Go on with the evaluation' }).click()
  await addPhoto(page.locator('#question-front'))
  const summary = page.getByRole('heading', { name: 'Summary' })
  while (!(await summary.isVisible())) {
    const part = page.url()
    await everybodyCanUse(page, part)
    await page.getByRole('link', { name: /^(Next|To the summary)$/ }).click()
    await expect(page).not.toHaveURL(part)
    await expect(page.locator('fieldset').first().or(summary)).toBeVisible()
  }
  await everybodyCanUse(page, 'the summary')

  await page.getByRole('button', { name: /From the street/ }).click()
  await expect(page.getByText('Please answer this question.').first()).toBeVisible()
  await everybodyCanUse(page, 'what is missing')

  await page.goto('/me')
  await expect(page.getByRole('heading', { name: 'Me' })).toBeVisible()
  await everybodyCanUse(page, 'me')
})
