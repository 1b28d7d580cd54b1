import { acceptKiosk, offerKiosk } from './kiosk'
import { expect, signIn, test } from './test'

const hour = 3600_000

test('unsent work that was left for three days is warned of on the first page', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await page.getByRole('radio', { name: 'Yes' }).check()

  const warning = page.getByText('Unsent work has been on this phone for more than three days.')
  await page.clock.setFixedTime(Date.now() + 71 * hour)
  await page.goto('/')
  await expect(page.getByText('Only on this phone')).toBeVisible()
  await expect(warning).toBeHidden()

  await page.clock.setFixedTime(Date.now() + 73 * hour)
  await page.goto('/')
  await expect(warning).toBeVisible()
})

for (const [promised, says] of [
  [false, 'is said'],
  [true, 'is not said where it does'],
] as const) {
  test(`that the phone does not promise to keep unsent work ${says}`, async ({ page, office }) => {
    await page.addInitScript((promised) => {
      navigator.storage.persisted = async () => false
      navigator.storage.persist = async () => promised
    }, promised)
    const visit = await offerKiosk(office)
    await signIn(page, 'shopper')
    const warning = page.getByText('This phone may throw away unsent work when it runs out of room.')
    await expect(page.locator(`a[href="/visits/${visit.id}"]`)).toBeVisible()
    await expect(warning, 'there is nothing to be lost yet').toBeHidden()
    await acceptKiosk(page, visit)
    await page.getByRole('radio', { name: 'Yes' }).check()
    await page.goto('/')
    await expect(page.getByText('Only on this phone')).toBeVisible()
    await expect(warning).toBeVisible({ visible: !promised })
  })
}
