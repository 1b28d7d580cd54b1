import { all, api, asked } from './client'

export const ownVisits = () =>
  all((cursor) => asked(api.GET('/visits', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } })))

export const readVisit = (id: string) => asked(api.GET('/visits/{id}', { params: { path: { id } } }))

export const readVersion = (checklist: string, number: number) =>
  asked(api.GET('/checklists/{id}/versions/{n}', { params: { path: { id: checklist, n: number } } }))

export const accept = (id: string) => asked(api.POST('/visits/{id}/accept', { params: { path: { id } } }))

export const decline = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/decline', { params: { path: { id } }, body: { reason } }))

export const release = (id: string, reason: string) =>
  asked(api.POST('/visits/{id}/release', { params: { path: { id } }, body: { reason } }))
