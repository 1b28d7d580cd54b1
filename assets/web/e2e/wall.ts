import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import type { Proxy } from './proxy'
import { expect } from './test'

/** Everything that a browser was told by the server, asked it for, or holds: to be searched for what must not be there. */
export class Heard {
  readonly #held: string[] = []

  /** way: by which the browser reaches the server. */
  constructor(readonly way: Proxy) {}

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
  expect(named: string, hidden: string[]) {
    const calls = this.way.passed.filter(({ path }) => path.startsWith('/api/'))
    const asked = calls.flatMap(({ path, body, answer }) => [path, String(body), ...(answer?.headers ?? [])])
    // A PDF becomes a file, which is read where it was saved.
    const read = calls.flatMap(({ answer }) => (answer && !answer.headers.includes('application/pdf') ? answer.body : []))
    const answers = read.flatMap((body) => [body.toString('latin1'), body.toString('utf8')])
    for (const part of [asked, answers, this.#held]) {
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
