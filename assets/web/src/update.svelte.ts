/**
 * Whether a newer version of the app waits, or was taken in another tab, which leaves this one without what it has not
 * fetched yet. It is taken when the person asks, or when the app is opened next.
 */
class Update {
  ready = $state(false)
  #waiting: ServiceWorker | null = null

  watch() {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
    const first = navigator.serviceWorker.controller
    navigator.serviceWorker.register('/sw.js').then(
      (registration) => {
        const look = () => {
          this.#waiting = registration.waiting
          const { controller } = navigator.serviceWorker
          this.ready = controller !== null && (registration.waiting !== null || (first !== null && controller !== first))
        }
        look()
        navigator.serviceWorker.addEventListener('controllerchange', look)
        registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
        document.addEventListener('visibilitychange', () => {
          if (document.visibilityState === 'visible') registration.update().catch(() => undefined) // no signal
        })
      },
      () => undefined, // a browser that forbids it, such as in a private window: the app works while there is a signal
    )
  }

  take() {
    if (!this.#waiting) return location.reload()
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    this.#waiting.postMessage('take over')
  }
}

export const version = new Update()
