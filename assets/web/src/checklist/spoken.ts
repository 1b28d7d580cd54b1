import { money, stopwatch } from '../format'
import type { Answer, Question } from './answer'

type Parts = { na?: boolean; amount?: number; currency?: string; lat?: number; lon?: number; accuracy?: number | null }

/** What an answer says, in the words of its question: nothing where it is only photos. na: the words for N/A. */
export function spoken(q: Question, answer: Answer, na: string): string {
  const named = (id: string) => q.options?.find((o) => o.id === id)?.text ?? id
  if (Array.isArray(answer)) return answer.map(named).join(' · ')
  if (typeof answer === 'object') return ofParts(answer as Parts, na)
  switch (q.type) {
    case 'choice':
      return named(String(answer))
    case 'scale':
      return `${answer} (${q.from}–${q.to})`
    case 'duration':
      return stopwatch(Number(answer))
  }
  return String(answer)
}

function ofParts({ na, amount, currency, lat, lon, accuracy }: Parts, words: string): string {
  if (na) return words
  if (amount !== undefined && currency) return money({ amount, currency })
  if (lat !== undefined && lon !== undefined) return `${lat}, ${lon}${accuracy ? ` (± ${accuracy} m)` : ''}`
  return ''
}
