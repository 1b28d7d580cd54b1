import { api, asked, tagged, type Schemas } from './client'

export type Evaluation = Schemas['Evaluation']
export type Summary = Schemas['Summary']
export type Edit = Schemas['PublicationEdit']

/** The evaluations in a state, the longest waiting first. */
export const evaluations = (state: Evaluation['state'], cursor: string | undefined) =>
  asked(api.GET('/evaluations', { params: { query: { state, limit: 50, ...(cursor ? { cursor } : {}) } } })) as Promise<
    Schemas['PageSummary']
  >

/** One evaluation whole, the version that it answers, and the tag that a change of it names. */
export async function readForReview(id: string) {
  const { value, tag } = await tagged(api.GET('/evaluations/{id}', { params: { path: { id } } }))
  const evaluation = value as Evaluation
  const path = { id: evaluation.checklist_id, n: evaluation.checklist_version }
  const version = await asked(api.GET('/checklists/{id}/versions/{n}', { params: { path } }))
  return { evaluation, tag, document: version.document }
}

/** A move of the review, as it is sent. */
export type Move =
  | { action: 'approve'; body: Schemas['Approval'] }
  | { action: 'return'; body: Schemas['ReturnToShopper'] }
  | { action: 'reject'; body: Schemas['Rejection'] }
  | { action: 'reopen'; body: { reason: string } }

/** Makes a move of the review, and gives the evaluation as it stands then. */
export function makeMove(id: string, move: Move) {
  const params = { path: { id } }
  switch (move.action) {
    case 'approve':
      return tagged(api.POST('/evaluations/{id}/approve', { params, body: move.body }))
    case 'return':
      return tagged(api.POST('/evaluations/{id}/return', { params, body: move.body }))
    case 'reject':
      return tagged(api.POST('/evaluations/{id}/reject', { params, body: move.body }))
    case 'reopen':
      return tagged(api.POST('/evaluations/{id}/reopen', { params, body: move.body }))
  }
}

/** Sets what is replaced or left out for the branch, all of it: what is not named is published as it was handed in. */
export const publish = (id: string, tag: string, edits: Edit[]) =>
  tagged(
    api.PUT('/evaluations/{id}/publication', {
      params: { path: { id }, header: { 'If-Match': tag } },
      body: { edits: edits.map(({ at: _at, author_id: _author, ...said }) => said) },
    }),
  )
