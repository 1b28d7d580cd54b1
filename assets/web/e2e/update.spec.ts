import type { Page } from '@playwright/test'
import { acceptKiosk, offerKiosk } from './kiosk'
import { test, type Answer, type Proxy } from './proxy'
import { answersOn } from './memory'
import { lookAgain } from './shopper'
import { appIsKept, expect, signIn } from './test'

const kinds: Record<string, string> = { js: 'text/javascript', css: 'text/css', html: 'text/html; charset=utf-8' }

/** From now on the program has a newer app: its files have other names, and those of the older one are gone. */
async function deploy(way: Proxy) {
  const text = async (path: string) => (await fetch(way.program() + path)).text()
  const worker = await text('/sw.js')
  const names = [...worker.matchAll(/"\/assets\/([^"]+)\.(?:js|css)"/g)].map((match) => match[1]!)
  const newer = (content: string) => names.reduce((done, name) => done.replaceAll(name + '.', name + '-newer.'), content)
  const answer = async (path: string, kind: string): Promise<Answer> => ({
    status: 200,
    headers: { 'Content-Type': kinds[kind]! },
    body: newer(await text(path)),
  })
  way.fate = ({ path }) => {
    if (path === '/sw.js') return answer(path, 'js')
    if (path === '/') return answer(path, 'html')
    const [, name, kind] = /^\/assets\/(.+)\.(js|css)$/.exec(path) ?? []
    if (!name || !kind) return 'pass'
    return name.endsWith('-newer') ? answer(path.replace('-newer', ''), kind) : { status: 404 }
  }
}

/** The scripts that a page has, as those of the older or the newer app. */
const scripts = (page: Page) =>
  page.evaluate(() => {
    const names = performance.getEntriesByType('resource').map((entry) => entry.name)
    return [...new Set(names.filter((name) => name.endsWith('.js') && name.includes('/assets/')).map((name) => name.includes('-newer.')))]
  })

test('an update in the middle waits until it is asked for, mixes no two versions, and loses nothing that is being typed', async ({
  page,
  context,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await appIsKept(page)
  await page.reload()
  const said = (tab: Page) => tab.getByRole('textbox', { name: 'What was said?' })
  await page.getByRole('radio', { name: 'Yes' }).check()
  await said(page).pressSequentially('Good mor')
  const other = await context.newPage()
  await other.goto(`/visits/${visit.id}`)
  await expect(other.getByRole('link', { name: 'Go on with the evaluation' })).toBeVisible()

  await deploy(way)
  await lookAgain(page)
  const notice = (tab: Page) => tab.getByText('A newer version is ready.')
  await expect(notice(page)).toBeVisible()
  await expect(notice(other)).toBeVisible()
  await expect(said(page)).toBeFocused()
  await said(page).pressSequentially('ning')
  await other.getByRole('link', { name: 'Me' }).click()
  await expect(other.getByRole('heading', { name: 'Me' }), 'what was not fetched yet is there').toBeVisible()
  expect([await scripts(page), await scripts(other)]).toEqual([[false], [false]])

  await expect.poll(() => answersOn(page, visit)).toMatchObject({ words: 'Good morning' })
  await page.getByRole('button', { name: 'Use it now' }).click()
  await expect(notice(page)).toBeHidden()
  await expect(said(page)).toHaveValue('Good morning')
  await expect(page.getByRole('radio', { name: 'Yes' })).toBeChecked()
  expect(await scripts(page)).toEqual([true])

  await expect(notice(other)).toBeVisible()
  await other.getByRole('button', { name: 'Use it now' }).click()
  await expect(notice(other)).toBeHidden()
  await expect(other.getByRole('heading', { name: 'Me' })).toBeVisible()
  expect(await scripts(other)).toEqual([true])

  troubles.expectUnreachable()
  await context.setOffline(true)
  await page.reload()
  await said(page).fill('Good morning, madam')
  await expect.poll(() => answersOn(page, visit)).toEqual({ greeted: 'yes', words: 'Good morning, madam' })
})
