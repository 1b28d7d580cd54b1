import type { Named, VisitPlan } from './api/planning'
import { typedAmount } from './checklist/number'
import { decimalsOf } from './format'

/** Many visits that differ only in where and by whom, as they are written down. Amounts are texts such as 12.50. */
export interface Round {
  checklist: string
  branches: Named[]
  shoppers: Named[]
  opens: string
  closes: string
  fee: string
  expenses: string
  currency: string
  persona: string
  instructions: string
  questions: string
}

/** How many visits one request plans at most. */
export const mostVisits = 2000

export const countOf = (round: Round) => round.branches.length * Math.max(1, round.shoppers.length)

/** An amount in minor units of its currency; undefined where the text is none that can be paid. */
export function amountOf(text: string, currency: string): number | undefined {
  const amount = typedAmount(text, decimalsOf(currency))
  return amount !== undefined && amount >= 0 && Number.isSafeInteger(amount) ? amount : undefined
}

/** The visits of the round: one for each branch and shopper; without shoppers one for each branch. */
export function plansOf(round: Round): VisitPlan[] {
  const money = (name: 'fee' | 'expense_limit', text: string) =>
    text.trim() === '' ? {} : { [name]: { amount: amountOf(text, round.currency) ?? 0, currency: round.currency } }
  const { persona, instructions, questions } = round
  const plan = {
    checklist_id: round.checklist,
    opens: round.opens,
    closes: round.closes,
    scenario: { persona, instructions, questions },
    ...money('fee', round.fee),
    ...money('expense_limit', round.expenses),
  }
  const shoppers = round.shoppers.length > 0 ? round.shoppers.map((s) => ({ shopper_id: s.id })) : [{}]
  return round.branches.flatMap((branch) => shoppers.map((shopper) => ({ ...plan, branch_id: branch.id, ...shopper })))
}

/** What the server has against a round, at the fields of the form. */
export interface RoundFaults {
  /** By the field of a visit, such as /opens: those of some branches only name them. */
  fields: Map<string, string>
  branches: Map<string, string>
  shoppers: Map<string, string>
}

/** Brings faults of single visits (/visits/3/opens) to the fields that they all share, to the branch or to the shopper. */
export function faultsIn(round: Round, faults: Map<string, string>): RoundFaults {
  const plans = plansOf(round)
  const into: RoundFaults = { fields: new Map(), branches: new Map(), shoppers: new Map() }
  const where = new Map<string, Set<string>>() // field and detail -> the branches that have it
  const note = (map: Map<string, string>, key: string, detail: string) => {
    const before = map.get(key)
    if (!before?.split('; ').includes(detail)) map.set(key, before ? `${before}; ${detail}` : detail)
  }
  for (const [pointer, detail] of faults) {
    const [, number, field] = /^\/visits\/(\d+)(\/.*)$/.exec(pointer) ?? []
    const plan = plans[Number(number)]
    if (!plan || field === undefined) continue
    if (field === '/branch_id') note(into.branches, plan.branch_id, detail)
    else if (field === '/shopper_id') note(into.shoppers, plan.shopper_id ?? '', detail)
    else {
      const key = JSON.stringify([field, detail])
      where.set(key, (where.get(key) ?? new Set()).add(plan.branch_id))
    }
  }
  for (const [key, branches] of where) {
    const [field, detail] = JSON.parse(key) as [string, string]
    const names = round.branches.filter((b) => branches.has(b.id)).map((b) => b.name)
    note(into.fields, field, names.length === round.branches.length ? detail : `${names.join(', ')}: ${detail}`)
  }
  return into
}
