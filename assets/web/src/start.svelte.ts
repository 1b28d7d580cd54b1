import { desk } from './desk.svelte'
import './homescreen.svelte'
import { whenIdle } from './idle'
import { has, recall } from './session.svelte'
import { version } from './update.svelte'

/** What happens once, when the app opens. */
export function start() {
  void recall()
  desk.watch()
  version.watch()
  whenIdle(() => import('./focus').then((focus) => focus.keepFocus()).catch(() => undefined))
  $effect.root(() => {
    $effect(() => {
      // What is not on the phone yet, and cannot be fetched, has nothing to send.
      if (has('moderator', 'coordinator', 'admin')) import('./door.svelte').then((door) => door.keepSending()).catch(() => undefined)
    })
  })
}
