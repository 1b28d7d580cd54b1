import type { Answer } from './answer'

type Parts = { [part: string]: unknown }

/** The parts of an answer that has some, such as a receipt's amount. */
export const partsOf = (answer: Answer | undefined): Parts => (typeof answer === 'object' && !Array.isArray(answer) ? answer : {})

export const notApplicable = (answer: Answer | undefined) => partsOf(answer).na === true

/** The photos that an answer names. */
export const photosOf = (answer: Answer | undefined) => (partsOf(answer).photos ?? []) as string[]

/** An answer as it is entered: its photos stay those that it had, since they come and go one by one, perhaps in another tab. */
export function entered(answer: Answer | undefined, before: Answer | undefined): Answer | undefined {
  const none = photosOf(answer).length + photosOf(before).length === 0
  return none || notApplicable(answer) ? answer : withPhotos(answer, photosOf(before))
}

/** An answer with a photo, which may come instead of another; one that was not applicable is now. */
export function withPhoto(answer: Answer | undefined, sha256: string, instead?: string): Answer | undefined {
  const others = photosOf(answer).filter((hash) => hash !== sha256 && hash !== instead)
  return withPhotos(notApplicable(answer) ? undefined : answer, [...others, sha256])
}

export const withoutPhoto = (answer: Answer | undefined, sha256: string) =>
  withPhotos(
    answer,
    photosOf(answer).filter((hash) => hash !== sha256),
  )

/** An answer with these photos and no others; nothing where nothing is left. */
function withPhotos(answer: Answer | undefined, photos: string[]): Answer | undefined {
  const { photos: _, ...rest } = partsOf(answer)
  if (photos.length > 0) return { ...rest, photos }
  return Object.keys(rest).length > 0 ? rest : undefined
}
