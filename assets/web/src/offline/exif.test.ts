import { afterEach, describe, expect, test, vi } from 'vitest'
import { header, warsaw, whole } from '../../e2e/camera'
import { exifOf } from './exif'

afterEach(() => vi.unstubAllEnvs())

describe('when a photo was taken', () => {
  test('is what the camera noted, at the offset that it noted', () => {
    const noted = { 0x9003: '2026:11:21 14:05:03', 0x9011: '+05:30' }
    for (const little of [true, false]) {
      expect(exifOf(header({ noted, little }).buffer)).toEqual({ at: new Date('2026-11-21T08:35:03Z') })
    }
  })

  test('without an offset it is the time of the zone that the phone is in', () => {
    vi.stubEnv('TZ', 'America/New_York')
    const at = new Date('2026-11-21T19:05:03Z')
    expect(exifOf(header({ noted: { 0x9003: '2026:11:21 14:05:03' } }).buffer)).toEqual({ at })
    const unset = { 0x9003: '2026:11:21 14:05:03', 0x9011: '   :  ' }
    expect(exifOf(header({ noted: unset }).buffer)).toEqual({ at })
  })

  test('is not known of a camera whose clock was never set', () => {
    for (const wall of ['0000:00:00 00:00:00', '    :  :     :  :  ', '2026:13:21 14:05:03', '1904:01:01 00:00:00', 'yesterday']) {
      expect(exifOf(header({ noted: { 0x9003: wall } }).buffer), wall).toEqual({})
    }
  })
})

describe('where a photo was taken', () => {
  test('is what the camera noted, to the millionth of a degree', () => {
    expect(exifOf(header({ place: warsaw }).buffer)).toEqual({ position: { lat: 52.2297, lon: 21.012222 } })
  })

  test('is south and west too, and within so many metres', () => {
    const place = { ...warsaw, 1: 'S', 3: 'W', 31: [[475, 100]] }
    expect(exifOf(header({ place }).buffer)).toEqual({ position: { lat: -52.2297, lon: -21.012222, accuracy: 5 } })
  })

  test('is not known where it is noted by half, or nowhere on earth', () => {
    const { 4: _, ...half } = warsaw
    expect(exifOf(header({ place: half }).buffer)).toEqual({})
    expect(
      exifOf(
        header({
          place: {
            ...warsaw,
            2: [
              [0, 0],
              [0, 0],
              [0, 0],
            ],
          },
        }).buffer,
      ),
    ).toEqual({})
    expect(exifOf(header({ place: { ...warsaw, 2: [whole(91), whole(0), whole(0)] } }).buffer)).toEqual({})
  })
})

test('of what is cut off, of no JPEG, and of nothing, nothing is said', () => {
  const photo = header({ noted: { 0x9003: '2026:11:21 14:05:03' }, place: warsaw })
  expect(Object.keys(exifOf(photo.buffer))).toEqual(['at', 'position'])
  for (let end = 0; end < 400; end++) expect(() => exifOf(photo.slice(0, end).buffer), `${end} bytes`).not.toThrow()
  expect(exifOf(new TextEncoder().encode('GIF89a and no EXIF').buffer)).toEqual({})
  expect(exifOf(new ArrayBuffer(0))).toEqual({})
})

test('whatever stands in place of EXIF, it is read to an end', () => {
  const photo = header({ noted: { 0x9003: '2026:11:21 14:05:03' }, place: warsaw })
  let seed = 1
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below
  for (let i = 0; i < 3000; i++) {
    const broken = photo.slice()
    for (let n = 0; n < 4; n++) broken[random(broken.length)] = random(256)
    const { at, position } = exifOf(broken.buffer)
    expect(at === undefined || !Number.isNaN(at.getTime())).toBe(true)
    expect(position === undefined || (Math.abs(position.lat) <= 90 && Math.abs(position.lon) <= 180)).toBe(true)
  }
})
