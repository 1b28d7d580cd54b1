import { expect, test } from 'vitest'
import { typedAmount, typedNumber, writtenNumber } from './number'

test('a number is typed with a comma or a point, and with blanks', () => {
  expect(typedNumber('4,5')).toBe(4.5)
  expect(typedNumber('4.5')).toBe(4.5)
  expect(typedNumber(' 1 234,5 ')).toBe(1234.5)
  expect(typedNumber('1\u00a0234')).toBe(1234)
  expect(typedNumber('-3')).toBe(-3)
  expect(typedNumber('−3')).toBe(-3)
  expect(typedNumber('4,'), 'on the way to 4,5').toBe(4)
  expect(typedNumber(',5')).toBe(0.5)
})

test('what could be meant in two ways, or in none, is no number', () => {
  for (const text of ['', '1,234.5', '1.234.567', '4 or 5', '1e3', '0x10', '-', ',', 'Infinity', 'NaN']) {
    expect(typedNumber(text), text).toBeUndefined()
  }
})

test('a number is written as where the language is spoken', () => {
  expect(writtenNumber('4.5', 'en-GB')).toBe('4.5')
  expect(writtenNumber('4.5', 'pl')).toBe('4,5')
  expect(writtenNumber('1234567', 'de')).toBe('1234567')
})

test('an amount is kept in minor units, exactly, and never rounded', () => {
  expect(typedAmount('4,20', 2)).toBe(420)
  expect(typedAmount('1.15', 2)).toBe(115)
  expect(typedAmount('0,07', 2)).toBe(7)
  expect(typedAmount('1200', 0)).toBe(1200)
  expect(typedAmount('1,234', 2), 'a thousand, or more than one').toBeUndefined()
  expect(typedAmount('12,50', 0), 'yen have no parts').toBeUndefined()
})
