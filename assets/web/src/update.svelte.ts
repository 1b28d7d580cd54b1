import { pause } from './offline/outbox'

/**
 * Whether the app is on the phone whole, and whether a newer version of it waits, or was taken in another tab, which leaves
 * this one without what it has not fetched yet. That is taken when the person asks, or when the app is opened next.
 */
class Update {
  ready = $state(false)
  /** Whether the app opens and works without a signal. */
  kept = $state(true)
  #waiting: ServiceWorker | null = null

  watch() {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
    const workers = navigator.serviceWorker
    const first = workers.controller
    this.kept = first !== null
    let registration: ServiceWorkerRegistration | undefined
    let failures = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const look = () => {
      const { active, waiting, installing } = registration!
      this.#waiting = waiting
      this.kept = active !== null
      const { controller } = workers
      this.ready = controller !== null && (waiting !== null || (first !== null && controller !== first))
      if (!installing) return
      installing.onstatechange = () => {
        look()
        if (installing.state === 'redundant') later() // a file of the app did not arrive
      }
    }
    // Without its first worker a browser forgets the registration, and tries nothing by itself.
    const fetchApp = async () => {
      clearTimeout(timer)
      try {
        const before = registration
        registration = await workers.register('/sw.js')
        if (registration !== before) registration.addEventListener('updatefound', look)
        look()
      } catch {
        later() // no signal, or a browser that forbids it, such as in a private window: the app works while there is one
      }
    }
    const later = () => {
      clearTimeout(timer)
      if (!this.kept) timer = setTimeout(() => void fetchApp(), pause(failures++, 0, Math.random()))
    }

    void fetchApp()
    workers.addEventListener('controllerchange', () => registration && look())
    addEventListener('online', () => this.kept || void fetchApp())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return
      if (this.kept && registration)
        registration.update().catch(() => undefined) // no signal
      else void fetchApp()
    })
  }

  take() {
    if (!this.#waiting) return location.reload()
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    this.#waiting.postMessage('take over')
  }
}

export const version = new Update()
