import type { Page } from '@playwright/test'
import type { Answer, Question } from '../src/checklist/answer'
import type { AnswerRow, Draft, PhotoRow } from '../src/offline/db'

/** What of a visit is kept on a phone. */
export interface OnPhone {
  draft: Draft | undefined
  answers: Record<string, Answer>
  /** The SHA-256 of the bytes of each photo that is kept, by the name that it is kept under. */
  photos: Record<string, string>
}

/** Reads what of a visit is on the phone, past the app. */
export const onPhone = (page: Page, { id }: { id: string }): Promise<OnPhone> =>
  page.evaluate(async (visit) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await done(indexedDB.open('fieldcare'))
    const tx = db.transaction(['drafts', 'answers', 'photos'])
    const own = async <T extends { visit: string }>(store: string) =>
      (await done<T[]>(tx.objectStore(store).getAll())).filter((row) => row.visit === visit)
    const [[draft], answers, photos] = await Promise.all([own<Draft>('drafts'), own<AnswerRow>('answers'), own<PhotoRow>('photos')])
    db.close()
    const hex = async (bytes: ArrayBuffer) =>
      Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return {
      draft,
      answers: Object.fromEntries(answers.map((row) => [row.question, row.answer])),
      photos: Object.fromEntries(await Promise.all(photos.map(async (row) => [row.sha256, await hex(row.bytes)] as const))),
    }
  }, id)

/** The answers to a visit that are on the phone, by question, whatever the screen shows. */
export const answersOn = async (page: Page, visit: { id: string }): Promise<Record<string, Answer>> => (await onPhone(page, visit)).answers

/** A question as somebody sees it who looks at the screen. */
export interface Seen {
  chosen: string[]
  written: string[]
  /** How many photos are there to be seen, and not only their frames. */
  photos: number
  position: string
  na: boolean
}

/** What the screen shows of each question. */
export const seen = (page: Page): Promise<Record<string, Seen>> =>
  page.evaluate(() => {
    const text = (element: Element | null | undefined) => element?.textContent?.trim() ?? ''
    const questions = [...document.querySelectorAll('fieldset[id^="question-"]')].map((question) => {
      const inputs = [...question.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')]
      return [
        question.id.slice('question-'.length),
        {
          chosen: inputs.filter((i) => 'checked' in i && i.checked).map((i) => text(i.closest('label'))),
          written: inputs.filter((i) => !['radio', 'checkbox', 'file'].includes(i.type)).map((i) => i.value),
          photos: [...question.querySelectorAll('img')].filter((img) => img.complete && img.naturalWidth > 0).length,
          position: [...question.querySelectorAll('.figure')].map(text).find((t) => t.includes('within')) ?? '',
          na: [...question.querySelectorAll('.badge')].some((badge) => text(badge) === 'Not applicable'),
        },
      ] as const
    })
    return Object.fromEntries(questions)
  })

/** The moments that the page of notes shows as tapped, by their numbers. */
export const seenTapped = (page: Page): Promise<number[]> =>
  page.evaluate(() => Array.from(document.querySelectorAll('[aria-pressed=true]'), (moment) => parseInt(moment.textContent!)))

/** How a question must look with an answer. */
export function looks(q: Question, answer: Answer | undefined): Seen {
  const parts = (typeof answer === 'object' && !Array.isArray(answer) ? answer : {}) as { [part: string]: unknown }
  const blank: Seen = { chosen: [], written: [], photos: 0, position: '', na: false }
  if (parts.na) return { ...blank, na: true }
  const written = (...values: (string | number)[]) => ({ ...blank, written: values.map(String) })
  switch (q.type) {
    case 'choice':
    case 'choices':
      return { ...blank, chosen: q.options!.filter((o) => [answer].flat().includes(o.id)).map((o) => o.text) }
    case 'scale':
      return { ...blank, chosen: answer === undefined ? [] : [String(answer)] }
    case 'duration':
      return typeof answer === 'number' ? written(Math.floor(answer / 60), answer % 60) : written('', '')
    case 'photo':
      return { ...blank, photos: ((parts.photos ?? []) as string[]).length }
    case 'receipt': {
      const amount = typeof parts.amount === 'number' ? (parts.amount / 100).toFixed(2) : ''
      return { ...written(amount), photos: ((parts.photos ?? []) as string[]).length }
    }
    case 'location': {
      const { lat, lon, accuracy } = parts as { lat?: number; lon?: number; accuracy?: number }
      return { ...blank, position: lat === undefined ? '' : `${lat.toFixed(5)}, ${lon!.toFixed(5)}, within ${accuracy} m` }
    }
    case 'note':
      return blank
    default:
      return written((answer as string | number | undefined) ?? '')
  }
}
