import { test } from './proxy'
import { appIsKept, expect, signIn } from './test'

const notYet = 'Not ready to work without a signal yet. Leave Fieldcare open while there is one.'

test('an app of which a file did not arrive says that it is not ready, and fetches what is missing when the signal is back', async ({
  page,
  context,
  way,
  troubles,
}) => {
  troubles.expectUnreachable()
  way.fate = ({ path }) => (/\/Summary-.*\.js$/.test(path) ? 'away' : 'pass')
  await signIn(page, 'shopper')
  await expect(page.getByText(notYet)).toBeVisible()
  const asked = () => way.passed.filter(({ path }) => /\/Summary-.*\.js$/.test(path)).length
  await expect.poll(asked).toBeGreaterThan(0)
  const office = () => way.passed.filter(({ path }) => /\/Plan-.*\.js$/.test(path)).length
  await expect.poll(office).toBe(1)

  way.clear()
  await context.setOffline(true)
  await context.setOffline(false)
  await appIsKept(page)
  await expect(page.getByText(notYet)).toBeHidden()
  expect(office()).toBe(1) // what had arrived was there already
  await context.setOffline(true)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
})
