import { language, once } from './i18n.svelte'

const utc = { timeZone: 'UTC' } as const
const dayFormat = once(() => new Intl.DateTimeFormat(language, { ...utc, weekday: 'short', day: 'numeric', month: 'short' }))
const fullDayFormat = once(
  () => new Intl.DateTimeFormat(language, { ...utc, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
)

/** A wall time (2026-11-21T09:00) as an instant that, shown in UTC, reads the same: for formatting only. */
const asUTC = (wall: string) => new Date((wall.length === 10 ? wall + 'T00:00' : wall.slice(0, 16)) + 'Z')

/** The day of a wall time: Sat 21 Nov. */
export const day = (wall: string) => dayFormat().format(asUTC(wall))

/** The day of a wall time in full: Saturday 21 November 2026. */
export const fullDay = (wall: string) => fullDayFormat().format(asUTC(wall))

/** The hour of a wall time: 09:00. */
export const hour = (wall: string) => wall.slice(11, 16)

/** A wall time: Sat 21 Nov, 09:00. */
export const dayAndHour = (wall: string) => `${day(wall)}, ${hour(wall)}`

/** From one wall time to another, the day once where it is the same. */
export const span = (opens: string, closes: string) =>
  opens.slice(0, 10) === closes.slice(0, 10) ? `${dayAndHour(opens)}–${hour(closes)}` : `${dayAndHour(opens)} – ${dayAndHour(closes)}`

/** The zone where the phone is. */
export const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** An instant (RFC 3339) in a zone, as wall time: 2026-11-21T09:00. */
export function wallTime(instant: string | number | Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(instant))
  return parts.replace(' ', 'T').padStart(16, '0') // years before 1000 have fewer digits
}

/** An instant in a zone, or where the phone is: Sat 21 Nov, 09:00. */
export const instant = (at: string | number | Date, zone = here()) => dayAndHour(wallTime(at, zone))

const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }))

/** How far an instant is from now, in the largest whole unit: in 3 hours, 2 days ago. */
export function fromNow(at: string | number | Date, now: number): string {
  const minutes = (new Date(at).getTime() - now) / 60_000
  if (Math.abs(minutes) < 60) return relative().format(Math.trunc(minutes), 'minute')
  if (Math.abs(minutes) < 48 * 60) return relative().format(Math.trunc(minutes / 60), 'hour')
  return relative().format(Math.trunc(minutes / 60 / 24), 'day')
}

/** An amount in minor units of its currency. */
interface Money {
  amount: number
  currency: string
}

const formats: Record<string, Intl.NumberFormat> = {}
const currencyFormat = (currency: string) => (formats[currency] ??= new Intl.NumberFormat(language, { style: 'currency', currency }))

/** How many decimals the amounts of a currency have; 2 where it is none: the server says so. */
export function decimalsOf(currency: string): number {
  try {
    return currencyFormat(currency).resolvedOptions().maximumFractionDigits!
  } catch {
    return 2
  }
}

/** An amount as it is read: €12.50. */
export const money = ({ amount, currency }: Money) => currencyFormat(currency).format(amount / 10 ** decimalsOf(currency))

/** An amount as it is typed: 12.50. */
export const amountAsText = ({ amount, currency }: Money) => (amount / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency))

/** Basis points as a share with one decimal, cut, never rounded up: 89.9%. */
export const percent = (basisPoints: number) => `${(Math.floor(basisPoints / 10) / 10).toFixed(1)}%`

/** Whole seconds as minutes and seconds: 2:05. */
export const stopwatch = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/**
 * The instant (RFC 3339) that a wall time of a zone is; of an hour that comes twice the first, of one that is left out the hour
 * after. Empty of what is no time.
 */
export function instantOf(wall: string, zone: string): string {
  const wanted = asUTC(wall).getTime()
  if (Number.isNaN(wanted)) return ''
  let at = wanted
  for (let i = 0; i < 2; i++) at += wanted - asUTC(wallTime(at, zone)).getTime()
  return new Date(at).toISOString()
}
