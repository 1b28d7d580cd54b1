import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { IDBFactory } from 'fake-indexeddb'
import { vi } from 'vitest'
import type { Answer, Version, Visit } from './db'

type Work = (lock: object | null) => Promise<unknown>

/** Locks between the tabs of a phone, as browsers have them and Node does not: enough for exclusive ones. */
class Locks {
  #held = new Map<string, Promise<unknown>>()

  async request(name: string, a: LockOptions | Work, b?: Work): Promise<unknown> {
    const { ifAvailable, steal, signal } = b ? (a as LockOptions) : {}
    const work = b ?? (a as Work)
    signal?.throwIfAborted()
    const before = steal ? undefined : this.#held.get(name)
    if (before && ifAvailable) return work(null)
    const tooLong = new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
    const done = (before ? Promise.race([before, tooLong]) : Promise.resolve()).then(() => work({ name }))
    const held = Promise.allSettled([before, done])
    this.#held.set(name, held)
    return done.finally(() => this.#held.get(name) === held && this.#held.delete(name))
  }
}

const origin = 'https://fieldcare.test'

class OurRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === 'string' ? new URL(input, origin) : input, init)
  }
}

export const ann = { id: 'ann', name: 'Ann', email: 'ann@example.org', roles: ['shopper'] }
export const bob = { id: 'bob', name: 'Bob', email: 'bob@example.org', roles: ['shopper'] }

export const visit = {
  id: 'b1f0c1a2-0000-7000-8000-000000000001',
  state: 'accepted',
  checklist_id: 'c0000000-0000-7000-8000-000000000001',
  checklist_version: 1,
  zone: 'Europe/Warsaw',
  branch: { name: 'High Street', address: 'High Street 1' },
} as unknown as Visit

export const version = {
  checklist_id: visit.checklist_id,
  number: visit.checklist_version,
  document: {
    title: 'Branch visit',
    moments: [{ id: 'in', text: 'Came in' }],
    sections: [
      {
        id: 'welcome',
        title: 'Welcome',
        questions: [
          {
            id: 'greeted',
            type: 'choice',
            text: 'Were you greeted?',
            required: true,
            options: [
              { id: 'yes', text: 'Yes' },
              { id: 'no', text: 'No' },
            ],
          },
          { id: 'why', type: 'text', text: 'What happened?', show_when: { question: 'greeted', is: ['no'] } },
          { id: 'shelf', type: 'photo', text: 'The shelf' },
          { id: 'tidy', type: 'text', text: 'How tidy was it?' },
        ],
      },
    ],
  },
} as unknown as Version

export const now = new Date('2026-11-21T10:00:00Z')

/** What was asked of the server. */
export interface Asked {
  method: string
  path: string
  body: Uint8Array
  text: string
  token: string | null
}

type Reply = Response | 'silence' | 'lost' | undefined
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })

/** The server's no. */
export const no = (status: number, detail: string, errors: { pointer: string; detail: string; question?: string }[] = [], after = '') =>
  new Response(JSON.stringify({ type: 'urn:fieldcare:test', title: '', status, detail, errors }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...(after ? { 'Retry-After': after } : {}) },
  })

export const page = (status = 200) =>
  new Response('<html>Welcome to our Wi-Fi</html>', { status, headers: { 'Content-Type': 'text/html' } })

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** What fetch does when it is to end before there is an answer. */
const ended = (signal: AbortSignal | null | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('ended', 'AbortError'))))

/** A pretended server, that takes what it is sent once, and whoever signed in last by its cookie. */
export class Server {
  asked: Asked[] = []
  visits: Record<string, unknown[]> = { ann: [visit], bob: [] }
  evaluations = new Map<string, { by: string; hash: string; text: string; revision: number }>()
  photos = new Map<string, string>()
  owned: Record<string, unknown> = {}
  /** Of whom the refresh cookie is. */
  cookie: typeof ann | undefined = ann
  /** Says something else instead, or that the answer is lost on the way. */
  instead: (asked: Asked) => Reply | Promise<Reply> = () => undefined

  answer = async (request: Request, { signal }: RequestInit = {}): Promise<Response> => {
    const body = new Uint8Array(await request.arrayBuffer())
    const { pathname } = new URL(request.url)
    const asked = {
      method: request.method,
      path: pathname.replace('/api/v1', ''),
      body,
      text: new TextDecoder().decode(body),
      token: request.headers.get('Authorization')?.replace('Bearer ', '') ?? null,
    }
    this.asked.push(asked)
    const other = await Promise.race([this.instead(asked), ended(signal)])
    if (other === 'silence') throw new TypeError('Failed to fetch')
    if (other instanceof Response) return other
    const said = this.#answer(asked)
    if (other === 'lost') throw new TypeError('Failed to fetch')
    return said
  }

  sent = (method: string, path: string) => this.asked.filter((a) => a.method === method && a.path.startsWith(path))

