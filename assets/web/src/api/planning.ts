import { all, api, asked, type Schemas } from './client'

export type Visit = Schemas['Visit']
export type VisitMove = Schemas['VisitMove']
export type VisitPlan = Schemas['VisitPlan']

/** Something with a name that can be chosen: a branch, a shopper. */
export interface Named {
  id: string
  name: string
  note: string
}

const enough = 20

/** A page of the visits, in the order in which they open. states: one or more, apart by commas; empty of all. */
export const visits = (states: string, branch: string, from: string, cursor: string | undefined) =>
  asked(
    api.GET('/visits', {
      params: {
        query: {
          limit: 50,
          ...(states ? { state: states } : {}),
          ...(branch ? { branch } : {}),
          ...(from ? { from } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
    }),
  )

export const movesOf = async (visit: string) =>
  (await asked(api.GET('/visits/{id}/moves', { params: { path: { id: visit } } }))).items as VisitMove[]

/** The names of users, by their ids; who cannot be read has none. */
export async function namesOf(users: string[]): Promise<Map<string, string>> {
  const read = async (id: string) => [id, (await asked(api.GET('/users/{id}', { params: { path: { id } } }))).name] as const
  const found = await Promise.allSettled([...new Set(users)].map(read))
  return new Map(found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
}

/** The version of a checklist that a visit is made with. */
export const versionOf = ({ checklist_id: id, checklist_version: n }: Visit) =>
  asked(api.GET('/checklists/{id}/versions/{n}', { params: { path: { id, n } } }))

/** Changes a visit, as it was read, that was not made yet. */
export const change = ({ id, edition }: Visit, body: Schemas['VisitChange']) =>
  asked(api.PATCH('/visits/{id}', { params: { path: { id }, header: { 'If-Match': `"${edition}"` } }, body }))

export const offer = (visit: string, body: Schemas['VisitOffer']) =>
  asked(api.POST('/visits/{id}/offer', { params: { path: { id: visit } }, body }))

export const cancel = (visit: string, reason: string) =>
  asked(api.POST('/visits/{id}/cancel', { params: { path: { id: visit } }, body: { reason } }))

/** Plans all the visits or none. The same id again plans nothing twice. */
export const planMany = async (id: string, plans: VisitPlan[], confirmRotation: boolean) =>
  (await asked(api.POST('/visits/many', { body: { id, visits: plans, confirm_rotation: confirmRotation } }))).items as Visit[]

/** Branches that a text finds by name, code or address. */
export async function findBranches(search: string): Promise<Named[]> {
  const found = (await asked(
    api.GET('/branches', { params: { query: { search, limit: enough, archived: false } } }),
  )) as Schemas['PageBranch']
  return found.items.map((b) => ({ id: b.id, name: b.name, note: `${b.code} · ${b.address}` }))
}

export async function branch(id: string): Promise<Named> {
  const b = (await asked(api.GET('/branches/{id}', { params: { path: { id } } }))) as Schemas['Branch']
  return { id: b.id, name: b.name, note: `${b.code} · ${b.address}` }
}

/** Shoppers who can be sent, that a text finds by name or e-mail. */
export async function findShoppers(search: string): Promise<Named[]> {
  const found = await asked(api.GET('/users', { params: { query: { search, role: 'shopper', disabled: 'no', limit: enough } } }))
  return found.items.map((u) => ({ id: u.id, name: u.name, note: u.email }))
}

/** The checklists of which a version is published. */
export async function publishedChecklists() {
  const found = await all((cursor) => asked(api.GET('/checklists', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } })))
  return found.filter((c) => c.published > 0)
}

/** The currency that fees are kept in unless a visit says otherwise. */
export const usualCurrency = async () => (await asked(api.GET('/settings'))).currency
