import { accept, decline, release } from './api/visit'
import { desk } from './desk.svelte'
import type { Visit } from './offline/db'
import { keepVisit, keptEvaluation } from './offline/visits'
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

/** What the reviewer says of what was handed in for a visit: words, and a grade from 1 to 10. */
export async function reviewOf({ evaluation_id, state }: Visit) {
  const user = session.user?.id
  if (!user || !evaluation_id || !['returned', 'approved', 'rejected'].includes(state)) return undefined
  return keptEvaluation(user, evaluation_id)
}
