import { api, asked, attend, reach, Refusal, type Schemas } from './api/client'
import { kept, type Person } from './offline/db'

type Handed = Schemas['Session']

/** Who uses the app, and how things stand between it and the server. */
export const session = $state<{
  /** Undefined while it is not known yet; null where nobody ever signed in here. */
  user: Person | null | undefined
  /** Whether the server knows them: without a signal, work goes on before it is asked. */
  known: boolean
  /** Whether the last request reached the server. */
  online: boolean
}>({ user: undefined, known: false, online: navigator.onLine })

let token: string | undefined
let expires = 0
let renewing: Promise<string | undefined> | undefined

attend({
  token: () => (Date.now() < expires - 10_000 ? token : undefined),
  renew,
  heard: (reached) => (session.online = reached),
})

async function take(handed: Handed): Promise<string> {
  // By the phone's own clock, which may be wrong: the token is good for a quarter of an hour from now.
  const lasts = 15 * 60_000
  token = handed.access_token
  expires = Date.now() + lasts
  const { id, name, email, roles } = handed.user
  const person: Person = { id, name, email, roles: roles ?? [] }
  session.user = person
  session.known = true
  await kept((db) => db.put('people', { ...person, last: Date.now() }))
  return token
}

/** Opens the work of whoever used the app last, before the server is asked. */
export async function recall(): Promise<void> {
  const people = await kept((db) => db.getAll('people'))
  const last = people.filter((p) => p.last > 0).sort((a, b) => b.last - a.last)[0]
  session.user = last ? { id: last.id, name: last.name, email: last.email, roles: last.roles } : null
}

/** A fresh access token, asked for once however many want it, in however many tabs. */
async function renew(stale: string | undefined): Promise<string | undefined> {
  if (stale !== undefined && token !== stale) return token
  renewing ??= navigator.locks
    .request('fieldcare-session', async () => {
      const answer = await reach(new Request('/api/v1/session/refresh', { method: 'POST' }))
      if (answer.ok) return take((await answer.json()) as Handed)
      token = undefined
      session.known = false
      return undefined
    })
    .finally(() => (renewing = undefined))
  return renewing
}

export async function signIn(email: string, password: string): Promise<void> {
  await take(await asked(api.POST('/session', { body: { email, password } })))
}

/**
 * Signs out: the server forgets the session, and the phone whom to open without asking. What was not sent yet stays on
 * the phone for when its owner signs in again.
 */
export async function signOut(): Promise<void> {
  try {
    await asked(api.DELETE('/session'))
  } catch (error) {
    if (error instanceof Refusal && error.status >= 500) throw error
  }
  const id = session.user?.id
  token = undefined
  session.known = false
  session.user = null
  if (!id) return
  await kept(async (db) => {
    const person = await db.get('people', id)
    if (person) await db.put('people', { ...person, last: 0 })
  })
}

export const has = (...roles: string[]) => roles.some((role) => session.user?.roles.includes(role))
