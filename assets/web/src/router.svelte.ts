import type { Attachment } from 'svelte/attachments'

/** The address that is shown: its path and its parameters. */
export const place = $state({ path: location.pathname, search: location.search })

/** Whether something else was asked for, and its heading is not there yet. */
let arriving = false

function look() {
  arriving = true
  place.path = location.pathname
  place.search = location.search
}

addEventListener('popstate', look)

/**
 * The heading of a page, or of one of its parts. What came in the place of something else is said to those who listen, and
 * the keyboard goes on from there.
 */
export const heading: Attachment<HTMLElement> = (h) => {
  if (!arriving) return
  arriving = false
  h.tabIndex = -1
  h.focus({ preventScroll: true })
}

/** Goes to an address of the app. */
export function go(to: string, { replace = false } = {}) {
  if (to === location.pathname + location.search) return
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  look()
  if (!replace) scrollTo(0, 0)
}

// Links of the app change the page without loading it anew.
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.dataset.outside !== undefined) return
  event.preventDefault()
  if (event.detail > 1) return // a double tap: on the page that is there now the second one would be on another link
  go(link.pathname + link.search)
})

/** The values of a pattern such as /visits/:id in a path, or undefined where it is of another page. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.replace(/\/$/, '').split('/')
  if (wanted.length !== given.length && !(pattern === '/' && path === '/')) return undefined
  const values: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? ''
    if (!part.startsWith(':')) {
      if (part !== value) return undefined
      continue
    }
    try {
      values[part.slice(1)] = decodeURIComponent(value)
    } catch {
      return undefined // a malformed address is of no page
    }
  }
  return values
}
