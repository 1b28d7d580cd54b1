import { caller } from './caller'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Problem = Schemas['Problem']

/** The server said no, and why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail)
  }
}

/** The server was not reached, or is busy, or something between answered in its place: try again later. */
export class Unreachable extends Error {
  constructor(
    readonly why: 'network' | 'portal' | 'busy',
    /** When the server asked to be tried again, in milliseconds from now. */
    readonly after = 0,
  ) {
    super(why)
  }
}

/** Asks for a fresh access token; undefined where nobody is signed in any more. Set by the session. */
type Renew = (stale: string | undefined) => Promise<string | undefined>

const hooks: {
  /** The id of who uses the app. */
  who: () => string | undefined
  /** Their access token, while it is good. */
  token: () => string | undefined
  renew: Renew
  heard: (reached: boolean) => void
} = {
  who: () => undefined,
  token: () => undefined,
  renew: async () => undefined,
  heard: () => undefined,
}

/** Tells the client whose token to send, and whom to tell whether the server was reached. */
export const attend = (given: typeof hooks) => Object.assign(hooks, given)

const busy = new Set([408, 425, 429, 500, 502, 503, 504, 511])

/** fetch that tells an answer of the program from silence, and from what a captive portal says in its place. */
export async function reach(request: Request): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(request, { redirect: 'manual' })
  } catch {
    hooks.heard(false)
    throw new Unreachable('network')
  }
  const kind = answer.headers.get('Content-Type') ?? ''
  const portal =
    answer.type === 'opaqueredirect' || answer.redirected || kind.startsWith('text/html') || (answer.status === 200 && kind === '')
  // The program says no in one form only: in any other it was said by something between.
  const foreign = answer.status >= 400 && !kind.startsWith('application/problem+json')
  if (portal || foreign || busy.has(answer.status)) {
    hooks.heard(false)
    throw new Unreachable(busy.has(answer.status) ? 'busy' : 'portal', retryAfter(answer.headers.get('Retry-After') ?? '', Date.now()))
  }
  hooks.heard(true)
  return answer
}

const longestAsked = 3600_000

/** What Retry-After asks for, in seconds or as a date, in milliseconds from now: at most an hour, 0 where it says nothing. */
export function retryAfter(text: string, now: number): number {
  const after = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return after > 0 ? Math.min(after, longestAsked) : 0
}

/**
 * Sends a request with the token of somebody, once more with a fresh one where it was too old. Where somebody else came
 * meanwhile it is not sent: nobody reads or writes in another one's name.
 */
async function send(request: Request, as: string | undefined): Promise<Response> {
  if (new URL(request.url).pathname.startsWith('/api/v1/session')) return reach(request)
  const token = hooks.token() ?? (await hooks.renew(undefined))
  if (as !== undefined && hooks.who() !== as) throw new Refusal(401, problemOf({ detail: 'somebody else is signed in' }, 401))
  const again = request.clone()
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  const answer = await reach(request)
  if (answer.status !== 401) return answer
  const fresh = await hooks.renew(token)
  if (!fresh || (as !== undefined && hooks.who() !== as)) return answer
  again.headers.set('Authorization', `Bearer ${fresh}`)
  return reach(again)
}

/** The operations of the API, typed by its own description. */
export const api = caller<paths>('/api/v1', (request) => send(request, hooks.who()))

/** Makes a call that of one person, whoever uses the app when it is sent: it is sent in their name or not at all. */
export const by = (user: string) => ({ fetch: (request: Request) => send(request, user) })

type Answered<T> = { data?: T; error?: unknown; response: Response }

/** What the operation answered; throws the Refusal or Unreachable. */
export async function asked<T>(call: Promise<Answered<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await readable(call)
  if (response.ok) return data as NonNullable<T>
  throw new Refusal(response.status, problemOf(error, response.status))
}

/** What was read, with the tag that a change of it must name. */
export async function tagged<T>(call: Promise<Answered<T>>): Promise<{ value: T; tag: string }> {
  const { data, error, response } = await readable(call)
  if (!response.ok) throw new Refusal(response.status, problemOf(error, response.status))
  return { value: data as T, tag: response.headers.get('ETag') ?? '' }
}

async function readable<T>(call: Promise<Answered<T>>): Promise<Answered<T>> {
  try {
    return await call
  } catch (error) {
    if (error instanceof SyntaxError) throw new Unreachable('portal') // 200, and no JSON
    if (error instanceof TypeError) throw new Unreachable('network') // it broke off in the middle
    throw error
  }
}

function problemOf(error: unknown, status: number): Problem {
  const given = error as Partial<Problem> | undefined
  return { type: 'unknown', title: '', status, detail: String(status), ...given } as Problem
}

/** Every page of a list. */
export async function all<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string }>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const read = await page(cursor)
    if (!Array.isArray(read?.items)) throw new Unreachable('portal')
    items.push(...read.items)
    cursor = read.next_cursor || undefined
  } while (cursor)
  return items
}
