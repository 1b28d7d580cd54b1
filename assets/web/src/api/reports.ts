import { all, api, asked, Unreachable, type Schemas } from './client'

export type Overview = Schemas['BranchOverview']
export type BranchReport = Schemas['BranchReport']
export type VisitReport = Schemas['EvaluationReport']
export type ReportVisit = Schemas['ReportVisit']

/** Which view of a branch's report: days of the branch's zone, both included. The server chooses what is absent. */
export interface View {
  from?: string
  to?: string
  checklist?: string
}

/** The branches of whoever asks, each with its last score, its mean and its trend. */
export const overview = () =>
  all(async (cursor) => {
    const query = { limit: 200, overview: true, ...(cursor ? { cursor } : {}) }
    return (await asked(api.GET('/branches', { params: { query } }))) as Schemas['PageBranchOverview']
  })

export const branchReport = (id: string, view: View) =>
  asked(api.GET('/branches/{id}/report', { params: { path: { id }, query: { ...view } } }))

export const visitReport = (id: string) => asked(api.GET('/evaluations/{id}/report', { params: { path: { id } } }))

/** A photo of an evaluation, by the number that its report gives. */
export const reportPhoto = (evaluation: string, number: number, size: 'full' | 'thumbnail') =>
  asked(
    api.GET('/evaluations/{id}/photos/{n}', { params: { path: { id: evaluation, n: number }, query: { size } }, parseAs: 'blob' }),
  ) as Promise<unknown> as Promise<Blob>

/** A file of the server under the name that it gave. */
export interface Download {
  name: string
  content: Blob
}

/** Hears how much of a download has arrived, as a share; undefined while nobody knows how long it is. */
export type Progress = (share: number | undefined) => void

export const branchPDF = (id: string, view: View, progress: Progress) =>
  arriving(api.GET('/branches/{id}/report.pdf', { params: { path: { id }, query: { ...view } }, parseAs: 'stream' }), progress)

export const visitPDF = (id: string, progress: Progress) =>
  arriving(api.GET('/evaluations/{id}/report.pdf', { params: { path: { id } }, parseAs: 'stream' }), progress)

async function arriving(call: Promise<{ data?: unknown; error?: unknown; response: Response }>, progress: Progress): Promise<Download> {
  progress(undefined)
  const stream = (await asked(call)) as ReadableStream<Uint8Array<ArrayBuffer>>
  const { headers } = (await call).response
  const length = headers.has('Content-Encoding') ? 0 : Number(headers.get('Content-Length') ?? 0)
  const parts = []
  let arrived = 0
  try {
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      arrived += value.byteLength
      progress(length > 0 ? Math.min(arrived / length, 1) : undefined)
    }
  } catch {
    throw new Unreachable('network')
  }
  const name = /filename="([^"]+)"/.exec(headers.get('Content-Disposition') ?? '')?.[1] ?? 'report.pdf'
  return { name, content: new Blob(parts, { type: 'application/pdf' }) }
}
