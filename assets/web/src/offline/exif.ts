import type { Position } from '../position'

/** What a camera wrote into a photo: when it was taken, and where. */
export interface Exif {
  at?: Date
  position?: Position
}

/** Reads a list of values by their tags: a text, an offset, or fractions. */
type Values = (tag: number) => { text: string; number: number; fractions: number[] } | undefined

const tags = { exif: 0x8769, gps: 0x8825, original: 0x9003, offset: 0x9011, latRef: 1, lat: 2, lonRef: 3, lon: 4, error: 31 }
const [byte, text, long, rational] = [1, 2, 4, 5]

/**
 * What EXIF says in a JPEG (or its first 256 kB). Of what is missing, cut off or absurd nothing is said. It is read here
 * because the libraries that read it are either as large as all the rest of the app or no longer looked after.
 */
export function exifOf(jpeg: ArrayBuffer): Exif {
  try {
    return read(new DataView(jpeg))
  } catch (error) {
    if (error instanceof RangeError) return {} // it points beyond its end
    throw error
  }
}

function read(jpeg: DataView): Exif {
  const tiff = tiffIn(jpeg)
  if (!tiff) return {}
  const little = tiff.getUint16(0) === 0x4949
  const first = valuesAt(tiff, tiff.getUint32(4, little), little)
  const at = (tag: number): Values => {
    const offset = first(tag)?.number
    return offset ? valuesAt(tiff, offset, little) : () => undefined
  }
  const taken = timeOf(at(tags.exif))
  const position = placeOf(at(tags.gps))
  return { ...(taken && { at: taken }), ...(position && { position }) }
}

/** The part of a JPEG that EXIF stands in. */
function tiffIn(jpeg: DataView): DataView | undefined {
  if (jpeg.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; jpeg.getUint8(at) === 0xff && jpeg.getUint8(at + 1) !== 0xda; at += 2 + jpeg.getUint16(at + 2)) {
    const exif = jpeg.getUint8(at + 1) === 0xe1 && jpeg.getUint32(at + 4) === 0x45786966
    if (exif) return new DataView(jpeg.buffer, jpeg.byteOffset + at + 10, jpeg.getUint16(at + 2) - 8)
  }
  return undefined
}

function valuesAt(tiff: DataView, directory: number, little: boolean): Values {
  const entries = new Map<number, number>()
  for (let i = 0; i < tiff.getUint16(directory, little); i++) {
    const entry = directory + 2 + 12 * i
    entries.set(tiff.getUint16(entry, little), entry)
  }
  return (tag) => {
    const entry = entries.get(tag)
    if (entry === undefined) return undefined
    const type = tiff.getUint16(entry + 2, little)
    const count = tiff.getUint32(entry + 4, little)
    const size = type === rational ? 8 : type === long ? 4 : 1
    const from = size * count > 4 ? tiff.getUint32(entry + 8, little) : entry + 8
    const number = (at: number) => tiff.getUint32(at, little)
    return {
      text:
        type === text || type === byte
          ? String.fromCharCode(...new Uint8Array(tiff.buffer, tiff.byteOffset + from, Math.min(count, 64)))
          : '',
      number: type === long ? number(from) : 0,
      fractions:
        type === rational ? Array.from({ length: Math.min(count, 3) }, (_, i) => number(from + 8 * i) / number(from + 8 * i + 4)) : [],
    }
  }
}

/** The instant, by the offset that the camera noted; without one, by the zone of the phone that it is on. */
function timeOf(values: Values): Date | undefined {
  const wall = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(values(tags.original)?.text ?? '')
  if (!wall) return undefined
  const offset = /^[+-]\d\d:\d\d/.exec(values(tags.offset)?.text ?? '')?.[0] ?? ''
  return plausible(new Date(`${wall[1]}-${wall[2]}-${wall[3]}T${wall[4]}${offset}`))
}

/** A time that a photo can have been taken at; cameras that were never set write others. */
export const plausible = (at: Date): Date | undefined => (at.getTime() > 0 && at.getUTCFullYear() < 9999 ? at : undefined)

function placeOf(values: Values): Position | undefined {
  const degrees = (tag: number, side: number, most: number) => {
    const [whole = NaN, minutes = 0, seconds = 0] = values(tag)?.fractions ?? []
    const sign = /^[SW]/.test(values(side)?.text ?? '') ? -1 : 1
    const value = Math.round(sign * (whole + minutes / 60 + seconds / 3600) * 1e6) / 1e6
    return Math.abs(value) <= most ? value : undefined
  }
  const lat = degrees(tags.lat, tags.latRef, 90)
  const lon = degrees(tags.lon, tags.lonRef, 180)
  if (lat === undefined || lon === undefined) return undefined
  const accuracy = Math.round(values(tags.error)?.fractions[0] ?? NaN)
  return { lat, lon, ...(Number.isFinite(accuracy) && { accuracy }) }
}
