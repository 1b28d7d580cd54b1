import type { Filling } from './filling.svelte'
import { changeDraft } from './offline/work'
import { glance } from './position'

/**
 * The camera opens for a question. That is noted on the phone: one that is short of room may end the browser behind the
 * camera, and what it takes never arrives.
 */
export function opens(filling: Filling, question: string): Promise<void> {
  void glance()
  return note(filling, question)
}

/** The camera has closed, and its photo is here, or there is none. */
export const closes = (filling: Filling): Promise<void> => note(filling, undefined)

async function note(filling: Filling, camera: string | undefined): Promise<void> {
  filling.lost = undefined // that is over
  const { user, visit } = filling.draft
  await changeDraft(user, visit, () => ({ camera }), new Date()).catch(() => undefined) // a full phone notes nothing
}
