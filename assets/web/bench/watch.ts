/** When one answer was shown and kept, in milliseconds after the tap or key; of the first answer after the page was asked for. */
export interface Took {
  shown: number
  kept: number
  /** Of an answer on which other questions hang: when they had come, or gone. */
  followed?: number
  /** Of the first answer: when the first question was on the screen. */
  seen?: number
}

declare global {
  interface Window {
    /** Is told of each answer when it was shown and kept. */
    answered: (took: Took) => void
  }
}

/**
 * Runs in a page before its own scripts: where its opening is measured, answers the first question at the first moment at which
 * it can be answered; and tells of every answer when the frame with it was painted, and when it was stored. The page is never
 * asked: a question would take of the time that is measured.
 */
export function watchAnswers(opening: boolean) {
  /** Since when the page is being opened, on its own clock. */
  let asked = 0
  let waiting: Took[] = []
  const kept = () => {
    for (const one of waiting) {
      one.kept += performance.now()
      told(one)
    }
    waiting = []
  }
  const told = (one: Took) => {
    const { shown, kept, followed = 1 } = one
    if (shown > 0 && kept > 0 && followed > 0) window.answered(one)
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
  addEventListener('click', ({ target }) => (target as Element).closest('a') && (asked = touched), true)
  let seen: number | undefined
  addEventListener(
    'input',
    ({ target }) => {
      const input = target as HTMLInputElement
      const since = seen === undefined ? touched : asked
      const one: Took = { shown: NaN, kept: -since, ...(seen !== undefined && { seen }) }
      waiting.push(one)
      const questions = () => document.querySelectorAll('fieldset').length
      const before = questions()
      const follow = () => {
        if (questions() === before) return painted(follow)
        one.followed = performance.now() - since
        told(one)
      }
      if (input.closest('#question-phoned .options')) {
        one.followed = NaN
        painted(follow)
      }
      const look = () => {
        const label = input.closest('label[class]') // the app shows a choice by more than the control itself
        if (label && input.checked !== label.classList.contains('chosen')) painted(look)
        else {
          one.shown = performance.now() - since
          told(one)
        }
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
      seen = performance.now() - asked
      option.click()
      seen = undefined
    })
  }
  if (opening) requestAnimationFrame(first)
}
