import type { Page } from '@playwright/test'
import { Office } from './office'
import { expect, signIn, test } from './test'

/** Waits for the mail of a kind, and opens what it links to. */
async function openLink(page: Page, url: string, template: string, address: string) {
  const admin = new Office(url)
  await admin.signIn('admin')
  const link = async () => (await admin.linkIn(template, address)) ?? ''
  await expect.poll(link).toMatch(/^\/set-password#./)
  const opened = await link()
  await page.goto(opened)
  return opened
}

test('somebody new sets the first password by the link of the mail, once, and signs in', async ({ page, office, program, troubles }) => {
  await office.addShopper('Nina Nowak', 'nina@fieldcare.example')
  const link = await openLink(page, program.url, 'new-user', 'nina@fieldcare.example')
  await expect(page, 'the link does not stay on the screen').toHaveURL(program.url + '/set-password')

  await page.getByLabel('New password').fill('too short')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByText('Your password is set.')).toBeHidden()
  await page.getByLabel('New password').fill('four words in a row')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByText('Your password is set. You can sign in now.')).toBeVisible()

  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('nina@fieldcare.example')
  await page.getByLabel('Password').fill('four words in a row')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('There are no visits for you yet.')).toBeVisible()

  await page.goto('/forgotten-password') // a page between, so that the link is opened anew
  await page.goto(link)
  await page.getByLabel('New password').fill('five other words in a row')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/This link does not work any more\./)
  expect(troubles.said.splice(0)).toEqual([expect.stringMatching(/40[04]|410|422/)]) // Chromium's own line
})

test('who forgot the password is mailed a link that sets another', async ({ page, program, troubles }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'I forgot my password' }).click()
  await page.getByLabel('E-mail').fill('shopper@fieldcare.example')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('If shopper@fieldcare.example is known to us, a link is on its way.')).toBeVisible()

  await openLink(page, program.url, 'password-reset', 'shopper@fieldcare.example')
  await page.getByLabel('New password').fill('fieldcare fieldcare')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByText('Your password is set. You can sign in now.')).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('shopper@fieldcare.example')
  await page.getByLabel('Password').fill('fieldcare-demo')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Password')).toHaveAccessibleDescription('The e-mail or the password is wrong.')
  await page.getByLabel('Password').fill('fieldcare fieldcare')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('401')]) // Chromium's own line
})

test('the app can be installed', async ({ page, context }) => {
  await signIn(page, 'shopper')
  await page.evaluate(() => navigator.serviceWorker.ready)
  const browser = await context.newCDPSession(page)
  const { errors, data } = await browser.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(JSON.parse(data!)).toMatchObject({ name: 'Fieldcare', display: 'standalone', start_url: '/' })
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors')
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]) // a test's window is one
})

test('*Me* asks the browser to put the app on the home screen where it offers that', async ({ page }) => {
  await signIn(page, 'shopper')
  const add = page.getByRole('button', { name: 'Add to the home screen' })
  await page.goto('/me')
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'On the home screen' }), 'nothing is offered').toBeHidden()

  const prevented = await page.evaluate(() => {
    const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => (document.title = 'Asked') })
    return !dispatchEvent(offer)
  })
  expect(prevented, 'the browser does not ask by itself').toBe(true)
  await add.click()
  await expect(page).toHaveTitle('Asked')
  await expect(add, 'it is offered once').toBeHidden()
})

test('*Me* says where the menu of a browser that offers nothing has it', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'onbeforeinstallprompt'))
  await signIn(page, 'shopper')
  await page.goto('/me')
  await expect(page.getByText('choose “Install” or “Add to home screen”')).toBeVisible()
})

for (const [opened, says] of [
  [false, 'are told how it comes to the home screen'],
  [true, 'are told nothing where it was opened from there'],
] as const) {
  test(`who use the app on a phone of Apple ${says}`, async ({ page }) => {
    await page.addInitScript((standalone) => Object.assign(navigator, { standalone }), opened)
    await signIn(page, 'shopper')
    await page.goto('/me')
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
    await expect(page.getByText('tap Share, then “Add to Home Screen”')).toBeVisible({ visible: !opened })
  })
}
