import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { canonical, sha256 } from './canonical'

test('keys are sorted and numbers and texts written as RFC 8785 has them in its examples', () => {
  const example =
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
  expect(canonical(JSON.parse(example))).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
  const keys = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew',
    '1': 'One',
    '\ud83d\ude00': 'Emoji',
    '\u0080': 'Control',
    '\u00f6': 'o',
  }
  expect(Object.keys(JSON.parse(canonical(keys)) as object)).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'])
  expect(canonical(keys)).toBe(
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"o","€":"Euro Sign","😀":"Emoji","\ufb33":"Hebrew"}',
  )
  expect(canonical([-0, 1e21, 1e-7, 2 ** 53])).toBe('[0,1e+21,1e-7,9007199254740992]')
})

/** Pseudo-random numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function value(random: () => number, depth: number): unknown {
  const text = () =>
    String.fromCodePoint(
      ...Array.from({ length: random() * 6 }, () => [random() * 128, 0xe9, 0x1f600, 0xfb33][Math.floor(random() * 4)]! | 0),
    )
  switch (Math.floor(random() * (depth > 0 ? 7 : 5))) {
    case 0:
      return null
    case 1:
      return random() < 0.5
    case 2:
      return Math.floor(random() * 1e6) - 5e5
    case 3:
      return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20)
    case 4:
      return text()
    case 5:
      return Array.from({ length: random() * 4 }, () => value(random, depth - 1))
  }
  return Object.fromEntries(Array.from({ length: random() * 5 }, () => [text(), value(random, depth - 1)]))
}

const shuffled = (v: unknown, random: () => number): unknown => {
  if (Array.isArray(v)) return v.map((part) => shuffled(part, random))
  if (v === null || typeof v !== 'object') return v
  const entries = Object.entries(v).map(([k, part]) => [random(), k, shuffled(part, random)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => a - b).map(([, k, part]) => [k, part]))
}

test('a value has one text, in whatever order its keys came, and the text is that value', () => {
  const random = seeded(20261121)
  for (let i = 0; i < 2000; i++) {
    const v = value(random, 4)
    const text = canonical(v)
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(v)))
    expect(canonical(shuffled(v, random))).toBe(text)
    expect(canonical(JSON.parse(text))).toBe(text)
  }
})

test('half of a character is written as one that is unreadable; whole ones are as they were', () => {
  const text = canonical({ why: 'thanks \ud83d', words: ['\ude00', '😀'] })
  expect(text).toBe('{"why":"thanks \ufffd","words":["\ufffd","😀"]}')
})

test('what is undefined is left out', () => expect(canonical({ b: undefined, a: 1 })).toBe('{"a":1}'))

test('the hash is that of the text in UTF-8', async () => {
  expect(await sha256('żółw 😀')).toBe(createHash('sha256').update('żółw 😀').digest('hex'))
})
