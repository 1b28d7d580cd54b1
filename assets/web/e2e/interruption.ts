import type { BrowserContext, Page } from '@playwright/test'
import type { Chance } from './chance'
import type { Program } from './program'
import { foreign, no, type Fate, type Proxy as Way } from './proxy'
import { expect } from './test'

const hour = 3600_000

/** A phone on which somebody works on one page at a time, and to which everything happens that happens to phones. */
export class Phone {
  /** The page that is looked at. */
  page!: Page

  constructor(
    readonly context: BrowserContext,
    readonly way: Way,
    readonly program: Program,
  ) {}

  /** The phone's clock is the machine's, and as much as somebody changed it. */
  async hasItsOwnClock() {
    await this.context.addInitScript(() => {
      const changed = () => {
        try {
          return Number(localStorage.getItem('clock'))
        } catch {
          return 0 // a page that is none, such as one that has just been opened
        }
      }
      const now = Date.now
      Date.now = () => now() + changed()
      globalThis.Date = new Proxy(Date, {
        construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now() + changed()] : given, made) as Date,
      })
    })
  }

  /** Opens an address on a new page. */
  async open(address: string) {
    this.page = await this.context.newPage()
    await this.page.goto(address)
  }

  /** A page that is open beside the one that is looked at. */
  get other(): Page | undefined {
    return this.context.pages().find((page) => page !== this.page)
  }

  async close() {
    for (const page of this.context.pages()) await page.close()
  }

  async setClock(by: number) {
    await this.page.evaluate((by) => localStorage.setItem('clock', String(by)), by)
  }

  /** Ends everything that is wrong with the phone, the way and the server. */
  async isWell() {
    this.way.clear()
    if (!this.program.runs) await this.program.start()
    await this.context.setOffline(false)
    await this.setClock(0)
  }
}

/** Something that happens to a phone, the way or the server. */
export interface Interruption {
  name: string
  /** Whether the page that was looked at is gone: the shopper then looks at the address again. */
  ends?: boolean
  /** Whether it happens only while nothing is being entered. */
  between?: boolean
  happens: (phone: Phone, address: string, chance: Chance) => Promise<unknown>
}

const silence = 'No connection.'
const between = 'A Wi-Fi or the like answers in place of the server.'
const busy = 'The server is busy.'

/** What may become of requests while the way is bad, and what the phone says of it. */
export const fates: readonly { name: string; fate: Fate; says?: string }[] = [
  { name: 'no connection', fate: 'away', says: silence },
  { name: 'answers lost', fate: 'lost', says: silence },
  { name: 'answers cut', fate: 'cut', says: silence },
  { name: 'nobody answers', fate: 'hang' },
  { name: 'a portal', fate: 'portal', says: between },
  { name: 'a foreign answer', fate: foreign({ ok: true }), says: between },
  { name: '500', fate: no(500), says: busy },
  { name: '503', fate: no(503), says: busy },
  { name: '503 and to wait', fate: no(503, 1), says: busy },
  { name: '429 of a proxy', fate: { status: 429, body: 'slow down' }, says: busy },
]

const killed: Interruption = {
  name: 'the tab is killed',
  ends: true,
  happens: async (phone, address) => {
    await phone.page.goto('chrome://crash').catch(() => undefined)
    await phone.close() // a phone that ends one tab ends them all
    await phone.open(address)
  },
}

const closed: Interruption = {
  name: 'the page is closed',
  ends: true,
  happens: async (phone, address) => {
    await phone.page.close()
    await phone.open(address)
  },
}

const reloaded: Interruption = { name: 'the page is loaded again', ends: true, happens: (phone) => phone.page.reload() }

const secondTab: Interruption = {
  name: 'a second tab is opened, and the first one closed',
  ends: true,
  happens: async (phone, address) => {
    const first = phone.page
    await phone.open(address)
    await first.close()
  },
}

const otherTab: Interruption = {
  name: 'the other of two tabs is looked at, and left open',
  happens: async (phone, address) => {
    const { other } = phone
    if (!other) return phone.open(address)
    phone.page = other
    await other.bringToFront()
    await followTo(other, address)
  },
}

/** Goes to an address as by a link: what the page shows then is what it had, and has heard of since. */
export const followTo = (page: Page, address: string) =>
  page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)

const elsewhere: Interruption = {
  name: 'another page, and back',
  between: true,
  happens: async ({ page }, address) => {
    await page.getByRole('link', { name: /^(Visits|Close)$/ }).tap()
    await expect(page).not.toHaveURL(address)
    await page.goBack()
    await expect(page).toHaveURL(address)
  },
}

const signal: Interruption = {
  name: 'the signal goes or comes',
  happens: async (phone) => {
    const here = await phone.page.evaluate(() => navigator.onLine)
    await phone.context.setOffline(here)
  },
}

const server: Interruption = {
  name: 'the server stops or starts',
  happens: async ({ program }, _, chance) => {
    if (!program.runs) return program.start()
    return chance.one(2) ? program.stop() : program.kill()
  },
}

const bad: Interruption = {
  name: 'the way becomes bad',
  happens: async (phone, _, chance) => {
    const { name, fate } = chance.of(fates)
    phone.way.fate = () => fate
    return name
  },
}

const slow: Interruption = {
  name: 'the way becomes slow',
  happens: async ({ way }, _, chance) => {
    const wait = 200 + chance.below(1500)
    way.fate = () => new Promise((resolve) => setTimeout(() => resolve('pass'), wait))
    return `${wait} ms`
  },
}

const clear: Interruption = { name: 'the way becomes good', happens: async ({ way }) => way.clear() }

export const clock: Interruption = {
  name: 'the clock changes',
  happens: async (phone, _, chance) => {
    const hours = chance.of([-48, -3, -1, 0, 1, 5, 72, 24 * 400])
    await phone.setClock(hours * hour)
    return `${hours} h`
  },
}

const update: Interruption = {
  name: 'a newer app is looked for',
  happens: ({ page }) =>
    page.evaluate(
      () => void navigator.serviceWorker.getRegistration().then((registration) => registration?.update().catch(() => undefined)),
    ),
}

/** What ends the page that was looked at, and leaves one page open. */
export const ends: readonly Interruption[] = [killed, closed, reloaded, secondTab]

/** Everything that happens, the more often the more often it stands here. */
export const interruptions: readonly Interruption[] = [
  ...[killed, killed, closed, closed, reloaded, reloaded, reloaded, secondTab, otherTab, otherTab, otherTab, elsewhere],
  ...[signal, signal, signal, server, server, bad, bad, bad, slow, clear, clear, clock, clock, update],
]
