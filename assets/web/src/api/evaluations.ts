import { api, asked, by, type Schemas } from './client'

export type Receipt = Schemas['Receipt']

/** Uploads a photo of somebody's; again, if need be. */
export async function putPhoto(user: string, sha256: string, bytes: ArrayBuffer, type: string): Promise<void> {
  const given = { body: bytes as never, bodySerializer: () => new Blob([bytes], { type }), headers: { 'Content-Type': type } }
  await asked(
    api.PUT('/photos/{sha256}', { params: { path: { sha256 } }, ...given, ...by(user, bytes.byteLength) }),
    (stored) => stored.sha256 === sha256,
  )
}

/**
 * Hands in an evaluation, or a revision of one: the very text, so that sent again it is the same. It is only done when the
 * answer names the evaluation and the hash of what was sent; anything else was not said by the program.
 */
export function handIn(user: string, content: string, hash: string, evaluation: string, revises: boolean): Promise<Receipt> {
  const given = { body: content as never, bodySerializer: () => content, ...by(user, content.length) }
  return asked(
    revises ? api.POST('/evaluations/{id}/revisions', { params: { path: { id: evaluation } }, ...given }) : api.POST('/evaluations', given),
    (receipt) => receipt.id === evaluation && receipt.content_hash === hash,
  )
}

/** A shopper's own evaluation. */
export const ownEvaluation = (user: string, id: string) =>
  asked(api.GET('/evaluations/{id}', { params: { path: { id } }, ...by(user) }), (e) => 'id' in e && e.id === id) as Promise<
    Schemas['OwnEvaluation']
  >
