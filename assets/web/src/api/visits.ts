import { all, api, asked, by } from './client'

/** All visits of a shopper. */
export const ownVisits = (user: string) =>
  all((cursor) => asked(api.GET('/visits', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, ...by(user) })))

export const readVisit = (id: string) => asked(api.GET('/visits/{id}', { params: { path: { id } } }))

export const ownVersion = (user: string, checklist: string, number: number) =>
  asked(
    api.GET('/checklists/{id}/versions/{n}', { params: { path: { id: checklist, n: number } }, ...by(user) }),
    (version) => version.checklist_id === checklist && version.number === number,
  )

/** True of the visit that was asked about. */
const is = (id: string) => (visit: { id: string }) => visit.id === id

export const accept = (id: string) => asked(api.POST('/visits/{id}/accept', { params: { path: { id } } }), is(id))

export const decline = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/decline', { params: { path: { id } }, body: { reason } }), is(id))

export const release = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/release', { params: { path: { id } }, body: { reason } }), is(id))
