/** The language of the pages. English is written first; another language is a folder of messages beside `en`. */
export const language = 'en-GB'

const plural = new Intl.PluralRules(language)

type Values = Record<string, string | number>
type Counted<K> = K extends `${infer Base}.other` ? Base : never

/**
 * words makes the function that says the messages of a part of the app. A message may hold {names} of values. One that
 * counts stands as `key.one` and `key.other` and is chosen by the value n.
 */
export function words<M extends Record<string, string>>(messages: M) {
  type Key = keyof M & string
  return (key: Key | Counted<Key>, values: Values = {}): string => {
    const counted = typeof values.n === 'number' ? messages[`${key}.${plural.select(values.n)}`] : undefined
    const text = counted ?? messages[key] ?? messages[`${key}.other`] ?? key
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}

/** The words that stand for a value of the API, such as a state: `state.offered`. One that has none is shown as it is. */
export function worded(messages: Record<string, string>, part: string, value: string): string {
  return messages[`${part}.${value}`] ?? value.replaceAll('_', ' ')
}
