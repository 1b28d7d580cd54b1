import { accept, decline, release } from './api/visit'
import { desk } from './desk.svelte'
import { keepVisit } from './offline/visits'
import { session } from './session.svelte'

export type VisitAnswer = 'accept' | 'decline' | 'release'

/** Tells the server what the shopper says to a visit, and fetches what is needed for it. It needs a connection. */
export async function answerVisit(id: string, answer: VisitAnswer, reason: string): Promise<void> {
  const user = session.user?.id
  if (!user) return
  const visit = await (answer === 'accept' ? accept(id) : answer === 'decline' ? decline(id, reason) : release(id, reason))
  await keepVisit(user, visit, Date.now())
  void desk.round()
}
