import { api, asked } from './client'

/** A photo of an evaluation, numbered from 1, as whoever is signed in may see it: at most 2048 pixels, or 400. */
export const photoOf = (evaluation: string, n: number, size: 'full' | 'thumbnail'): Promise<Blob> =>
  asked(
    api.GET('/evaluations/{id}/photos/{n}', { params: { path: { id: evaluation, n }, query: { size } }, parseAs: 'blob' }),
  ) as unknown as Promise<Blob>
