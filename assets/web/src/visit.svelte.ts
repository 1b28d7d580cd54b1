import { accept, decline, release } from './api/visit'
import { desk } from './desk.svelte'
import { isFull, type Visit } from './offline/db'
import { forgetVisit, keepVisit, keptEvaluation } from './offline/visits'
import { session } from './session.svelte'

export type VisitAnswer = 'accept' | 'decline' | 'release'

/**
 * Tells the server what the shopper says to a visit, and fetches what is needed for it. It needs a connection. A phone that is
 * full does not note what the server knows now, and shows the visit as it was until there is room.
 */
export async function answerVisit(id: string, answer: VisitAnswer, reason: string): Promise<'full' | undefined> {
  const user = session.user?.id
  if (!user) return undefined
  const visit = await (answer === 'accept' ? accept(id) : answer === 'decline' ? decline(id, reason) : release(id, reason))
  try {
    await (visit ? keepVisit(user, visit, Date.now()) : forgetVisit(user, id))
    return undefined
  } catch (error) {
    if (isFull(error)) return 'full'
    throw error
  } finally {
    void desk.round()
  }
}

/** What the reviewer says of what was handed in for a visit: words, and a grade from 1 to 10. */
export async function reviewOf({ evaluation_id, state }: Visit) {
  const user = session.user?.id
  if (!user || !evaluation_id || !['returned', 'approved', 'rejected'].includes(state)) return undefined
  return keptEvaluation(user, evaluation_id)
}
