import { lastKnown } from '../position'
import { sha256 } from './canonical'
import type { PhotoRow } from './db'

/** What is kept of a photo: its bytes, shrunk, and what the phone says of when and where it was taken. */
export type Developed = Pick<PhotoRow, 'sha256' | 'bytes' | 'type' | 'width' | 'height' | 'taken_at' | 'source' | 'position'>

const longestSide = 2048
const quality = 0.85
const whereExifStands = 256 * 1024

/**
 * Makes a photo small enough for a weak signal: upright, at most 2048 pixels, JPEG, without what the camera wrote into it;
 * of that, when and where it was taken is kept beside it. It throws when the file is no picture that this phone can read.
 */
export async function develop(file: File, source: 'camera' | 'gallery', now: Date): Promise<Developed> {
  const claims = await claimsOf(file, source, now) // first: what is kept has them no more
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height))
  const [width, height] = [Math.ceil(picture.width * scale), Math.ceil(picture.height * scale)]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.fillStyle = '#fff' // what is seen through a picture; JPEG would make it black
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  picture.close()
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  const bytes = await blob.arrayBuffer()
  return { sha256: await sha256(bytes), bytes, type: 'image/jpeg', width, height, source, ...claims }
}

/** When and where a photo was taken: one of the camera here and now, one of the gallery as the camera wrote it down. */
async function claimsOf(file: File, source: 'camera' | 'gallery', now: Date): Promise<Pick<Developed, 'taken_at' | 'position'>> {
  const claim = (at: Date, position: Developed['position']) => ({ taken_at: at.toISOString(), ...(position && { position }) })
  if (source === 'camera') return claim(now, lastKnown(now))
  try {
    const { exifOf, plausible } = await import('./exif')
    const { at, position } = exifOf(await file.slice(0, whereExifStands).arrayBuffer())
    return claim(at ?? plausible(new Date(file.lastModified)) ?? now, position)
  } catch {
    return claim(now, undefined) // a photo is never lost for what it says of itself
  }
}
