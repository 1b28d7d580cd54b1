import type { Evaluation } from '../../api/review'

type Observation = Evaluation['observations'][number]

/** Observations that say the same are read once: how many they are, and of which questions. */
export function alike(observations: Observation[]): { reason: string; n: number; questions: string[] }[] {
  const reasons = [...new Set(observations.map(({ reason }) => reason))]
  return reasons.map((reason) => {
    const same = observations.filter((one) => one.reason === reason)
    return { reason, n: same.length, questions: [...new Set(same.flatMap(({ question_id }) => question_id ?? []))] }
  })
}
