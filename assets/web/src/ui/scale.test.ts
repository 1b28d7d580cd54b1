import { expect, test } from 'vitest'
import { along, apart, calendar, floorOf, sideBySide, widthOf, wordsAt } from './scale'

test('a share beyond an axis is drawn at its end', () => {
  const axis = { from: 10, length: 200 }
  expect([-0.2, 0, 0.25, 1, 1.05].map((s) => along(axis, s))).toEqual([10, 10, 60, 210, 210])
})

test('a scale begins well below the lowest score, at a whole ten, never above 70, and at 0 where that is near', () => {
  expect(floorOf([9000, 7300])).toBe(0.5)
  expect(floorOf([10_000])).toBe(0.7)
  expect(floorOf([5500])).toBe(0.4)
  expect(floorOf([5499])).toBe(0)
  expect(floorOf([])).toBe(0.7)
})

test('short periods name the Mondays, longer ones the months, very long ones the years', () => {
  expect(calendar('2026-11-10', '2026-11-22', 'en-GB')).toEqual([
    { at: 0, text: '10 Nov' },
    { at: 6, text: '16 Nov' },
  ])
  expect(calendar('2025-11-23', '2026-02-22', 'en-GB')).toEqual([
    { at: 0, text: '23 Nov 2025' },
    { at: 8, text: 'Dec' },
    { at: 39, text: 'Jan 2026' },
    { at: 70, text: 'Feb' },
  ])
  expect(calendar('2023-06-01', '2026-02-01', 'en-GB').map((t) => t.text)).toEqual(['2024', '2025', '2026'])
})

test('a day is as far in a chart where the clocks change in between', () => {
  expect(calendar('2026-10-20', '2026-11-05', 'en-GB').at(-1)).toEqual({ at: 13, text: '2 Nov' })
})

test('words on an axis that touch others or its ends are left out, the later ones first', () => {
  const at = (...places: number[]) => places.map((p) => ({ at: p, width: 20 }))
  const kept = apart(at(50, 60, 90, 5, 96), { from: 0, length: 100 })
  expect(kept.map((k) => k.at)).toEqual([50, 90])
})

test('visits of one day stand side by side around it', () => {
  const asides = sideBySide([{ day: 'a' }, { day: 'b' }, { day: 'a' }], 5).map((s) => s.aside)
  expect(asides).toEqual([-5.25, 0, 5.25])
})

test('the score of a visit stands above it, below where something is above, and nowhere where there is no room', () => {
  const inside = { left: 0, top: 0, right: 200, bottom: 100 }
  const above = { x: 100, y: 30, text: '80.0' }
  const below = { x: 100, y: 50, text: '70.0' }
  const [first, second] = wordsAt([above, below], 5, inside)
  expect(first!.y).toBeLessThan(30)
  expect(second!.y).toBeGreaterThan(50)
  expect(wordsAt([{ x: 100, y: 3, text: '80.0' }], 5, { ...inside, bottom: 10 })).toEqual([undefined])
})

test('the score of a visit at an end of the chart is moved inside, so that the last visit has its score too', () => {
  const inside = { left: 0, top: 0, right: 200, bottom: 100 }
  const ends = [
    { x: 2, y: 50, text: '80.0' },
    { x: 198, y: 50, text: '75.9' },
  ]
  const half = widthOf('80.0') / 2 + 1
  expect(wordsAt(ends, 5, inside).map((spot) => spot!.x)).toEqual([half, 200 - half])
})
