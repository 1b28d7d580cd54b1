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

  /** What is wrong, fault by fault; where none is named, what the server says of it all. */
  get reasons(): string {
    return reasonsOf(this.problem)
  }
}

/** What is wrong, as Refusal.reasons, of what was kept of a refusal. */
export const reasonsOf = ({ errors, detail }: { errors?: { detail: string }[] | null | undefined; detail: string }) =>
  errors?.map((fault) => fault.detail).join('; ') || detail

/** Why the server is not reached: there is silence, something between answers in its place, or it is busy. */
export type Away = 'network' | 'portal' | 'busy'

/** The server was not reached, or is busy, or something between answered in its place: try again later. */
export class Unreachable extends Error {
  constructor(
    readonly why: Away,
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
  /** What kept the last request from the server; undefined where it was reached. */
  heard: (away: Away | undefined) => void
} = {
  who: () => undefined,
  token: () => undefined,
  renew: async () => undefined,
  heard: () => undefined,
}

/** Tells the client whose token to send, and whom to tell whether the server was reached. */
export const attend = (given: typeof hooks) => Object.assign(hooks, given)

const busy = new Set([408, 425, 429, 500, 502, 503, 504, 511])

/**
 * How long an answer may take, in milliseconds: a minute, and for what is sent along as long as that takes at 4 kB/s, which
 * is one bar of signal. Browsers wait without end on a connection that died, and nothing else would be sent meanwhile. What
 * counts is the size and not what has left the phone so far, as much of that still waits in the phone itself.
 */
const patience = (bytes: number) => 60_000 + bytes / 4

/** fetch that tells an answer of the program from silence, and from what a captive portal says in its place. */
export async function reach(request: Request, bytes = 0): Promise<Response> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), patience(bytes))
  let answer: Response
  try {
    answer = await fetch(request, { redirect: 'manual', signal: end.signal })
  } catch {
    throw away('network')
  }
  const kind = answer.headers.get('Content-Type') ?? ''
  // A report may take long to arrive; it has begun to.
  if (!kind.includes('json')) clearTimeout(timer)
  const portal =
    answer.type === 'opaqueredirect' || answer.redirected || kind.startsWith('text/html') || (answer.status === 200 && kind === '')
  // The program says no in one form only: in any other it was said by something between.
  const foreign = answer.status >= 400 && !kind.startsWith('application/problem+json')
  if (portal || foreign || busy.has(answer.status)) {
    throw away(busy.has(answer.status) ? 'busy' : 'portal', retryAfter(answer.headers.get('Retry-After') ?? '', Date.now()))
  }
  hooks.heard(undefined)
  return answer
}

function away(why: Away, after?: number): Unreachable {
  hooks.heard(why)
  return new Unreachable(why, after)
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
async function send(request: Request, as: string | undefined, bytes?: number): Promise<Response> {
  if (new URL(request.url).pathname.startsWith('/api/v1/session')) return reach(request)
  const token = hooks.token() ?? (await hooks.renew(undefined))
  if (as !== undefined && hooks.who() !== as) throw new Refusal(401, problemOf({ detail: 'somebody else is signed in' }, 401))
  const again = request.clone()
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  const answer = await reach(request, bytes)
  if (answer.status !== 401) return answer
  const fresh = await hooks.renew(token)
  if (!fresh || (as !== undefined && hooks.who() !== as)) return answer
  again.headers.set('Authorization', `Bearer ${fresh}`)
  return reach(again, bytes)
}

/** The operations of the API, typed by its own description. */
export const api = caller<paths>('/api/v1', (request) => send(request, hooks.who()))

/**
 * Makes a call that of one person, whoever uses the app when it is sent: it is sent in their name or not at all; undefined is
 * whoever uses it then. bytes: of its body, where that is large.
 */
export const by = (user: string | undefined, bytes?: number) => ({ fetch: (request: Request) => send(request, user, bytes) })

type Answered<T> = { data?: T; error?: unknown; response: Response }

/**
 * What the operation answered; throws the Refusal or Unreachable. named: whether the answer names what was asked for, as one
 * must that something on the phone depends on; JSON that does not was not said by the program.
 */
export async function asked<T>(call: Promise<Answered<T>>, named?: (answer: NonNullable<T>) => boolean): Promise<NonNullable<T>> {
  const { data, error, response } = await readable(call)
  if (response.ok) {
    if (named && !(data && named(data))) throw away('portal')
    return data as NonNullable<T>
  }
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
    if (error instanceof SyntaxError) throw away('portal') // 200, and no JSON
    // It broke off in the middle, or did not end in time.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'AbortError')) throw away('network')
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
    if (!Array.isArray(read?.items)) throw away('portal')
    items.push(...read.items)
    cursor = read.next_cursor || undefined
  } while (cursor)
  return items
}
