import type { Schemas } from '../api/client'
import type { Said } from './answer'

export type Condition = Schemas['Condition']

/**
 * Whether a condition holds, given what the visible questions before it were answered. A comparison with a question that
 * is hidden, empty or N/A is false, whichever way it points; only na asks for N/A. No condition always holds.
 */
export function holds(c: Condition | null | undefined, said: (question: string) => Said | undefined): boolean {
  if (!c) return true
  if (c.all) return c.all.every((one) => holds(one, said))
  if (c.any) return c.any.some((one) => holds(one, said))
  if (c.none) return !c.none.some((one) => holds(one, said))
  const answer = said(c.question ?? '')
  if (!answer) return false
  if (answer.na) return c.na !== undefined
  const chosen = answer.chosen ?? []
  if (c.is) return c.is.some((id) => chosen.includes(id))
  if (c.not) return !c.not.some((id) => chosen.includes(id))
  if (c.at_least !== undefined) return (answer.number ?? 0) >= c.at_least
  if (c.at_most !== undefined) return (answer.number ?? 0) <= c.at_most
  return c.answered !== undefined
}

/** The questions that a condition asks about. */
export function asksAbout(c: Condition | null | undefined): string[] {
  if (!c) return []
  return [c.all, c.any, c.none].flatMap((list) => (list ?? []).flatMap(asksAbout)).concat(c.question ? [c.question] : [])
}
