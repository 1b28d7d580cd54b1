/** The language of the pages. English is written first; another language is a folder of messages beside `en`. */
export const language = 'en-GB'

/** Makes something when it is asked for first: what knows a language takes a slow phone longer than a page to make. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

const plural = once(() => new Intl.PluralRules(language))

type Values = Record<string, string | number>
type Counted<K> = K extends `${infer Base}.other` ? Base : never

/**
 * words makes the function that says the messages of a part of the app. A message may hold {names} of values. One that
 * counts stands as `key.one` and `key.other` and is chosen by the value n.
 */
export function words<M extends Record<string, string>>(messages: M) {
  type Key = keyof M & string
  return (key: Key | Counted<Key>, values: Values = {}): string => {
    const counted = typeof values.n === 'number' ? messages[`${key}.${plural().select(values.n)}`] : undefined
    const text = counted ?? messages[key] ?? messages[`${key}.other`] ?? key
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}

/** The words that stand for a value of the API, such as a state: `state.offered`. One that has none is shown as it is. */
export function worded(messages: Record<string, string>, part: string, value: string): string {
  return messages[`${part}.${value}`] ?? value.replaceAll('_', ' ')
}
