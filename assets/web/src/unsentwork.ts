import { strFromU8, unzipSync } from 'fflate'
import { Refusal } from './api/client'
import { versionOf } from './api/planning'
import { readVisit } from './api/visit'

/** One evaluation of a file of unsent work. */
export interface Unsent {
  id: string
  /** The shopper had not finished it. */
  open: boolean
  /** It answers anew what was returned. */
  revises: boolean
  answers: number
  photos: number
  /** Undefined where the visit does not exist any more. */
  visit: Visited | undefined
}

interface Visited {
  branch: string
  shopper: string
  opens: string
  checklist: string
  /** The texts of the questions, by their ids. */
  questions: Map<string, string>
}

/** What is in a file of unsent work; undefined where it is no such file. */
export async function readUnsentWork(file: Blob): Promise<Unsent[] | undefined> {
  const inside = unpacked(new Uint8Array(await file.arrayBuffer()))
  return inside && Promise.all(inside.map(async ({ visit, ...one }) => ({ ...one, visit: await visited(visit) })))
}

function unpacked(bytes: Uint8Array) {
  try {
    const files = unzipSync(bytes, { filter: ({ name }) => name.endsWith('.json') }) // photos stay packed: there may be many
    const read = (name: string) => JSON.parse(strFromU8(files[name]!)) as unknown
    const manifest = read('manifest.json') as { format: string; evaluations: { id: string; visit_id: string; open: boolean }[] }
    if (manifest.format !== 'fieldcare-unsent-work') return undefined
    return manifest.evaluations.map(({ id, visit_id: visit, open }) => {
      const { answers, photos, based_on } = read(`evaluations/${id}.json`) as { answers: object; photos?: unknown[]; based_on?: number }
      return { id, visit, open, revises: based_on !== undefined, answers: Object.keys(answers).length, photos: photos?.length ?? 0 }
    })
  } catch {
    return undefined // what is no ZIP, or has no manifest, or no JSON in it
  }
}

async function visited(id: string): Promise<Visited | undefined> {
  try {
    const visit = await readVisit(id)
    const { document } = await versionOf(visit)
    const questions = new Map(document.sections.flatMap((s) => s.questions).map((q) => [q.id, q.text]))
    const { branch, shopper_name: shopper = '', opens, checklist_title: checklist } = visit
    return { branch: branch.name, shopper, opens, checklist, questions }
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
