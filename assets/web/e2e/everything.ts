import type { Locator, Page } from '@playwright/test'
import type { Answer, Question } from '../src/checklist/answer'
import type { Document } from '../src/checklist/rules'
import type { Chance } from './chance'

const options = (...texts: string[]) => texts.map((text, n) => ({ id: `o${n}`, text, points: n === 0 ? 100 : 0 }))

/** What can be tapped in the branch. */
export const moments = [
  { id: 'in', text: 'Came in' },
  { id: 'served', text: 'Served' },
  { id: 'left', text: 'Left' },
]

/** A checklist with every type of question, in three parts; nothing must be answered, so that it can be sent at any time. */
export const everything = {
  title: 'Everything',
  moments,
  sections: [
    {
      id: 'outside',
      title: 'Outside',
      questions: [
        { id: 'sign', type: 'choice', text: 'Could you find it?', options: options('At once', 'After some searching', 'Hardly') },
        { id: 'asked-whom', type: 'text', text: 'Whom did you ask?', show_when: { question: 'sign', is: ['o2'] } },
        { id: 'window', type: 'scale', text: 'How inviting is the window?', from: 1, to: 5, na: true },
        { id: 'front', type: 'photo', text: 'The front', max_photos: 4 },
        { id: 'here', type: 'location', text: 'Your position' },
      ],
    },
    {
      id: 'inside',
      title: 'Inside',
      questions: [
        { id: 'note', type: 'note', text: 'Ask whether the cake contains nuts.' },
        { id: 'means', type: 'choices', text: 'How can one pay?', options: options('Card', 'Cash', 'Telephone', 'Watch', 'Voucher') },
        { id: 'ahead', type: 'number', text: 'How many people were ahead of you?', min: 0, max: 999, na: true },
        { id: 'wait', type: 'duration', text: 'How long did you wait?' },
        { id: 'words', type: 'text', text: 'What was said?', max_length: 3000 },
        { id: 'paid-at', type: 'time', text: 'When did you pay?' },
      ],
    },
    {
      id: 'afterwards',
      title: 'Afterwards',
      questions: [
        { id: 'bill', type: 'receipt', text: 'The receipt', min_photos: 0, max_photos: 3 },
        { id: 'made-on', type: 'date', text: 'When was it made?' },
        { id: 'cup', type: 'photo', text: 'The cup', max_photos: 4 },
        { id: 'again', type: 'choice', text: 'Would you come again?', options: options('Yes', 'Perhaps', 'No') },
        { id: 'office', type: 'text', text: 'Anything else?', audience: 'coordinator' },
      ],
    },
  ],
} as unknown as Document

export const questionsIn = (part: string): Question[] => everything.sections.find((s) => s.id === part)!.questions

/** What the taps in the branch go by, among the questions. */
export const taps = '/moments'

