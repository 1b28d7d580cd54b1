import { describe, expect, test } from 'vitest'
import { instantOf, wallTime } from './format'

describe('a wall time as an instant', () => {
  test('is that of its zone', () => {
    expect(instantOf('2026-02-01T10:15', 'Europe/Warsaw')).toBe('2026-02-01T09:15:00.000Z')
    expect(instantOf('2026-07-01T10:15', 'Europe/Warsaw')).toBe('2026-07-01T08:15:00.000Z')
  })

  test.each(['0002-02-01T10:15', '0020-02-01T10:15', '0202-02-01T10:15'])('is one also while its year is typed: %s', (wall) =>
    expect(wallTime(instantOf(wall, 'Europe/Vilnius'), 'Europe/Vilnius').slice(0, 10)).toBe(wall.slice(0, 10)),
  )

  test.each(['', 'junkT00:00', '2026-02-31T99:99'])('is empty where it is none: %s', (wall) =>
    expect(instantOf(wall, 'Europe/Warsaw')).toBe(''),
  )
})
