import { cpus, loadavg } from 'node:os'
import type { Took } from './watch'

interface Opening {
  seen: number
  usable: number
}

/** Everything that was measured of one page. */
export class Measurements {
  cold: Opening[] = []
  warm: Opening[] = []
  taps: Took[] = []
  conditions: Took[] = []
  keys: Took[] = []
}

/** What was measured with one checklist, in the app and in a plain page. */
export class Measured {
  readonly app = new Measurements()
  readonly plain = new Measurements()
  constructor(
    readonly title: string,
    readonly parts: number,
    readonly questions: number,
  ) {}
}

/** The smallest number that at least so many of a hundred do not exceed. */
function percentile(numbers: number[], percent: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN
}

const median = (numbers: number[]) => percentile(numbers, 50)
const ms = (n: number) => n.toFixed(n < 100 ? 1 : 0)
const spread = (of: number[]) => [50, 95, 100].map((percent) => ms(percentile(of, percent))).join(' / ')

const limits = { usable: (questions: number) => (questions <= 60 ? 1000 : 2000), answer: 50, kilobytes: 45 }

/** The figures as a table, and whether what is aimed at was reached. */
export function report(measured: Measured[], loaded: number): string {
  const machine = `${cpus().length} processors that had ${loadavg()[1]!.toFixed(1)} to do at a time in the last five minutes`
  const lines: string[] = [
    '',
    `Measured on ${machine}.`,
    'In milliseconds, with one processor slowed 4 times for the page; of answers p50 / p95 / max.',
  ]
  const row = (...cells: string[]) => lines.push(cells.map((cell, n) => (n === 0 ? cell.padEnd(40) : cell.padStart(22))).join(''))
  const aims: string[] = []
  const aim = (what: string, is: number, limit: number, unit: string, plain?: number) =>
    aims.push(
      `${is < limit ? 'reached    ' : 'NOT REACHED'}  ${what}: ${ms(is)} ${unit}, aimed at less than ${limit}` +
        (plain === undefined ? '' : ` (plain page: ${ms(plain)})`),
    )

  for (const { title, parts, questions, app, plain } of measured) {
    const [cold, warm, bare] = [app.cold, app.warm, plain.cold].map((of) => median(of.map((o) => o.usable))) as [number, number, number]
    const answers = app.taps.length + app.conditions.length + app.keys.length
    lines.push('', `${title} (${parts} ${parts === 1 ? 'part' : 'parts'}): opened ${app.cold.length} times, ${answers} answers`)
    row('', 'app', 'plain page', 'app ÷ plain')
    const seen = [app.cold, plain.cold].map((of) => median(of.map((o) => o.seen))) as [number, number]
    row('  opened: first question on the screen', ms(seen[0]), ms(seen[1]), (seen[0] / seen[1]).toFixed(1))
    row('  opened: first answer shown and kept', ms(cold), ms(bare), (cold / bare).toFixed(1))
    row('  the same within the open app', ms(warm))
    for (const [kind, name] of [
      ['taps', 'a choice or step'],
      ['conditions', 'an answer that asks more, or less'],
      ['keys', 'a letter'],
    ] as const) {
      for (const what of ['shown', 'kept'] as const) {
        const [a, p] = [app[kind], plain[kind]].map((of) => of.map((took) => took[what])) as [number[], number[]]
        row(`  ${name}, ${what}`, spread(a), spread(p), (median(a) / median(p)).toFixed(1))
      }
    }
    row('  what it asks, shown', spread(app.conditions.map((took) => took.followed!)))
    const most = (of: Measurements, what: 'shown' | 'kept') =>
      percentile(
        [...of.taps, ...of.conditions, ...of.keys].map((took) => took[what]),
        95,
      )
    aim(`${title}, opened until it is usable`, cold, limits.usable(questions), 'ms', bare)
    aim(`${title}, an answer on the screen (p95)`, most(app, 'shown'), limits.answer, 'ms', most(plain, 'shown'))
    aim(`${title}, an answer on the phone (p95)`, most(app, 'kept'), limits.answer, 'ms', most(plain, 'kept'))
  }
  aim('JavaScript of the first load', loaded / 1000, limits.kilobytes, 'kB')
  return [...lines, '', ...aims, ''].join('\n')
}
