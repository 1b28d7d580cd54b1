import { Refusal } from './client'

/** Whether something was refused because something else happened meanwhile: what is to be done is to read it anew. */
export const overtaken = (failure: unknown) =>
  failure instanceof Refusal && (failure.status === 412 || (failure.status === 409 && !own.includes(failure.problem.type)))

/** Nobody reviews an own evaluation, or approves one that they handed in: that stays so. */
const own = ['urn:fieldcare:own-work', 'urn:fieldcare:own-import']

/** Whether a shopper is at a branch too shortly before or after; that can be confirmed. */
export const rotation = (failure: unknown) => failure instanceof Refusal && failure.problem.type === 'urn:fieldcare:rotation'

/** What is wrong by the place in what was sent: a JSON pointer such as /words. Several faults of one place are one text. */
export function faultsOf(failure: unknown): Map<string, string> {
  const faults = new Map<string, string>()
  if (!(failure instanceof Refusal)) return faults
  for (const { pointer, detail } of failure.problem.errors ?? []) {
    faults.set(pointer, [faults.get(pointer), detail].filter(Boolean).join('; '))
  }
  return faults
}
