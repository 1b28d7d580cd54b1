import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { Office, type PlannedVisit } from './office'
import { password, Program } from './program'

/** What a browser says went wrong, of all its pages. */
export class Troubles {
  readonly said: string[] = []
  #unreachable = false
  #refusing = false

  async watch(context: BrowserContext) {
    await context.addInitScript(() =>
      addEventListener('securitypolicyviolation', (e) => console.error(`the policy forbids ${e.effectiveDirective} ${e.blockedURI}`)),
    )
    context.on('weberror', (error) => this.said.push(error.error().stack ?? error.error().message))
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      // Chromium itself writes of each request that met no server; nothing else is let pass.
      if (this.#unreachable && /^Failed to load resource: net::ERR_/.test(message.text())) return
      if (this.#refusing && /^Failed to load resource: the server responded with a status of/.test(message.text())) return
      this.said.push(`${message.text()} (${message.location().url})`)
    })
  }

  /** From now on the server cannot be reached, and is to be missed without a word. */
  expectUnreachable() {
    this.#unreachable = true
  }

  /** From now on the server says no to something. */
  expectRefusals() {
    this.#refusing = true
  }
}

interface Fixtures {
  program: Program
  office: Office
  troubles: Troubles
  /** Opens the app in another browser: on another phone or, where it is wide, at a desk. */
  elsewhere: (viewport?: { width: number; height: number }) => Promise<Page>
}

/** The screen of a desk. */
export const wide = { width: 1280, height: 800 }

/** A test with the program on a copy of the demo, a coordinator at the office, and nothing to be said by the browser. */
export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads from it what is needed
  program: async ({}, use) => {
    const program = new Program(process.env.FIELDCARE_DEMO_DATA!)
    await program.start()
    await use(program)
    await program.remove()
  },
  baseURL: async ({ program }, use) => use(program.url),
  office: async ({ program }, use) => {
    const office = new Office(program.url)
    await office.signIn()
    await use(office)
  },
  troubles: [
    async ({ context }, use) => {
      const troubles = new Troubles()
      await troubles.watch(context)
      await use(troubles)
      expect(troubles.said, 'what the browser says').toEqual([])
    },
    { auto: true },
  ],
  elsewhere: async ({ browser, troubles }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (viewport) => {
      const context = await browser.newContext(viewport && { viewport })
      contexts.push(context)
      await troubles.watch(context)
      return context.newPage()
    })
    for (const context of contexts) await context.close()
  },
})

export { expect }

export async function signIn(page: Page, who: string, secret = password) {
  await page.goto('/')
  await page.getByLabel('E-mail').fill(`${who}@fieldcare.example`)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Sections' })).toBeVisible()
  await expect(page).not.toHaveURL(/\/sign-in/) // only now the phone knows them without being told
}

/**
 * Waits until the app is on the phone whole, so that it opens without a signal. Chromium does not always hand the page that
 * is open to its first worker; then it is opened anew, as it is when it is needed.
 */
export async function appIsKept(page: Page) {
  const worker = () => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  const served = () => page.evaluate(() => navigator.serviceWorker.controller !== null)
  await expect.poll(worker).toBe('activated')
  if (!(await served())) await page.reload()
  await expect.poll(served).toBe(true)
}

/** Waits until a visit's checklist is on the phone, to be filled in without a signal. */
export async function checklistIsKept(page: Page, { checklist, version }: PlannedVisit) {
  const keys = () =>
    page.evaluate(
      () =>
        new Promise<[user: string, checklist: string, version: number][]>((resolve, reject) => {
          const opening = indexedDB.open('fieldcare')
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            const reading = opening.result.transaction('versions').objectStore('versions').getAllKeys()
            reading.onsuccess = () => {
              opening.result.close()
              resolve(reading.result as [string, string, number][])
            }
          }
        }),
    )
  await expect.poll(async () => (await keys()).map(([, ...key]) => key)).toContainEqual([checklist, version])
}
