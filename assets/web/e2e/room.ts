import type { BrowserContext, CDPSession, Page } from '@playwright/test'
import { expect } from './test'

const megabyte = 1 << 20
const roomAtFirst = 16 * megabyte

/** The room that a phone has for the app. It is little from the beginning: Chromium asks for it rarely where it is much. */
export class Room {
  private constructor(
    readonly page: Page,
    readonly session: CDPSession,
    readonly origin: string,
  ) {}

  /** Before the app is opened first. */
  static async of(page: Page, url: string): Promise<Room> {
    const room = new Room(page, await page.context().newCDPSession(page), new URL(url).origin)
    await room.#allow(roomAtFirst)
    return room
  }

  #allow = (quotaSize: number) => this.session.send('Storage.overrideQuotaForOrigin', { origin: this.origin, quotaSize })

  /** The phone is full from now on: what does not fit makes Chromium look how much is left. */
  async fillUp() {
    await this.#allow(1)
    const ended = await this.page.evaluate(
      (size) =>
        new Promise<string | undefined>((resolve, reject) => {
          const opening = indexedDB.open('fieldcare')
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            const writing = opening.result.transaction('photos', 'readwrite')
            const end = () => (opening.result.close(), resolve(writing.error?.name))
            writing.oncomplete = writing.onabort = end
            writing
              .objectStore('photos')
              .put({ user: '', visit: '', sha256: '', bytes: crypto.getRandomValues(new Uint8Array(1)).buffer, fill: new Uint8Array(size) })
          }
        }),
      2 * roomAtFirst,
    )
    expect(ended, 'the phone is full').toBe('QuotaExceededError')
  }

  makeRoom = () => this.#allow(100 * roomAtFirst)
}

/** The tab dies without a last word; another one is opened. */
export async function killed(page: Page, context: BrowserContext): Promise<Page> {
  await page.goto('chrome://crash').catch(() => undefined)
  await page.close()
  return context.newPage()
}
