import { expect, test } from 'vitest'
import { chosen, dayInWords, offers, periodInWords } from './period'

test('the last month and quarter are whole ones, also over a new year', () => {
  const [, month, quarter, year] = offers('2026-11-22')
  expect(month).toEqual({ name: 'month', from: '2026-10-01', to: '2026-10-31' })
  expect(quarter).toEqual({ name: 'quarter', from: '2026-07-01', to: '2026-09-30' })
  expect(year).toEqual({ name: 'year', from: '2025-11-23' })
  const [, december, lastQuarter] = offers('2027-01-03')
  expect(december).toEqual({ name: 'month', from: '2026-12-01', to: '2026-12-31' })
  expect(lastQuarter).toEqual({ name: 'quarter', from: '2026-10-01', to: '2026-12-31' })
})

test('twelve months from a leap day begin in March', () => {
  expect(offers('2028-02-29').at(-1)).toEqual({ name: 'year', from: '2027-03-01' })
})

test('a view is of the offer with the same days, else of the own ones', () => {
  const all = offers('2026-11-22')
  expect(chosen(all)).toBe('days')
  expect(chosen(all, '2026-10-01', '2026-10-31')).toBe('month')
  expect(chosen(all, '2026-10-01')).toBe('own')
})

test('days and periods are said as in the PDF', () => {
  expect(dayInWords('2026-11-06')).toBe('Fri 6 Nov 2026')
  expect(periodInWords({ from: '2026-08-25', to: '2026-11-22' })).toBe('25 August – 22 November 2026')
  expect(periodInWords({ from: '2025-12-01', to: '2026-02-28' })).toBe('1 December 2025 – 28 February 2026')
})
