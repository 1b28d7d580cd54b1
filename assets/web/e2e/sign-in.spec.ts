import { expect, signIn, test } from './test'

test('a shopper signs in and sees the own visits', async ({ page, office }) => {
  const visit = await office.offer('Buy a coffee.')
  await signIn(page, 'shopper')
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'To answer' }).locator('..').getByText(visit.branch)).toBeVisible()
})

test('a wrong password is said beside the field, and the e-mail stays', async ({ page, troubles }) => {
  await page.goto('/')
  await page.getByLabel('E-mail').fill('shopper@fieldcare.example')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Password')).toHaveAccessibleDescription('The e-mail or the password is wrong.')
  await expect(page.getByLabel('E-mail')).toHaveValue('shopper@fieldcare.example')
  expect(troubles.said.splice(0)).toEqual([expect.stringContaining('401')]) // Chromium's own line
})

test('at an address without https, where a browser refuses what the app needs, that is said and the safe address is shown', async ({
  page,
  program,
}) => {
  await page.route('http://fieldcare.test/**', async (route) => {
    const { pathname, search } = new URL(route.request().url())
    await route.fulfill({ response: await route.fetch({ url: program.url + pathname + search }) })
  })
  await page.goto('http://fieldcare.test/')
  await expect(page.getByText('Fieldcare works by https only')).toBeVisible()
  await expect(page.getByLabel('Password')).toBeHidden()
  await expect(page.getByRole('link', { name: 'Open the safe address' })).toHaveAttribute('href', /^https:\/\/fieldcare\.test\//)
})
