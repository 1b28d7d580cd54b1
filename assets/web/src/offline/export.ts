import { Zip, ZipPassThrough } from 'fflate'
import { kept, type Draft } from './db'
import { contentOf, namedIn, of, unsent, workOn } from './work'
import { keptVersion } from './visits'

/** What a file of unsent work says of itself: POST /evaluations/import reads it. */
interface Manifest {
  format: 'fieldcare-unsent-work'
  version: 1
  user: string
  exported_at: string
  /** open: still being filled in; it stands in the file as it would be sent now. */
  evaluations: { id: string; visit_id: string; open: boolean }[]
}

/**
 * All of somebody's unsent work as one ZIP: manifest.json, evaluations/{id}.json with the very text that would be sent,
 * and photos/{sha256}.jpg. There is nothing in it by which anybody could sign in. missing: how many evaluations and photos this
 * phone could not read; the others are in the file.
 */
export async function unsentWork(user: string, now: Date): Promise<{ file: File; missing: number }> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const zip = new Zip((error, part) => {
    if (error) throw error
    parts.push(part as Uint8Array<ArrayBuffer>)
  })
  const add = (name: string, bytes: Uint8Array) => {
    const entry = new ZipPassThrough(name)
    entry.mtime = now
    zip.add(entry)
    entry.push(bytes, true)
  }
  let missing = 0
  const readable = <T>(reading: Promise<T>) =>
    reading.catch(() => {
      missing++
      return undefined
    })
  const drafts: { draft: Draft; content: string }[] = []
  for (const draft of await unsent(user)) {
    const content = await readable(contentNow(draft, now))
    if (content !== undefined) drafts.push({ draft, content })
  }
  const manifest: Manifest = {
    format: 'fieldcare-unsent-work',
    version: 1,
    user,
    exported_at: now.toISOString(),
    evaluations: drafts.map(({ draft: d }) => ({ id: d.evaluation, visit_id: d.visit, open: d.state === 'open' })),
  }
  const text = new TextEncoder()
  add('manifest.json', text.encode(JSON.stringify(manifest, null, 2)))
  const photos = new Set<string>()
  for (const { draft, content } of drafts) {
    add(`evaluations/${draft.evaluation}.json`, text.encode(content))
    const named = namedIn(content)
    for (const key of await kept((db) => db.getAllKeys('photos', of(user, draft.visit)))) {
      if (!named.has(key[2]) || photos.has(key[2])) continue
      const photo = await readable(kept((db) => db.get('photos', key))) // one at a time: phones have little memory
      if (!photo) continue
      photos.add(photo.sha256)
      add(`photos/${photo.sha256}.jpg`, new Uint8Array(photo.bytes))
    }
  }
  zip.end()
  const file = new File(parts, `fieldcare-unsent-${now.toISOString().slice(0, 10)}.zip`, { type: 'application/zip' })
  return { file, missing }
}

/** What is sent, or would be if it were frozen now. */
async function contentNow(draft: Draft, now: Date): Promise<string> {
  if (draft.state !== 'open') return draft.content
  const work = await workOn(draft.user, draft.visit)
  const version = await keptVersion(draft.user, draft.checklist, draft.version)
  if (!work || !version) throw new Error('the checklist is not on this phone')
  return contentOf({ ...draft, finished: now.toISOString() }, version.document, work.answers, work.photos)
}
