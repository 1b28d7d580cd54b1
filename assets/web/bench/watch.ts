/** When one answer was shown and kept, in milliseconds after the tap or key; of the first answer after the page was asked for. */
export interface Took {
  shown: number
  kept: number
}

/** What a page is told to do before it loads, and where it notes what it sees. */
export interface Watch {
  /** Since when the page is being opened, on its own clock. */
  since: number
  /** How long it took until the first question was on the screen. */
  seen?: number
  answers: Took[]
}

declare global {
  interface Window {
    watch: Watch
  }
}

/**
 * Runs in a page before its own scripts: answers the first question at the first moment at which it can be answered, and
 * notes of this and of every later answer when the frame with it was painted, and when it was stored.
 */
export function watchAnswers() {
  const watch: Watch = (window.watch = { since: 0, answers: [] })
  let waiting: Took[] = []
  const kept = () => {
    for (const one of waiting) one.kept += performance.now()
    waiting = []
  }

  const transaction = IDBDatabase.prototype.transaction
  IDBDatabase.prototype.transaction = function (...given) {
    const begun = transaction.apply(this, given)
    if (begun.mode === 'readwrite' && begun.objectStoreNames.contains('answers')) begun.addEventListener('complete', kept)
    return begun
  }
  const setItem = Storage.prototype.setItem
  Storage.prototype.setItem = function (...given) {
    setItem.apply(this, given)
    kept()
  }

  const painted = (then: () => void) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = then
      channel.port2.postMessage(undefined)
    })

  let touched = 0
  for (const touch of ['pointerup', 'keydown']) addEventListener(touch, (event) => (touched = event.timeStamp), true)
  addEventListener('click', ({ target }) => (target as Element).closest('a') && (watch.since = touched), true)
  let opening = false
  addEventListener(
    'input',
    ({ target }) => {
      const input = target as HTMLInputElement
      const since = opening ? watch.since : touched
      const one: Took = { shown: NaN, kept: -since }
      watch.answers.push(one)
      waiting.push(one)
      const look = () => {
        const label = input.closest('label[class]') // the app shows a choice by more than the control itself
        if (label && input.checked !== label.classList.contains('chosen')) painted(look)
        else one.shown = performance.now() - since
      }
      painted(look)
    },
    true,
  )

  const first = () => {
    const question = document.querySelector('#question-sign')
    const option = [...(question?.querySelectorAll('input') ?? [])].find((input) => !input.checked)
    if (!option) return requestAnimationFrame(first)
    painted(() => {
      watch.seen = performance.now() - watch.since
      opening = true
      option.click()
      opening = false
    })
  }
  requestAnimationFrame(first)
}
