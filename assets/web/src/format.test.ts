import { describe, expect, test } from 'vitest'
import { amountAsText, decimalsOf, instantOf, money, wallTime } from './format'

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

describe('an amount', () => {
  test.each([
    [{ amount: 1250, currency: 'EUR' }, '€12.50', '12.50'],
    [{ amount: 5, currency: 'PLN' }, 'PLN 0.05', '0.05'],
    [{ amount: 1250, currency: 'JPY' }, 'JP¥1,250', '1250'],
    [{ amount: 1250, currency: 'KWD' }, 'KWD 1.250', '1.250'],
    [{ amount: 1250, currency: 'EUR' }, '€12.50', '12.50'],
  ])('has the decimals of its currency, also after another one: %o', (amount, read, typed) => {
    expect(money(amount).replace('\u00a0', ' ')).toBe(read)
    expect(amountAsText(amount)).toBe(typed)
  })

  test('of what is no currency has two, and can be typed', () => {
    expect(decimalsOf('euro')).toBe(2)
    expect(amountAsText({ amount: 1250, currency: 'euro' })).toBe('12.50')
  })
})
