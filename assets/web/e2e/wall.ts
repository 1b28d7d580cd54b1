import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { expect } from './test'

/** Everything that a browser was told by the server, asked it for, or holds: to be searched for what must not be there. */
export class Heard {
  /** Addresses and bodies of what was asked, heads of what was answered. */
  readonly #asked: string[] = []
  readonly #answers: Promise<string>[] = []
  readonly #held: string[] = []

  listen(context: BrowserContext) {
    context.on('request', (request) => this.#asked.push(request.url(), request.postData() ?? ''))
    context.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/api/')) return
      this.#asked.push(JSON.stringify(response.headers()))
      if (response.headers()['content-type'] === 'application/pdf') return // it becomes a file, which is read where it was saved
      this.#answers.push(response.body().then((body) => body.toString('latin1') + body.toString('utf8')))
    })
  }

  /** Keeps what a page holds now: its elements, its address, and what is stored on the phone. */
  async look(page: Page) {
    this.#held.push(page.url(), await page.content(), await page.evaluate(stored))
  }

  /** Keeps what a downloaded file says, unpacked, with its name. */
  read(name: string, path: string) {
    this.#held.push(name, readFileSync(path, 'latin1'))
    if (name.endsWith('.pdf'))
      this.#held.push(execFileSync('qpdf', ['--qdf', '--object-streams=disable', path, '-'], { encoding: 'latin1' }))
  }

  /** Says that all three, what was asked, answered and is held, name one thing, and nowhere is any of the hidden ones. */
  async expect(named: string, hidden: string[]) {
    for (const part of [this.#asked, await Promise.all(this.#answers), this.#held]) {
      const all = part.join('\n').toLowerCase()
      expect(all).toContain(named.toLowerCase())
      expect(hidden.filter((word) => all.includes(word.toLowerCase()))).toEqual([])
    }
  }
}

/** What the phone stores of the app, as one text. */
async function stored(): Promise<string> {
  const databases = await indexedDB.databases()
  const opened = await Promise.all(
    databases.map(
      ({ name }) =>
        new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name!)
          opening.onsuccess = () => resolve(opening.result)
          opening.onerror = () => reject(opening.error)
        }),
    ),
  )
  const rows = opened.flatMap((db) =>
    [...db.objectStoreNames].map(
      (store) =>
        new Promise<unknown[]>((resolve, reject) => {
          const reading = db.transaction(store).objectStore(store).getAll()
          reading.onsuccess = () => resolve(reading.result)
          reading.onerror = () => reject(reading.error)
        }),
    ),
  )
  const all = await Promise.all(rows)
  opened.forEach((db) => db.close())
  return JSON.stringify([all, { ...localStorage }, { ...sessionStorage }])
}
