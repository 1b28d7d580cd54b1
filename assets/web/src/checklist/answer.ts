import type { Schemas } from '../api/client'

export type Question = Schemas['Question']
export type Answer = string | number | string[] | { [part: string]: unknown }

/** What an answer says, once it is read. */
export interface Said {
  na?: true
  /** Of choice and choices: the ids of what was chosen. */
  chosen?: string[]
  /** Of number, scale and duration. */
  number?: number
}

/** Nothing where there is no answer; wrong says what would be right: a key of the messages and its values. */
export type Read = { said?: Said; wrong?: Wrong }
export interface Wrong {
  rule:
    | 'answer'
    | 'alone'
    | 'number'
    | 'decimals'
    | 'range'
    | 'least'
    | 'most'
    | 'short'
    | 'long'
    | 'day'
    | 'time'
    | 'photos'
    | 'receipt'
    | 'place'
    | 'na'
  least?: number | undefined
  most?: number | undefined
}

const defaultMaxLength = 4000
const longestDuration = 30 * 24 * 3600
const largestNumber = 1e12
const dearest = 1e12

export const allowsNA = (q: Question) => q.na === true || (q.options ?? []).some((o) => o.na)

/** The lowest and highest value of a scale, number or duration. */
export function limits(q: Question): { least: number | undefined; most: number | undefined } {
  if (q.type === 'scale') return { least: q.from, most: q.to }
  if (q.type === 'duration') return { least: q.min ?? 0, most: q.max ?? longestDuration }
  return { least: q.min, most: q.max }
}

/** How many photos an answer has at least and at most. */
export const photoLimits = (q: Question) => ({ least: q.min_photos ?? 1, most: q.max_photos ?? 10 })

export const longest = (q: Question) => q.max_length ?? defaultMaxLength

/** Reads an answer as the server does: the two are held against the same cases. */
export function read(q: Question, answer: unknown): Read {
  if (answer === undefined || answer === null || answer === '') return {}
  if (q.type === 'note') return { wrong: { rule: 'answer' } }
  if (q.type === 'choice') return readChoice(q, answer)
  if (q.type === 'choices') return readChoices(q, answer)
  if (typeof answer === 'object' && !Array.isArray(answer)) return readParts(q, answer as Record<string, unknown>)
  switch (q.type) {
    case 'scale':
    case 'number':
    case 'duration':
      return readNumber(q, answer)
    case 'text':
      return readText(q, answer)
    case 'date':
      return readAs(answer, isDay, 'day')
    case 'time':
      return readAs(answer, (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text), 'time')
  }
  return { wrong: { rule: 'answer' } }
}

function readChoice(q: Question, answer: unknown): Read {
  const option = q.options?.find((o) => o.id === answer)
  if (!option) return { wrong: { rule: 'answer' } }
  return { said: option.na ? { na: true, chosen: [option.id] } : { chosen: [option.id] } }
}

function readChoices(q: Question, answer: unknown): Read {
  if (!Array.isArray(answer)) return { wrong: { rule: 'answer' } }
  const options = answer.map((id) => q.options?.find((o) => o.id === id))
  if (options.some((o) => !o) || new Set(answer).size < answer.length) return { wrong: { rule: 'answer' } }
  if (options.length > 1 && options.some((o) => o?.na || o?.exclusive)) return { wrong: { rule: 'alone' } }
  if (options.length === 0) return {}
  const chosen = options.map((o) => o!.id)
  return { said: options[0]!.na ? { na: true, chosen } : { chosen } }
}

function readNumber(q: Question, answer: unknown): Read {
  if (typeof answer !== 'number' || !Number.isFinite(answer) || Math.abs(answer) >= largestNumber) return { wrong: { rule: 'number' } }
  const decimals = q.type === 'number' ? (q.decimals ?? 0) : 0
  if (Number(answer.toFixed(decimals)) !== answer) return { wrong: { rule: 'decimals', most: decimals } }
  const { least, most } = limits(q)
  if ((least !== undefined && answer < least) || (most !== undefined && answer > most)) {
    return { wrong: { rule: least === undefined ? 'most' : most === undefined ? 'least' : 'range', least, most } }
  }
  return { said: { number: answer } }
}

function readText(q: Question, answer: unknown): Read {
  if (typeof answer !== 'string' || answer.includes('\0')) return { wrong: { rule: 'answer' } }
  const length = [...answer.trim()].length
  if (length === 0) return {}
  if (length < (q.min_length ?? 0)) return { wrong: { rule: 'short', least: q.min_length } }
  if (length > longest(q)) return { wrong: { rule: 'long', most: longest(q) } }
  return { said: {} }
}

function readAs(answer: unknown, fits: (text: string) => boolean, rule: 'day' | 'time'): Read {
  return typeof answer === 'string' && fits(answer) ? { said: {} } : { wrong: { rule } }
}

function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text + 'T00:00Z') : new Date(NaN)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/** N/A, and the answers that have more than one part. */
function readParts(q: Question, parts: Record<string, unknown>): Read {
  const keys = Object.keys(parts)
  if ('na' in parts) return q.na && keys.length === 1 && parts.na === true ? { said: { na: true } } : { wrong: { rule: 'na' } }
  const known: Record<string, string[]> = {
    photo: ['photos'],
    receipt: ['amount', 'currency', 'photos'],
    location: ['lat', 'lon', 'accuracy'],
  }
  if (!known[q.type] || keys.some((key) => !known[q.type]!.includes(key))) return { wrong: { rule: 'answer' } }
  if (q.type === 'location') return readPlace(parts)
  const photos = parts.photos ?? []
  if (!Array.isArray(photos)) return { wrong: { rule: 'photos', ...photoLimits(q) } }
  if (photos.length === 0 && parts.amount === undefined && parts.currency === undefined) return {}
  const { least, most } = photoLimits(q)
  const named = photos.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) && new Set(photos).size === photos.length
  if (photos.length < least || photos.length > most || !named) return { wrong: { rule: 'photos', least, most } }
  return q.type === 'photo' || isMoney(parts) ? { said: {} } : { wrong: { rule: 'receipt' } }
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

const isMoney = (parts: Record<string, unknown>) =>
  Number.isInteger(parts.amount) &&
  (parts.amount as number) >= 0 &&
  (parts.amount as number) <= dearest &&
  currencies.has(String(parts.currency))

function readPlace({ lat, lon, accuracy }: Record<string, unknown>): Read {
  const within = (value: unknown, limit: number) => typeof value === 'number' && Math.abs(value) <= limit
  const known =
    within(lat, 90) && within(lon, 180) && (accuracy === undefined || accuracy === null || (typeof accuracy === 'number' && accuracy >= 0))
  return known ? { said: {} } : { wrong: { rule: 'place' } }
}