  #answer({ method, path, body, text, token }: Asked): Response {
    const hand = (user: typeof ann) => json(200, { access_token: 'token of ' + user.id, expires_at: '', user })
    if (path === '/session' && method === 'DELETE') {
      this.cookie = undefined
      return new Response(null, { status: 204 })
    }
    if (path === '/session') {
      this.cookie = [ann, bob].find((p) => p.email === (JSON.parse(text) as { email: string }).email)
      return this.cookie ? hand(this.cookie) : no(401, 'wrong')
    }
    if (path === '/session/refresh') return this.cookie ? hand(this.cookie) : no(401, 'sign in')
    const by = token?.replace('token of ', '')
    if (!by) return no(401, 'sign in')
    if (path === '/visits') return json(200, { items: this.visits[by] })
    if (path.startsWith('/checklists/')) {
      const [, , checklist, , number] = path.split('/')
      return json(200, { ...version, checklist_id: checklist, number: Number(number) })
    }
    if (path.startsWith('/photos/')) {
      const hash = sha256(body)
      if (path !== '/photos/' + hash) return no(422, 'another hash')
      this.photos.set(hash, by)
      return json(201, { sha256: hash })
    }
    if (method === 'GET' && path.startsWith('/evaluations/')) {
      const own = this.owned[path.slice('/evaluations/'.length)]
      return own ? json(200, own) : no(404, 'there is no such thing')
    }
    if (method === 'POST' && path.startsWith('/evaluations')) return this.#take(by, path, text)
    return no(404, 'there is no such address')
  }

  #take(by: string, path: string, text: string): Response {
    const sent = JSON.parse(text) as { id?: string; visit_id?: string; based_on?: number }
    const id = sent.id ?? path.split('/')[2]!
    const revision = (sent.based_on ?? 0) + 1
    const before = this.evaluations.get(id)
    const hash = sha256(text)
    if (before?.revision === revision && before.hash !== hash) return no(409, 'handed in with other content')
    this.evaluations.set(id, { by, hash, text, revision })
    return json(before?.revision === revision ? 200 : 201, { id, visit_id: visit.id, revision, content_hash: hash, state: 'submitted' })
  }
}

type Event = { type: string }
const listeners = new Map<string, ((event: Event) => void)[]>()

/** Tells the page that something happened, as the browser does. */
export const happens = (type: string) => (listeners.get(type) ?? []).forEach((tell) => tell({ type }))

const add = (type: string, tell: (event: Event) => void) => void listeners.set(type, [...(listeners.get(type) ?? []), tell])

let channels: BroadcastChannel[] = []
const NodeChannel = globalThis.BroadcastChannel

class Channel extends NodeChannel {
  constructor(name: string) {
    super(name)
    channels.push(this)
  }
}

/** A phone that was never used before, and a server that it may reach. */
export function newPhone(): Server {
  const server = new Server()
  forgetTabs()
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('navigator', { onLine: true, locks: new Locks() })
  vi.stubGlobal('Request', OurRequest)
  vi.stubGlobal('BroadcastChannel', Channel)
  vi.stubGlobal('fetch', server.answer)
  vi.stubGlobal('addEventListener', add)
  vi.stubGlobal('document', { addEventListener: add, visibilityState: 'visible' })
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => void queueMicrotask(then))
  return server
}

function forgetTabs() {
  channels.forEach((channel) => channel.close())
  channels = []
  listeners.clear()
}

/** The app as it starts in a new tab: its modules know nothing but what is on the phone. */
export async function openTab() {
  vi.resetModules()
  const { desk } = await import('../desk.svelte')
  const session = await import('../session.svelte')
  const filling = await import('../filling.svelte')
  const work = await import('./work')
  const outbox = await import('./outbox')
  const visits = await import('./visits')
  const db = await import('./db')
  const exported = await import('./export')
  return { desk, filling, work, outbox, visits, db, exported, ...session }
}

export type Tab = Awaited<ReturnType<typeof openTab>>

/** The tab is killed, with everything in its memory, and the app opened anew. */
export async function reopen(): Promise<Tab> {
  forgetTabs()
  const tab = await openTab()
  await tab.recall()
  return tab
}

/** A shopper signs in on a new phone and has read their visits. */
export async function signedIn(who = ann): Promise<Tab> {
  const tab = await openTab()
  await tab.recall()
  await tab.signIn(who.email, 'correct horse battery')
  await tab.visits.fetchVisits(who.id, now.getTime())
  return tab
}

/** A photo's bytes and its row. */
export function photo(text: string, question = 'shelf', user = ann.id) {
  const bytes = new TextEncoder().encode(text)
  return {
    user,
    sha256: sha256(bytes),
    visit: visit.id,
    question,
    bytes: bytes.buffer,
    type: 'image/jpeg',
    width: 1,
    height: 1,
    taken_at: now.toISOString(),
    source: 'camera' as const,
    arrived: false,
  }
}

/** An evaluation of Ann's visit, filled in and frozen. */
export async function frozen(tab: Tab, answers: Record<string, Answer> = { greeted: 'yes' }, photos: string[] = []) {
  await tab.work.begin(tab.work.newWork(ann.id, visit, now))
  for (const [question, answer] of Object.entries(answers)) await tab.work.keepAnswer(ann.id, visit.id, question, answer, now)
  for (const text of photos) await tab.work.keepPhoto(photo(text), undefined, now)
  await tab.work.freeze(ann.id, visit.id, version.document, now)
}

/** Makes every write of a store fail, as a phone does that has no room left; returns how to make room again. */
export function fillUp(...stores: string[]): () => void {
  const put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: Parameters<typeof put>) {
    if (stores.includes(this.name)) throw new DOMException('no room', 'QuotaExceededError')
    return put.apply(this, given)
  }
  return () => (IDBObjectStore.prototype.put = put)
}

/** Makes one row unreadable, as phones do with large ones that they lost; its key ends so. */
export function unreadable(store: string, end: string): () => void {
  const get = IDBObjectStore.prototype.get
  IDBObjectStore.prototype.get = function (this: IDBObjectStore, key: IDBValidKey | IDBKeyRange) {
    if (this.name === store && [key].flat().at(-1) === end) throw new DOMException('Failed to read large IndexedDB value', 'DataError')
    return get.call(this, key)
  }
  return () => (IDBObjectStore.prototype.get = get)
}
