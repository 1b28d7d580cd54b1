/** A line on which shares from 0 to 1 lie, in pixels. */
export interface Axis {
  from: number
  length: number
}

/** Where a share lies; what lies beyond the axis is drawn at its end. */
export const along = (axis: Axis, share: number) => axis.from + axis.length * Math.min(Math.max(share, 0), 1)

export const share = (basisPoints: number) => basisPoints / 10_000

/**
 * Where a scale of scores begins: well below everything that is drawn, at a whole ten, or at 0 where that is near. Dots
 * are compared by where they stand, not by how tall they are, so that a scale may begin above 0 and says so.
 */
export function floorOf(basisPoints: number[]): number {
  const lowest = Math.min(10_000, ...basisPoints) - 1500
  return lowest < 4000 ? 0 : share(Math.min(Math.floor(lowest / 1000) * 1000, 7000))
}

const dayLength = 86_400_000
const utcDay = (day: string) => Date.parse(day + 'T00:00:00Z')

/** How many days lie from one day to another. */
export const daysBetween = (from: string, to: string) => Math.round((utcDay(to) - utcDay(from)) / dayLength)

/** A day that is named below a chart: how many days after the first, and its words. */
export interface Tick {
  at: number
  text: string
}

const asDay = (at: number) => new Date(at).toISOString().slice(0, 10)

/** The days to name below a chart of a period: where weeks begin, in a longer period months, in a very long one years. */
export function calendar(from: string, to: string, language: string): Tick[] {
  const say = (at: number, parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { ...parts, timeZone: 'UTC' }).format(at)
  const first = new Date(utcDay(from))
  const end = utcDay(to)
  const days = daysBetween(from, to) + 1
  const ticks: Tick[] = []
  const name = (at: number, parts: Intl.DateTimeFormatOptions) => {
    if (at >= first.getTime() && at <= end) ticks.push({ at: daysBetween(from, asDay(at)), text: say(at, parts) })
  }
  const weeks = 45
  const months = 800
  if (days <= weeks) {
    const short = { day: 'numeric', month: 'short' } as const
    name(first.getTime(), short)
    for (let at = first.getTime() + dayLength; at <= end; at += dayLength) if (new Date(at).getUTCDay() === 1) name(at, short)
  } else if (days <= months) {
    name(first.getTime(), { day: 'numeric', month: 'short', year: 'numeric' })
    for (let m = first.getUTCMonth() + 1, at; (at = Date.UTC(first.getUTCFullYear(), m, 1)) <= end; m++) {
      name(at, m % 12 === 0 ? { month: 'short', year: 'numeric' } : { month: 'short' })
    }
  } else {
    const step = Math.max(1, Math.floor(days / 365 / 12))
    for (let y = first.getUTCFullYear() + 1, at; (at = Date.UTC(y, 0, 1)) <= end; y += step) name(at, { year: 'numeric' })
  }
  return ticks
}

/** A text on an axis: where its middle is, and how wide it is about. */
export interface Label {
  at: number
  width: number
}

/** Those texts that touch none before them, nor an end of the axis; the first ones go before. */
export function apart<L extends Label>(labels: L[], axis: Axis, gap = 4): L[] {
  const kept: L[] = []
  for (const label of labels) {
    const [left, right] = [label.at - label.width / 2, label.at + label.width / 2]
    const fits = left >= axis.from && right <= axis.from + axis.length
    if (fits && kept.every((k) => right + gap <= k.at - k.width / 2 || left - gap >= k.at + k.width / 2)) kept.push(label)
  }
  return kept
}

/** About how wide a small text is, in pixels. */
export const widthOf = (text: string) => text.length * 6.3

export interface Spot {
  x: number
  y: number
}

/** Moves dots of one day apart, so that each is seen. */
export function sideBySide<V extends { day: string }>(visits: V[], radius: number): { visit: V; aside: number }[] {
  const of = new Map<string, number>()
  for (const v of visits) of.set(v.day, (of.get(v.day) ?? 0) + 1)
  const placed = new Map<string, number>()
  return visits.map((visit) => {
    const n = of.get(visit.day) ?? 1
    const before = placed.get(visit.day) ?? 0
    placed.set(visit.day, before + 1)
    return { visit, aside: (before - (n - 1) / 2) * Math.min(2.1 * radius, 40 / n) }
  })
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/**
 * Where the words of dots go: above or below, where they touch neither a dot nor other words, at an end of the chart moved
 * inside; undefined where there is no room. The place is the middle of the words' base line.
 */
export function wordsAt(spots: (Spot & { text: string })[], radius: number, inside: Box): (Spot | undefined)[] {
  const taken: Box[] = spots.map((s) => ({ left: s.x - radius, top: s.y - radius, right: s.x + radius, bottom: s.y + radius }))
  const height = 12
  return spots.map((s) => {
    const half = widthOf(s.text) / 2 + 1
    const x = Math.min(Math.max(s.x, inside.left + half), inside.right - half)
    for (const top of [s.y - radius - height - 1, s.y + radius + 1]) {
      const box = { left: x - half, top, right: x + half, bottom: top + height }
      const fits = box.top >= inside.top && box.bottom <= inside.bottom
      if (!fits || taken.some((t) => meet(t, box))) continue
      taken.push(box)
      return { x, y: box.bottom - 2 }
    }
    return undefined
  })
}
