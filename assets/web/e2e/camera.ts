type Value = string | number[][]
/** Texts and fractions by their tags. */
export type Directory = Record<number, Value>

interface Noted {
  noted?: Directory
  place?: Directory
  little?: boolean
}

/** The segment of a JPEG in which EXIF stands. */
function exif({ noted = {}, place = {}, little = true }: Noted): number[] {
  const tiff = new DataView(new ArrayBuffer(600))
  const u16 = (at: number, value: number) => tiff.setUint16(at, value, little)
  const u32 = (at: number, value: number) => tiff.setUint32(at, value, little)
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d)
  u16(2, 42)
  u32(4, 8)
  const [exifAt, gpsAt] = [60, 120]
  let data = 240
  const pointers = [[0x8769, exifAt] as const, [0x8825, gpsAt] as const]
  u16(8, pointers.length)
  pointers.forEach(([tag, to], i) => {
    u16(10 + 12 * i, tag)
    u16(12 + 12 * i, 4)
    u32(14 + 12 * i, 1)
    u32(18 + 12 * i, to)
  })
  const write = (at: number, directory: Directory) => {
    const entries = Object.entries(directory)
    u16(at, entries.length)
    entries.forEach(([tag, value], i) => {
      const entry = at + 2 + 12 * i
      const bytes = typeof value === 'string' ? value.length + 1 : value.length * 8
      u16(entry, Number(tag))
      u16(entry + 2, typeof value === 'string' ? 2 : 5)
      u32(entry + 4, typeof value === 'string' ? bytes : value.length)
      const to = bytes > 4 ? data : entry + 8
      if (bytes > 4) {
        u32(entry + 8, data)
        data += bytes
      }
      if (typeof value === 'string') [...value].forEach((c, n) => tiff.setUint8(to + n, c.charCodeAt(0)))
      else value.flat().forEach((part, n) => u32(to + 4 * n, part))
    })
  }
  write(exifAt, noted)
  write(gpsAt, place)
  return segment(0xe1, [...letters('Exif\0\0'), ...new Uint8Array(tiff.buffer)])
}

const letters = (text: string) => new TextEncoder().encode(text)

const segment = (marker: number, content: ArrayLike<number>) => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 255,
  ...Array.from(content),
]

/** The start of a JPEG as a camera writes it, without a picture: JFIF first, then EXIF. */
export const header = (noted: Noted) =>
  new Uint8Array([0xff, 0xd8, ...segment(0xe0, letters('JFIF\0.........')), ...exif(noted), ...segment(0xda, new Uint8Array(10))])

/** A JPEG with what a camera would have noted. */
export const shot = (jpeg: Uint8Array, noted: Noted) => Buffer.from([...jpeg.slice(0, 2), ...exif(noted), ...jpeg.slice(2)])

export const whole = (value: number) => [value, 1]
export const warsaw: Directory = {
  1: 'N',
  2: [whole(52), whole(13), [4692, 100]],
  3: 'E',
  4: [whole(21), whole(0), [4400, 100]],
}
