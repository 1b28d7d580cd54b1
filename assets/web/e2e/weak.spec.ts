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
  const plan = () => way.passed.filter(({ path }) => /\/Plan-.*\.js$/.test(path))
  await expect.poll(() => plan().length).toBe(1)
  const isHere = (path: string) => page.evaluate((path) => caches.match(path).then((kept) => kept !== undefined), path)
  await expect.poll(() => isHere(plan()[0]!.path), 'not only on its way').toBe(true)

  way.clear()
  await context.setOffline(true)
  await context.setOffline(false)
  await appIsKept(page)
  await expect(page.getByText(notYet)).toBeHidden()
  expect(plan(), 'what had arrived was there already').toHaveLength(1)
  await context.setOffline(true)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'My visits' })).toBeVisible()
})
