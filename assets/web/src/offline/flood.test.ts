import { expect, test } from 'vitest'
import { pause } from './outbox'

const second = 1000
const phones = 1000
/** At most a fifth of them may come in one second. */
const most = phones / 5

/** Chance that is the same in every run (mulberry32). */
function chance(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * All phones miss the server in the same moment, and try again by their pauses until it is back after so long. answer says,
 * once it is back, what it asks those to wait whom it cannot serve in this second (served: how many it has served in it), or 0.
 */
function outage(lasts: number, random: () => number, answer: (served: number) => number = () => 0) {
  const tries: number[] = []
  const served = new Map<number, number>()
  const waiting = Array.from({ length: phones }, () => ({ at: pause(0, 0, random()), failures: 1 }))
  while (waiting.length > 0) {
    const next = waiting.reduce((a, b) => (a.at <= b.at ? a : b))
    tries.push(next.at)
    const now = Math.floor(next.at / second)
    const before = served.get(now) ?? 0
    const asked = next.at < lasts ? undefined : answer(before)
    if (asked === 0) {
      served.set(now, before + 1)
      waiting.splice(waiting.indexOf(next), 1)
    } else next.at += pause(next.failures++, asked ?? 0, random())
  }
  return tries
}

/** How many tries fell into the busiest second, wherever it begins. */
function busiest(tries: number[]): number {
  let first = 0
  return tries.reduce((found, at, last) => {
    while (tries[first]! <= at - second) first++
    return Math.max(found, last - first + 1)
  }, 0)
}

const minute = 60 * second
test.each([0, second, 10 * second, minute, 10 * minute, 60 * minute])(
  'a thousand phones that miss the server at once for %i ms never come as a flood',
  (lasts) => {
    for (let seed = 1; seed <= 3; seed++) expect(busiest(outage(lasts, chance(seed)))).toBeLessThanOrEqual(most)
  },
)

test('a server that is down for an hour is asked some twenty times by each', () => {
  expect(outage(60 * minute, chance(1)).length / phones).toBeLessThan(22)
})

test.each([1, 7, 120])(
  'a server that serves twenty in a second and asks the others for %i s serves all of them, without a flood',
  (asked) => {
    const tries = outage(minute, chance(1), (served) => (served < 20 ? 0 : asked * second))
    expect(busiest(tries)).toBeLessThanOrEqual(most)
    expect(tries.at(-1)! / minute).toBeLessThan(15)
  },
)
