import { sha256 } from './canonical'
import type { PhotoRow } from './db'

/** What is kept of a photo: its bytes, shrunk, and what the phone says of when it was taken. */
export type Developed = Pick<PhotoRow, 'sha256' | 'bytes' | 'type' | 'width' | 'height' | 'taken_at' | 'source' | 'position'>

const longestSide = 2048
const quality = 0.85

/**
 * Makes a photo small enough for a weak signal: upright, at most 2048 pixels, JPEG, without what the camera wrote into it.
 * It throws when the file is no picture that this phone can read.
 */
export async function develop(file: File, source: 'camera' | 'gallery', now: Date): Promise<Developed> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height))
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(picture, 0, 0, width, height)
  picture.close()
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  const bytes = await blob.arrayBuffer()
  const taken = source === 'camera' ? now : new Date(file.lastModified || now)
  return { sha256: await sha256(bytes), bytes, type: 'image/jpeg', width, height, taken_at: taken.toISOString(), source }
}
