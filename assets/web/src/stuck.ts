import type { Answer, Question } from './checklist/answer'
import { photosOf } from './checklist/photos'
import type { Answers } from './checklist/rules'
import type { Visit } from './offline/db'
import { discard } from './offline/discard'
import { fetchEvaluation, fetchVersion } from './offline/visits'
import { workOn } from './offline/work'
import { session } from './session.svelte'

/** How much work on a visit is on this phone and nowhere else. */
export async function extentOf(visit: string): Promise<{ answers: number; photos: number }> {
  const work = session.user && (await workOn(session.user.id, visit))
  if (!work) return { answers: 0, photos: 0 }
  const named = new Set(Object.values(work.answers).flatMap(photosOf))
  return { answers: Object.keys(work.answers).length, photos: work.photos.filter((p) => named.has(p.sha256)).length }
}

/** What was answered to a question, and how many photos were. */
export interface Line {
  question: Question
  answer: Answer | undefined
  photos: number
}

/** What the server has of a visit, from whatever phone it came; nothing where nothing was handed in. */
export async function handedIn(visit: Visit): Promise<Line[]> {
  const user = session.user?.id
  if (!user || !visit.evaluation_id) return []
  const answers = ((await fetchEvaluation(user, visit.evaluation_id, visit.state)).answers ?? {}) as Answers
  const { document } = await fetchVersion(user, visit.checklist_id, visit.checklist_version)
  const questions = document.sections.flatMap((section) => section.questions).filter(({ type }) => type !== 'note')
  return questions.map((question) => {
    const answer = answers[question.id]
    return { question, answer, photos: photosOf(answer).length }
  })
}

/** Throws away the work on a visit that is on this phone. */
export async function discardWork(visit: string): Promise<void> {
  if (session.user) await discard(session.user.id, visit)
}
