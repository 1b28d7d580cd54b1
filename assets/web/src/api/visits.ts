import { all, api, asked, by } from './client'

/** All visits of a shopper. */
export const ownVisits = (user: string) =>
  all((cursor) => asked(api.GET('/visits', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, ...by(user) })))

export const ownVersion = (user: string, checklist: string, number: number) =>
  asked(
    api.GET('/checklists/{id}/versions/{n}', { params: { path: { id: checklist, n: number } }, ...by(user) }),
    (version) => version.checklist_id === checklist && version.number === number,
  )
