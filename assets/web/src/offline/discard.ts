import { write } from './db'
import { changed, Frozen, of } from './work'

/** Throws away the work on a visit, for good. What is on its way is not thrown away: nobody knows whether it has arrived. */
export async function discard(user: string, visit: string): Promise<void> {
  await write(['drafts', 'answers', 'photos'], async (tx) => {
    const draft = await tx.objectStore('drafts').get([user, visit])
    if (draft?.state === 'frozen') throw new Frozen()
    await tx.objectStore('drafts').delete([user, visit])
    await tx.objectStore('answers').delete(of(user, visit))
    await tx.objectStore('photos').delete(of(user, visit))
  })
  changed()
}
