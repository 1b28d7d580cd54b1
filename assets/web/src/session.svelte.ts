import { api, asked, attend, reach, Unreachable, type Away, type Schemas } from './api/client'
import { isFull, kept, write, type Known, type Person } from './offline/db'

type Handed = Schemas['Session']

/** Who uses the app, and how things stand between it and the server. */
export const session = $state<{
  /** Undefined while it is not known yet; null where nobody is signed in here. */
  user: Person | null | undefined
  /** Whether the server asks them to sign in anew. Until they do, work goes on and waits on the phone. */
  expired: boolean
  /** What kept the last request from the server; undefined where it was reached. */
  away: Away | undefined
}>({ user: undefined, expired: false, away: navigator.onLine ? undefined : 'network' })

let token: string | undefined
let expires = 0
let renewing: Promise<string | undefined> | undefined

attend({
  who: () => session.user?.id,
  token: () => (Date.now() < expires - 10_000 ? token : undefined),
  renew,
  heard: (away) => (session.away = away),
})

// The tabs of a phone share the cookie, so they have one person: who signs in or out does so in all of them.
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('fieldcare-session')
tabs?.addEventListener('message', () => {
  token = undefined
  void recall()
})

/** Makes the person of a session the one who is here, whoever was before. */
async function take(handed: Handed): Promise<void> {
  // By the phone's own clock, which may be wrong: the token is good for a quarter of an hour from now.
  const lasts = 15 * 60_000
  const { id, name, email, roles } = handed.user
  const person: Person = { id, name, email, roles: roles ?? [] }
  const came = session.user?.id !== id || session.expired
  token = handed.access_token
  expires = Date.now() + lasts
  if (JSON.stringify(session.user) !== JSON.stringify(person)) session.user = person
  session.expired = false
  await keepPeople((known) => [
    ...known.filter((other) => other.id !== id).map((other) => ({ ...other, last: 0, leaving: false })),
    { ...person, last: known.find((same) => same.id === id)?.last || Date.now() },
  ])
  if (came) tabs?.postMessage('came')
}

/**
 * Adds people who are known here, or puts them in the place of those with their id. What is known already is not written
 * again: a full phone has no room even for that. Where something must be written and there is no room, all are forgotten:
 * whoever is here can work, and the next start without a signal knows nobody, and not the one before.
 */
async function keepPeople(changed: (known: Known[]) => Known[]): Promise<void> {
  const news = (known: Known[]) => changed(known).filter((one) => !known.some((same) => JSON.stringify(same) === JSON.stringify(one)))
  if (news(await people()).length === 0) return
  try {
    await write(['people'], async (tx) => {
      const store = tx.objectStore('people')
      for (const one of news(await store.getAll())) await store.put(one)
    })
  } catch (error) {
    if (!isFull(error)) throw error
    await kept((db) => db.clear('people'))
  }
}

const people = () => kept((db) => db.getAll('people'))

/** Opens the work of whoever used the app last, before the server is asked; and tells it who signed out without a signal. */
export async function recall(): Promise<void> {
  const known = await people()
  const last = known.filter((p) => p.last > 0).sort((a, b) => b.last - a.last)[0]
  session.user = last ? { id: last.id, name: last.name, email: last.email, roles: last.roles } : null
  session.expired = false
  if (!last) void leave().catch(() => undefined)
}

/** Longer than the longest request that is made alone: some browsers leave a lock with a page that is gone. */
const longestAlone = 90_000

async function alone<T>(work: () => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(longestAlone)
  try {
    return await navigator.locks.request('fieldcare-session', { signal }, work)
  } catch (error) {
    if (error !== signal.reason) throw error
    return navigator.locks.request('fieldcare-session', { steal: true }, work)
  }
}

/**
 * A fresh access token, asked for once however many want it, in however many tabs; undefined where there is none for who
 * works here. The cookie may be of somebody else who signed in meanwhile: then the app is theirs from now on, and what was
 * asked for the one before is not done.
 */
async function renew(stale: string | undefined): Promise<string | undefined> {
  const who = session.user?.id
  if (!who) return undefined
  if (stale !== undefined && token !== stale) return token
  renewing ??= alone(async () => {
    const answer = await reach(new Request('/api/v1/session/refresh', { method: 'POST' }))
    if (session.user?.id !== who) return undefined // signed out meanwhile: it stays so
    if (answer.ok) {
      await take(await asked(read(answer), ours))
      return session.user?.id === who ? token : undefined
    }
    token = undefined
    session.expired = true
    return undefined
  }).finally(() => (renewing = undefined))
  return renewing
}

const read = async (response: Response) => ({ data: (await response.json()) as Handed, response })

/** Whether this is a session of ours, and not what a Wi-Fi says in its place. */
const ours = (handed: Handed) => Boolean(handed.access_token && handed.user?.id)

export function signIn(email: string, password: string): Promise<void> {
  return alone(async () => take(await asked(api.POST('/session', { body: { email, password } }), ours)))
}

/**
 * Signs out at once, with or without a signal: the phone forgets whom to open without asking, and the server is told as
 * soon as it is reached. Until somebody signs in, nothing is renewed by the cookie that is left. What was not sent yet
 * stays on the phone for when its owner signs in again.
 */
export async function signOut(): Promise<void> {
  const id = session.user?.id
  token = undefined
  session.user = null
  session.expired = false
  await keepPeople((known) => known.map((one) => ({ ...one, last: 0, leaving: one.leaving || one.id === id })))
  tabs?.postMessage('left')
  await leave(true).catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error
  })
}

/**
 * Tells the server that whoever is leaving signed out; now: that somebody is, whatever the phone could note of it. Any answer
 * of its own means that the session is over.
 */
function leave(now = false): Promise<void> {
  return alone(async () => {
    if (session.user !== null || !(now || (await people()).some((p) => p.leaving))) return
    await reach(new Request('/api/v1/session', { method: 'DELETE' }))
    await keepPeople((known) => known.map((one) => ({ ...one, leaving: false })))
  })
}

addEventListener('online', () => {
  if (session.user === null) void leave().catch(() => undefined)
})

export const has = (...roles: string[]) => roles.some((role) => session.user?.roles.includes(role))
