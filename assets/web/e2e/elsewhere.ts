import { randomUUID } from 'node:crypto'
import type { PlannedVisit } from './office'
import { password } from './program'

/** The demo's shopper at another phone, over the API. */
export class Elsewhere {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async signIn(url: string): Promise<Elsewhere> {
    const { access_token } = await post(url, '/session', { email: 'shopper@fieldcare.example', password })
    return new Elsewhere(url, access_token!)
  }

  /** Hands in an evaluation of a visit that both phones know. */
  async handIn(visit: PlannedVisit, answers: object): Promise<void> {
    const now = new Date().toISOString()
    const evaluation = { id: randomUUID(), visit_id: visit.id, answers, begun: now, finished: now, moments: [], photos: [] }
    await post(this.url, '/evaluations', evaluation, this.token)
  }

  /** Changes the password, which ends all other sessions. */
  async changePassword(to: string): Promise<void> {
    await post(this.url, '/me/password', { current_password: password, new_password: to }, this.token)
  }
}

async function post(url: string, path: string, body: object, token = ''): Promise<{ access_token?: string }> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: 'Bearer ' + token }) }
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { access_token?: string }
}