/** Something that a shopper enters. */
export interface Entry {
  question: string
  /** In words, for whoever reads what went before a failure. */
  what: string
  /** Taps and fills in: what is entered so is perhaps not yet kept when it is over. */
  enter: (page: Page) => Promise<void>
  /** What is typed afterwards into the field that has the focus, letter by letter. */
  types?: string
  /** Whether an answer is what the phone has once all of it is kept. */
  done: (answer: Answer | undefined) => boolean
  /** Whether an answer is what the phone may have while it is entered. */
  begun: (answer: Answer | undefined) => boolean
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const partsOf = (answer: Answer | undefined) => (typeof answer === 'object' && !Array.isArray(answer) && !answer.na ? answer : {})
const photosOf = (answer: Answer | undefined) => (partsOf(answer).photos ?? []) as string[]
/** Where the phones of all tests are. */
const position = { lat: 52.2297, lon: 21.0122, accuracy: 12 }

/** Something that may be entered next for a question that has this answer. */
export function entryFor(q: Question, before: Answer | undefined, chance: Chance): Entry | undefined {
  const at = (page: Page) => page.locator(`#question-${q.id}`)
  const entry = (what: string, enter: (question: Locator) => Promise<void>, done: Entry['done'], between?: Entry['begun']): Entry => ({
    question: q.id,
    what: `${q.id}: ${what}`,
    enter: (page) => enter(at(page)),
    done,
    begun: (answer) => same(answer, before) || done(answer) || (between?.(answer) ?? false),
  })
  const becomes = (value: Answer | undefined) => (answer: Answer | undefined) => same(answer, value)
  const na = (before as { na?: boolean } | undefined)?.na === true

  if (na || (before !== undefined && ['choice', 'scale', 'location'].includes(q.type) && chance.one(5))) {
    const take = (question: Locator) => question.getByRole('button', { name: 'Take the answer away' }).tap()
    return entry('no answer', take, becomes(undefined))
  }
  if (q.na && chance.one(4)) {
    return entry('not applicable', (question) => question.getByRole('button', { name: 'Not applicable' }).tap(), becomes({ na: true }))
  }
  switch (q.type) {
    case 'choice': {
      const others = q.options!.filter((o) => o.id !== before)
      const option = chance.of(others)
      return entry(option.text, (question) => question.getByText(option.text, { exact: true }).tap(), becomes(option.id))
    }
    case 'choices': {
      const option = chance.of(q.options!)
      const chosen = (before ?? []) as string[]
      const next = chosen.includes(option.id) ? chosen.filter((id) => id !== option.id) : [...chosen, option.id]
      const tap = (question: Locator) => question.getByText(option.text, { exact: true }).tap()
      return entry(option.text, tap, becomes(next.length > 0 ? next : undefined))
    }
    case 'scale': {
      const step = chance.of([1, 2, 3, 4, 5].filter((one) => one !== before))
      return entry(String(step), (question) => question.getByText(String(step), { exact: true }).tap(), becomes(step))
    }
    case 'number': {
      const number = chance.below(900) + 10
      const typed = (answer: Answer | undefined) => answer === undefined || String(number).startsWith(String(answer))
      const clear = (question: Locator) => question.getByRole('textbox').fill('')
      return { ...entry(String(number), clear, becomes(number), typed), types: String(number) }
    }
    case 'duration': {
      const [minutes, seconds] = [chance.below(20) + 1, chance.below(50) + 1]
      const half = minutes * 60 + (((before as number | undefined) ?? 0) % 60)
      const type = async (question: Locator) => {
        await question.getByLabel('Minutes').fill(String(minutes))
        await question.getByLabel('Seconds').fill(String(seconds))
      }
      return entry(`${minutes}:${seconds}`, type, becomes(minutes * 60 + seconds), becomes(half))
    }
    case 'text': {
      const more = ` ${chance.of(['She smiled', 'He looked up', 'Nobody came'])} ${chance.below(1000)}.`
      const written = (before ?? '') as string
      const typed = (answer: Answer | undefined) =>
        typeof answer === 'string' && answer.length > written.length && (written + more).startsWith(answer)
      const goToTheEnd = (question: Locator) => question.getByRole('textbox').press('Control+End')
      return { ...entry(more.trim(), goToTheEnd, becomes(written + more), typed), types: more }
    }
    case 'date':
    case 'time': {
      const two = (n: number) => String(n).padStart(2, '0')
      const value =
        q.type === 'date' ? `2026-0${chance.below(9) + 1}-${two(chance.below(28) + 1)}` : `1${chance.below(9)}:${two(chance.below(60))}`
      return entry(value, (question) => question.locator('input').fill(value), becomes(value))
    }
    case 'photo':
    case 'receipt': {
      const photos = photosOf(before)
      // Photos alone are no answer: the amount comes first.
      if (q.type === 'receipt' && (partsOf(before).amount === undefined || chance.one(2))) {
        const amount = chance.below(900) + 100
        const paid = { ...partsOf(before), amount, currency: 'EUR' }
        const type = (question: Locator) => question.getByLabel(/^Amount/).fill((amount / 100).toFixed(2))
        return entry(
          (amount / 100).toFixed(2),
          type,
          (answer) =>
            same(partsOf(answer).amount, amount) &&
            same(photosOf(answer), photos) &&
            same(Object.keys(partsOf(answer)).sort(), Object.keys(paid).sort()),
        )
      }
      if (photos.length === q.max_photos || (photos.length > 0 && chance.one(4))) {
        const nth = chance.below(photos.length)
        const left = photos.filter((_, n) => n !== nth)
        const button = (question: Locator, name: string) => question.getByRole('button', { name: `${name}: Photo ${nth + 1}` })
        const remove = async (question: Locator) => {
          await button(question, 'Delete').tap()
          await button(question, 'Really delete').tap()
        }
        return entry(`without photo ${nth + 1}`, remove, (answer) => same(photosOf(answer), left))
      }
      const picture = { name: 'photo.bmp', mimeType: 'image/bmp', buffer: pictureOf(chance) }
      const add = (question: Locator) => question.getByLabel('From the gallery').setInputFiles(picture)
      return entry(
        'a photo',
        add,
        (answer) => photosOf(answer).length === photos.length + 1 && photos.every((hash, n) => photosOf(answer)[n] === hash),
      )
    }
    case 'location':
      if (before !== undefined) return undefined // the phone stands still
      return entry('the position', (question) => question.getByRole('button', { name: 'Use my position' }).tap(), becomes(position))
  }
  return undefined
}

/** What of the moments may be tapped next, where these were, each with its time: another one, or the last one is taken back. */
export function tapFor(before: Answer | undefined, chance: Chance): Entry {
  const tapped = (before ?? []) as string[]
  const others = moments.filter(({ id }) => !tapped.some((tap) => tap.startsWith(id + ' ')))
  const back = others.length === 0 || (tapped.length > 0 && chance.one(4))
  const moment = back ? moments.find(({ id }) => tapped.at(-1)!.startsWith(id + ' '))! : chance.of(others)
  const left = tapped.length > 1 ? tapped.slice(0, -1) : undefined
  const done = (answer: Answer | undefined) => {
    if (back) return same(answer, left)
    const now = (answer ?? []) as string[]
    return same(now.slice(0, -1), tapped) && now.at(-1)?.startsWith(moment.id + ' ') === true
  }
  return {
    question: taps,
    what: back ? `not ${moment.text}` : moment.text,
    enter: (page) => page.getByRole('button', { name: back ? `Take note ${moments.indexOf(moment) + 1} back` : moment.text }).tap(),
    done,
    begun: (answer) => same(answer, before) || done(answer),
  }
}

/** A picture that is unlike every other: 8 × 8 pixels of any colour, as a BMP. */
function pictureOf(chance: Chance): Buffer {
  const header = Buffer.alloc(54)
  header.write('BM')
  header.writeUInt32LE(54 + 192, 2)
  header.writeUInt32LE(54, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(8, 18)
  header.writeInt32LE(8, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(24, 28)
  return Buffer.concat([header, Buffer.from(Array.from({ length: 192 }, () => chance.below(256)))])
}
