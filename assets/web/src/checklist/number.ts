/** A number as people type it: with a comma or a point, and blanks wherever they like. Undefined where it is none. */
export function typedNumber(text: string): number | undefined {
  const plain = text.replace(/\s/g, '').replace('−', '-').replace(',', '.')
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined
}

/** A number as it is written where a language is spoken, without groups: it can be typed so. */
export const writtenNumber = (text: string, language: string) =>
  (0.5).toLocaleString(language).includes(',') ? text.replace('.', ',') : text

/** What was typed as an amount, in minor units; undefined where it is none, or finer than the currency is. */
export function typedAmount(text: string, digits: number): number | undefined {
  const number = typedNumber(text)
  if (number === undefined || Number(number.toFixed(digits)) !== number) return undefined
  return Math.round(number * 10 ** digits)
}
