import { api, asked } from './client'

export const readVisit = (id: string) => asked(api.GET('/visits/{id}', { params: { path: { id } } }))

/** True of the visit that was asked about. */
const is = (id: string) => (visit: { id: string }) => visit.id === id

export const accept = (id: string) => asked(api.POST('/visits/{id}/accept', { params: { path: { id } } }), is(id))

export const decline = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/decline', { params: { path: { id } }, body: { reason } }), is(id))

/** The server says nothing of a visit that was given back: it is theirs no more. */
export const release = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/release', { params: { path: { id } }, body: { reason } })).then(() => undefined)
