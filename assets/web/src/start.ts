import { desk } from './desk.svelte'
import { recall } from './session.svelte'
import { version } from './update.svelte'

/** What happens once, when the app opens. */
export function start() {
  void recall()
  desk.watch()
  version.watch()
}
