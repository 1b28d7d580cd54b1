import { randomUUID } from 'node:crypto'
import { password } from './program'

export interface Published {
  id: string
  version: number
}

export interface PlannedVisit {
  id: string
  branch: string
  checklist: string
  version: number
}

/** What the phone says of a photo. */
interface PhotoClaim {
  taken_at?: string
  position?: { lat: number; lon: number; accuracy?: number }
  source?: string
}

export interface Group {
  id: string
  topic: string
  taken: number
  /** Absent where no time is set yet. */
  starts_at?: string
}

interface Evaluation {
  id: string
  visit_id: string
  state: string
  revision: number
  answers: Record<string, unknown>
  photos: { sha256: string; claim?: PhotoClaim }[]
  moments: { id: string; at: string }[]
}

const plain = {
  languages: ['en'],
  scoring: { method: 'points', critical: 'stands', cap_bonus: true, bands: [{ from: 0, name: 'Seen' }] },
}

/** The coordinator, who plans visits and sees what arrived, over the API. */
export class Office {
  #token = ''
  #shopper = ''

  constructor(readonly url: string) {}

  /** edition: of what is changed, as it was read. */
  async #call<T>(path: string, body?: unknown, edition?: number, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
    const answer = await fetch(this.url + '/api/v1' + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.#token && { Authorization: 'Bearer ' + this.#token }),
        ...(edition !== undefined && { 'If-Match': `"${edition}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async signIn(who = 'coordinator') {
    const { access_token } = await this.#call<{ access_token: string }>('/session', { email: `${who}@fieldcare.example`, password })
    this.#token = access_token
  }

  /** Adds a shopper, who is mailed a link that sets the first password. */
  async addShopper(name: string, email: string): Promise<void> {
    await this.#call('/users', { id: randomUUID(), name, email, roles: ['shopper'] })
  }

  /** The page that the newest mail of a kind to an address leads to, once it was sent. */
  async linkIn(template: string, address: string): Promise<string | undefined> {
    const { items } = await this.#call<{ items: { template: string; address?: string; body?: string }[] }>('/mails?limit=50')
    const link = /https?:\/\/\S+/.exec(items.find((m) => m.template === template && m.address === address)?.body ?? '')
    if (!link) return undefined
    const { pathname, hash } = new URL(link[0])
    return pathname + hash
  }

  /** Writes a checklist and publishes it; where it does not say so itself, it is in English and counts by points. */
  async publish(document: object): Promise<Published> {
    const whole = { ...plain, ...document }
    const { id, edition } = await this.#call<{ id: string; edition: number }>('/checklists', { id: randomUUID(), document: whole })
    const { number } = await this.#call<{ number: number }>(`/checklists/${id}/publish`, {}, edition)
    return { id, version: number }
  }

  /** Publishes the next version of a checklist. */
  async publishNext({ id }: Published, document: object): Promise<void> {
    const { edition } = await this.#call<{ edition: number }>('/checklists/' + id)
    const next = await this.#call<{ edition: number }>('/checklists/' + id, { document: { ...plain, ...document } }, edition, 'PUT')
    await this.#call(`/checklists/${id}/publish`, {}, next.edition)
  }

  async cancel({ id }: PlannedVisit): Promise<void> {
    await this.#call(`/visits/${id}/cancel`, { reason: 'The branch is closed.' })
  }

  /** Takes an accepted visit back from its shopper. */
  async takeBack({ id }: PlannedVisit): Promise<void> {
    await this.#call(`/visits/${id}/release`, { reason: 'Somebody else is nearer.' })
  }

  /** Keeps somebody out of the application, or lets them in again. */
  async disable(who: string, disabled: boolean): Promise<void> {
    const { items } = await this.#call<{ items: { id: string; email: string; edition: number }[] }>('/users?limit=200')
    const { id, edition } = items.find((user) => user.email === `${who}@fieldcare.example`)!
    await this.#call('/users/' + id, { disabled }, edition, 'PATCH')
  }

  /**
   * Offers the demo's shopper a visit that is open now, with this checklist or the demo's, at a branch that has no visit of
   * theirs ahead, or at that of a code.
   */
  async offer(instructions: string, published?: Published, code?: string): Promise<PlannedVisit> {
    type Items<T> = { items: T[] }
    const shopper = (await this.#call<Items<{ id: string }>>('/users?search=sam')).items[0]!
    const checklist =
      published ?? (await this.#call<Items<{ id: string; title: string }>>('/checklists')).items.find((c) => c.title === 'Café visit')!
    const branches = await this.branches()
    const ahead = (await this.#call<Items<{ branch: { id: string }; state: string }>>(`/visits?shopper=${shopper.id}&limit=200`)).items
    const busy = new Set(ahead.filter((v) => ['offered', 'accepted'].includes(v.state)).map((v) => v.branch.id))
    const branch = branches.find((b) => (code ? b.code === code : !busy.has(b.id)))!
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: branch.zone, dateStyle: 'short' })
    const [yesterday, tomorrow] = [-24, 24].map((hours) => day.format(Date.now() + hours * 3600_000)) // also just after midnight
    this.#shopper = shopper.id
    const visit = await this.#call<{ id: string; checklist_version: number }>('/visits', {
      id: randomUUID(),
      branch_id: branch.id,
      checklist_id: checklist.id,
      shopper_id: shopper.id,
      opens: yesterday + 'T00:00',
      closes: tomorrow + 'T23:59',
      confirm_rotation: true,
      scenario: { persona: 'A commuter', instructions, questions: 'Is there oat milk?' },
      fee: { amount: 1500, currency: 'EUR' },
      expense_limit: { amount: 800, currency: 'EUR' },
    })
    return { id: visit.id, branch: branch.name, checklist: checklist.id, version: visit.checklist_version }
  }

  /** Everybody who shops. */
  async shoppers(): Promise<{ id: string; name: string; email: string }[]> {
    return (await this.#call<{ items: { id: string; name: string; email: string }[] }>('/users?role=shopper&limit=200')).items
  }

  /** All branches. */
  async branches(): Promise<{ id: string; name: string; code: string; zone: string }[]> {
    return (await this.#call<{ items: { id: string; name: string; code: string; zone: string }[] }>('/branches?limit=200')).items
  }

  /** All visits of a branch. */
  async visitsAt(branch: string): Promise<{ id: string }[]> {
    return (await this.#call<{ items: { id: string }[] }>(`/visits?branch=${branch}&limit=200`)).items
  }

  /** All visits in a state. */
  async visitsInState(state: string): Promise<{ id: string }[]> {
    return (await this.#call<{ items: { id: string }[] }>(`/visits?state=${state}&limit=200`)).items
  }

  /** The focus group on a topic. */
  async group(topic: string): Promise<Group> {
    return (await this.#call<{ items: Group[] }>('/focus-groups?limit=200')).items.find((group) => group.topic === topic)!
  }

  /** Who is asked to a focus group. */
  async invitations(group: Group): Promise<{ id: string; name: string; state: string; calls: number }[]> {
    return (
      await this.#call<{ items: { id: string; name: string; state: string; calls: number }[] }>(
        `/focus-groups/${group.id}/invitations?limit=200`,
      )
    ).items
  }

  /** Who came to a focus group, by their names. */
  async attendance(group: Group): Promise<Map<string, { outcome: string; walk_in: boolean; records: number }>> {
    const { items } = await this.#call<{ items: { name: string; outcome: string; walk_in: boolean; records: number }[] }>(
      `/focus-groups/${group.id}/attendance`,
    )
    return new Map(items.map(({ name, ...one }) => [name, one]))
  }

  /** Everybody on the panel. */
  async participants(): Promise<{ name: string; email?: string; phone?: string }[]> {
    return (await this.#call<{ items: { name: string; email?: string; phone?: string }[] }>('/participants?limit=200')).items
  }

  /** The mails of a kind that were made, as an admin reads them. */
  async mails(template: string): Promise<{ template: string; to: string; subject?: string }[]> {
    const mails = await this.#call<{ items: { template: string; to: string; subject?: string }[] }>('/mails?limit=200')
    return mails.items.filter((mail) => mail.template === template)
  }

  /** Everything that was handed in for a visit and is in a state, in full. */
  async handedIn(visit: PlannedVisit, state = 'submitted'): Promise<Evaluation[]> {
    const { items } = await this.#call<{ items: Evaluation[] }>(`/evaluations?state=${state}&shopper=${this.#shopper}&limit=200`)
    const own = await Promise.all(items.filter((e) => e.visit_id === visit.id).map((e) => this.#call<Evaluation>('/evaluations/' + e.id)))
    return own.map((e) => ({ ...e, moments: e.moments ?? [] })) // the server says nothing of them where none was tapped
  }
}
