/** Does what comes after what a tap itself shows, once that is on the screen. */
export function afterFrame(work: () => void) {
  requestAnimationFrame(() => setTimeout(work))
}

/** Does what nobody waits for, once what they wait for is shown. Not every browser says when that is. */
export function whenIdle(work: () => void) {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 2000 })
  else setTimeout(work, 200)
}
