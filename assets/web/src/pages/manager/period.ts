import { language } from '../../i18n.svelte'

/** A period that is offered by name; where a day is absent the server chooses it, in the branch's zone. */
export interface Offer {
  name: 'days' | 'month' | 'quarter' | 'year'
  from?: string
  to?: string
}

const asDay = (year: number, month: number, day: number) => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)

/** The periods that are offered on a day: the last 90 days, the last whole month and quarter, and twelve months until today. */
export function offers(today: string): Offer[] {
  const [year, month, day] = today.split('-').map(Number) as [number, number, number]
  const thisMonth = month - 1
  const thisQuarter = thisMonth - (thisMonth % 3)
  const sameDay = Math.min(day, new Date(Date.UTC(year - 1, month, 0)).getUTCDate())
  return [
    { name: 'days' },
    { name: 'month', from: asDay(year, thisMonth - 1, 1), to: asDay(year, thisMonth, 0) },
    { name: 'quarter', from: asDay(year, thisQuarter - 3, 1), to: asDay(year, thisQuarter, 0) },
    { name: 'year', from: asDay(year - 1, thisMonth, sameDay + 1) },
  ]
}

/** Which of the offers a view is of; the own days where it is of none. */
export const chosen = (all: Offer[], from?: string, to?: string): Offer['name'] | 'own' =>
  all.find((o) => o.from === from && o.to === to)?.name ?? 'own'

const format = (parts: Intl.DateTimeFormatOptions) => {
  const formatter = new Intl.DateTimeFormat(language, { ...parts, timeZone: 'UTC' })
  return (day: string) => formatter.format(new Date(day + 'T00:00:00Z')).replace(',', '')
}

const longDay = format({ day: 'numeric', month: 'long' })
const longDayOfYear = format({ day: 'numeric', month: 'long', year: 'numeric' })

/** A day with its weekday: Fri 6 Nov 2026. */
export const dayInWords = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })

/** A day in short: 6 Nov 2026. */
export const shortDay = format({ day: 'numeric', month: 'short', year: 'numeric' })

/** A period in words, the year once where it is the same: 25 August – 22 November 2026. */
export const periodInWords = ({ from, to }: { from: string; to: string }) =>
  `${from.slice(0, 4) === to.slice(0, 4) ? longDay(from) : longDayOfYear(from)} – ${longDayOfYear(to)}`
