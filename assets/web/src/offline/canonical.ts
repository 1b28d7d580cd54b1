/**
 * The one way to write a value as JSON (RFC 8785): keys sorted by their UTF-16 code units, no blanks. What the phone sends
 * is written so; its hash is then that of the text. Half of a character of two code units, which some keyboards leave
 * behind, has no place in it, and is written as the character for what is unreadable.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.replace(/\p{Surrogate}/gu, '\ufffd'))
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return '{' + parts.map(([key, part]) => JSON.stringify(key) + ':' + canonical(part)).join(',') + '}'
}

/** The SHA-256 of bytes or of a text in UTF-8, in lower-case hex. */
export async function sha256(content: string | ArrayBuffer): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const hash = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
