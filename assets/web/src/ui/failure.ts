import { Refusal, Unreachable } from '../api/client'
import { words } from '../i18n.svelte'
import messages from '../messages/en/shell.json'

const t = words(messages)

/** Whether there is no such thing, or not for whoever asks; of what is no id there is none. */
export const isMissing = (error: unknown) =>
  error instanceof Refusal &&
  (error.status === 404 || error.status === 403 || error.problem.errors?.some((fault) => fault.pointer === 'id'))

/** What went wrong, in a sentence for whoever reads it. */
export function inWords(error: unknown): string {
  if (error instanceof Refusal) return error.reasons
  if (error instanceof Unreachable) return t(`failed.${error.why}`)
  return t('failed.other', { detail: error instanceof Error ? error.message : String(error) })
}
