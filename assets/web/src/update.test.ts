import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { happens, newPhone } from './offline/testing'

interface Worker {
  state: string
  onstatechange?: () => void
}

/** The service workers of a browser, which forgets a registration whose first worker did not get all its files. */
class Workers extends EventTarget {
  controller: Worker | null = null
  fetched = 0
  /** What becomes of a worker that is fetched. */
  signal: 'none' | 'weak' | 'good' = 'good'
  registration: ReturnType<Workers['anew']> | undefined

  anew() {
    const installing: Worker | null = { state: 'installing' }
    return Object.assign(new EventTarget(), { installing, waiting: null, active: null, update: vi.fn(() => Promise.resolve()) }) as {
      installing: Worker | null
      active: Worker | null
      update: () => Promise<void>
    } & EventTarget
  }

  async register() {
    if (this.registration) return this.registration
    this.fetched++
    await Promise.resolve()
    if (this.signal === 'none') throw new TypeError('Failed to fetch')
    const registration = (this.registration = this.anew())
    setTimeout(() => this.#install(registration, this.signal === 'good'))
    return registration
  }

  #install(registration: NonNullable<Workers['registration']>, whole: boolean) {
    const worker = registration.installing!
    registration.installing = null
    if (whole) registration.active = worker
    else this.registration = undefined
    worker.state = whole ? 'activated' : 'redundant'
    worker.onstatechange?.()
  }
}

let workers: Workers
beforeEach(() => {
  newPhone()
  vi.useFakeTimers()
  vi.stubEnv('PROD', true)
  workers = new Workers()
  vi.stubGlobal('navigator', { ...navigator, serviceWorker: workers })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

/** The app is opened, and the worker that it fetches has got its files or not. */
async function opened(signal: Workers['signal']) {
  workers.signal = signal
  vi.resetModules()
  const { version } = await import('./update.svelte')
  version.watch()
  expect(version.kept).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  return version
}

test('the app says that it is on the phone once its worker has all the files', async () => {
  expect((await opened('good')).kept).toBe(true)
  happens('online')
  await vi.advanceTimersByTimeAsync(3600_000)
  expect(workers.fetched).toBe(1)
})

for (const signal of ['none', 'weak'] as const)
  for (const event of ['online', 'visibilitychange'])
    test(`an app that did not come whole (signal: ${signal}) is fetched again on ${event}`, async () => {
      const version = await opened(signal)
      expect(version.kept).toBe(false)
      workers.signal = 'good'
      happens(event)
      await vi.advanceTimersByTimeAsync(1)
      expect([version.kept, workers.fetched]).toEqual([true, 2])
    })

test('an app that did not come whole is fetched again after pauses that grow, until it is there', async () => {
  const version = await opened('weak')
  await vi.advanceTimersByTimeAsync(3600_000)
  expect(version.kept).toBe(false)
  expect(workers.fetched).toBeGreaterThan(5)
  expect(workers.fetched).toBeLessThan(60)
  workers.signal = 'none'
  await vi.advanceTimersByTimeAsync(3600_000)
  workers.signal = 'good'
  await vi.advanceTimersByTimeAsync(600_000)
  expect(version.kept).toBe(true)
})

test('an app that is on the phone looks for a newer one when its page is seen, whether or not there is a signal', async () => {
  const version = await opened('good')
  workers.registration!.update = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')))
  happens('visibilitychange')
  await vi.advanceTimersByTimeAsync(1)
  expect(workers.registration!.update).toHaveBeenCalledOnce()
  expect(version.kept).toBe(true)
})
