import { desk } from './desk.svelte'
import './homescreen.svelte'
import { has, recall } from './session.svelte'
import { version } from './update.svelte'

/** Who goes by Tab has a keyboard; on a phone nobody waits for what that needs. */
function fetchFocus({ key }: KeyboardEvent) {
  if (key !== 'Tab') return
  removeEventListener('keydown', fetchFocus)
  void import('./focus').then(({ keepFocus }) => keepFocus()).catch(() => undefined)
}

/** What happens once, when the app opens. */
export function start() {
  void recall()
  desk.watch()
  version.watch()
  addEventListener('keydown', fetchFocus)
  $effect.root(() => {
    $effect(() => {
      // What is not on the phone yet, and cannot be fetched, has nothing to send.
      if (has('moderator', 'coordinator', 'admin')) import('./door.svelte').then((door) => door.keepSending()).catch(() => undefined)
    })
  })
}
