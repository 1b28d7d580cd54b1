import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { addPhoto, openVisit } from './shopper'
import { expect, signIn, test, wide } from './test'

/** Looks for what keeps people out: on a phone and at a desk, in the light and in the dark. */
async function everybodyCanUse(page: Page, what: string) {
  const narrow = page.viewportSize()!
  for (const screen of [narrow, wide]) {
    await page.setViewportSize(screen)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // There are no frames, so that no further page is needed to bring their results together.
      const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('\n')}`)
      expect(found, `${what}, ${colorScheme}, ${screen.width} wide`).toEqual([])
      expect(passes.length, 'axe looked at something').toBeGreaterThan(0)
    }
  }
  await page.setViewportSize({ width: 320, height: 568 })
  await expect.poll(() => tooWideOrSmall(page), what).toEqual([])
  await page.setViewportSize(narrow)
}

/**
 * What is cut off at the right on the narrowest screen (or at a desk, four times as large), also with letters and words as
 * far apart as readers may set them, and what is too small for a finger. A link within a sentence is as high as its line.
 */
const tooWideOrSmall = (page: Page) =>
  page.evaluate(() => {
    const apart = new CSSStyleSheet()
    apart.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }')
    const within = (element: Element) => !element.closest('.scroll, .hidden, .skip, svg *')
    const boxes = (among: string) =>
      [...document.querySelectorAll<HTMLElement>(among)].filter(within).map((element) => {
        const { right, width, height } = element.getBoundingClientRect()
        const inline = getComputedStyle(element).display === 'inline'
        return { right, width, height, inline, says: `${element.outerHTML.slice(0, 120)} ${right} ${width}×${height}` }
      })
    const screen = document.documentElement.clientWidth
    const controls = 'button, summary, select, textarea, input:not([type=checkbox], [type=radio]), label:has(input), a'
    const small = boxes(controls).filter(({ width, height, inline }) => !inline && height > 0 && (height < 43.5 || width < 43.5))
    const wide = [[], [apart]].flatMap((sheets) => {
      document.adoptedStyleSheets = sheets
      return boxes('body *').filter(({ right, width }) => width > 0 && right > screen + 1)
    })
    document.adoptedStyleSheets = []
    return [...small, ...wide].map(({ says }) => says)
  })

/** Goes to a page, and looks at it once it says something. */
async function look(page: Page, address: string, says: string | RegExp) {
  await page.goto(address)
  await expect(page.getByRole('main').getByText(says).first()).toBeVisible()
  await everybodyCanUse(page, address)
}

test('everybody can sign in and set a password, and is told where there is nothing', async ({ page, troubles }) => {
  await look(page, '/sign-in', 'Password')
  await page.getByLabel('E-mail').fill('shopper@fieldcare.example')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('The e-mail or the password is wrong.')).toBeVisible()
  await everybodyCanUse(page, 'a wrong password')
  await look(page, '/forgotten-password', 'Send the link')
  await page.getByLabel('E-mail').fill('shopper@fieldcare.example')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('a link is on its way')).toBeVisible()
  await everybodyCanUse(page, 'a link is on its way')
  await look(page, '/set-password#nothing', 'Set the password')
  await page.getByLabel('New password').fill('a few words in a row')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByText('This link does not work any more.')).toBeVisible()
  await everybodyCanUse(page, 'a link that does not work')
  await signIn(page, 'shopper')
  await look(page, '/nothing', 'Nothing here')
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('401'), expect.stringMatching(/4\d\d/)]) // Chromium's own lines
})

test('everybody can use the pages of a shopper, in light and in dark', async ({ page, office }) => {
  const visit = await office.offer('Buy a coffee.')
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

test('everybody can use the pages of a manager', async ({ page, office, troubles }) => {
  const own = (await office.branches()).find((b) => b.code === 'WAW-01')!
  await signIn(page, 'manager')
  await look(page, '/branches', own.name)
  await look(page, `/branches/${own.id}`, 'In comparison')
  for (const table of await page.locator('main details > summary').all()) await table.click()
  await everybodyCanUse(page, 'the tables behind the charts')
  await page.getByLabel('Period').selectOption('Own days')
  await page.getByLabel('From', { exact: true }).fill('2026-02-02')
  await page.getByLabel('To', { exact: true }).fill('2026-02-01')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByLabel('From', { exact: true })).toHaveAccessibleDescription(/.+/)
  await everybodyCanUse(page, 'days that are no period')
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('422')]) // Chromium's own line
  await look(page, `/branches/${own.id}?from=2020-01-01&to=2020-01-31`, 'Period')
  await page.goto(`/branches/${own.id}`)
  await page.locator('a[href^="/evaluations/"]').first().click()
  await expect(page.getByText('Visit report')).toBeVisible()
  await everybodyCanUse(page, 'a visit')
  await page
    .getByRole('button', { name: /^Show in full/ })
    .first()
    .click()
  await everybodyCanUse(page, 'a photo in full')
})

test('everybody can use the pages of a coordinator that are about visits', async ({ page, office, troubles }) => {
  const { id } = await office.offer('Buy a coffee.')
  await signIn(page, 'coordinator')
  await look(page, '/review', 'Sam Rivers')
  await look(page, '/review?state=returned', 'Returned')
  await look(page, '/review/import', 'The file')
  await page.getByLabel('The file').setInputFiles({ name: 'photo.zip', mimeType: 'application/zip', buffer: Buffer.from('no ZIP') })
  await expect(page.getByText('This is no file of unsent work')).toBeVisible()
  await everybodyCanUse(page, 'a file that is none')

  await page.goto('/review')
  await page.getByRole('link', { name: /Sam Rivers/ }).click()
  await expect(page.getByRole('heading', { name: 'Decision' })).toBeVisible()
  await everybodyCanUse(page, 'an evaluation')
  await page
    .getByRole('button', { name: /^Open photo/ })
    .first()
    .click()
  await everybodyCanUse(page, 'its photo')
  await page.getByRole('button', { name: 'Close' }).click()
  await page
    .getByRole('checkbox', { name: /^Return/ })
    .first()
    .check()
  await page.getByRole('button', { name: 'Return', exact: true }).click()
  await page.getByRole('button', { name: 'Replace for the branch' }).first().click()
  await everybodyCanUse(page, 'an evaluation that is returned without words')
  await page.getByRole('button', { name: 'Reject', pressed: false }).click()
  await everybodyCanUse(page, 'an evaluation that is rejected')

  await look(page, '/visits', 'Sam Rivers')
  await look(page, '/visits?from=2100-01-01', 'There are no such visits.')
  await look(page, '/visits/plan', 'Window')
  await page.getByRole('button', { name: 'Plan visits' }).click()
  await page.getByLabel('Branches').focus()
  await expect(page.getByRole('button', { name: /^Warsaw/ }).first()).toBeVisible()
  await everybodyCanUse(page, 'a plan with nothing in it, and branches to choose from')
  await look(page, `/visits/${id}`, 'Buy a coffee.')
  for (const action of ['Change it', 'Cancel the visit']) {
    await page.getByRole('button', { name: action }).first().click()
    await everybodyCanUse(page, action)
  }
  expect(troubles.said).toEqual([])
})

test('everybody can use the pages of a coordinator that are about focus groups', async ({ page, office }) => {
  const [coming, today] = [await office.group('Coming back after a complaint'), await office.group('Putting it right at the counter')]
  await signIn(page, 'coordinator')
  await look(page, '/branches', 'Warsaw Old Town')
  await look(page, '/focus-groups', coming.topic)
  await look(page, `/focus-groups/${coming.id}`, 'Invitations')
  await page.getByLabel('State').selectOption('sent')
  await page.locator('main summary').first().click()
  for (const action of ['Log a call', 'Withdraw', 'Accepts']) {
    await page.getByRole('button', { name: action }).click()
    await everybodyCanUse(page, action)
  }
  await page.getByRole('button', { name: 'Waiting list' }).click()
  await expect(page.getByText(/^since /).first()).toBeVisible()
  await everybodyCanUse(page, 'who waits')
  await page.getByRole('button', { name: 'Costs' }).click()
  await expect(page.getByText('Budget of the study')).toBeVisible()
  await everybodyCanUse(page, 'costs')
  await page.goto(`/focus-groups/${today.id}`)
  await page.getByRole('button', { name: 'To call' }).click()
  await expect(page.getByText(/They accepted and have not confirmed a day before|Nobody is to be called/)).toBeVisible()
  await everybodyCanUse(page, 'whom to call')
  await look(page, `/focus-groups/${(await office.group('When something went wrong')).id}`, 'Report (PDF)')
  await look(page, `/focus-groups/${(await office.group('Those who stopped coming')).id}`, 'No time set yet')
})

test('everybody can use the pages of a moderator', async ({ page, office }) => {
  const { id, topic } = await office.group('Putting it right at the counter')
  await signIn(page, 'mira')
  await look(page, '/focus-groups', topic)
  await look(page, `/focus-groups/${id}`, 'Topic guide')
  await look(page, `/focus-groups/${id}/check-in`, 'All is with the server.')
  await page.getByRole('button', { name: 'Arrived' }).first().click()
  await page.getByRole('button', { name: 'Times, note' }).first().click()
  await page.getByRole('button', { name: 'Walk-in' }).click()
  await everybodyCanUse(page, 'forms at the door')
  await page.getByLabel('Name or code').fill('nobody of that name')
  await expect(page.getByText('Nobody expected here has this name or code.')).toBeVisible()
  await everybodyCanUse(page, 'nobody of that name')
})

test('everybody can use pages with nothing on them, and pages that cannot be read', async ({ page, troubles }) => {
  await signIn(page, 'coordinator')
  const read = ({ pathname }: URL) => /^\/api\/v1\/(branches|evaluations|focus-groups|visits)/.test(pathname)
  await page.route(read, (route) => route.fulfill({ json: { items: [] } }))
  await look(page, '/review', 'Nothing waits for a review.')
  await look(page, '/visits', 'There are no such visits.')
  await look(page, '/branches', 'There is no branch of yours yet.')
  await look(page, '/focus-groups', 'There is no session yet.')
  troubles.expectUnreachable()
  await page.unroute(read)
  await page.route(read, (route) => route.abort())
  const unknown = '00000000-0000-4000-8000-000000000000'
  for (const address of ['/review', '/visits', '/branches', '/focus-groups', `/evaluations/${unknown}`, `/branches/${unknown}`])
    await look(page, address, 'The server cannot be reached.')
  await look(page, `/focus-groups/${unknown}/check-in`, 'This session was never opened on this phone.')
})
