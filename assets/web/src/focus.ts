const usable = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]'

/** What the keyboard was last on. A tap or a click ends that: then nothing is looked for. */
let last: HTMLElement | undefined

/**
 * Keeps the keyboard where it was: when what it was on is gone, because that did its work or somebody else changed something,
 * it goes to what came in its place, or stands beside it. What was only busy has it again afterwards.
 */
export function keepFocus() {
  const on = (target: EventTarget | null) => {
    last = target instanceof HTMLElement && target.matches(':focus-visible') ? target : undefined
  }
  on(document.activeElement)
  addEventListener('focusin', ({ target }) => on(target))
  addEventListener('pointerdown', () => (last = undefined), { capture: true })
  new MutationObserver((changes) => {
    if (!last || document.activeElement !== document.body) return
    if (!last.isConnected) next(last, changes)?.focus()
    else if (last.matches(':enabled')) last.focus()
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] })
}

function next(gone: HTMLElement, changes: MutationRecord[]): HTMLElement | undefined {
  const removal = changes.find(({ target, removedNodes }) => target.isConnected && [...removedNodes].some((node) => node.contains(gone)))
  if (!removal) return undefined
  const came = changes.filter(({ target }) => target === removal.target).flatMap(({ addedNodes }) => [...addedNodes])
  const instead = came.flatMap((node) => (node instanceof HTMLElement ? usableIn(node) : []))[0]
  if (instead) return instead
  let around = removal.target as HTMLElement
  while (around.parentElement && around.id !== 'content' && usableIn(around).length === 0) around = around.parentElement
  const found = usableIn(around)
  return found.filter((one) => isBefore(one, removal.previousSibling)).at(-1) ?? found[0] ?? around
}

const usableIn = (node: HTMLElement) =>
  [...(node.matches(usable) ? [node] : []), ...node.querySelectorAll<HTMLElement>(usable)].filter((one) => one.getClientRects().length > 0)

/** Whether something stands up to the end of what was before the gap. */
function isBefore(one: HTMLElement, edge: Node | null): boolean {
  return edge !== null && (edge.contains(one) || (edge.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) > 0)
}
