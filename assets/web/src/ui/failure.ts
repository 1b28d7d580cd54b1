import { Refusal, Unreachable } from '../api/client'
import { words } from '../i18n.svelte'
import messages from '../messages/en/shell.json'

const t = words(messages)

/** What went wrong, in a sentence for whoever reads it. */
export function inWords(error: unknown): string {
  if (error instanceof Refusal) return error.problem.detail
  if (error instanceof Unreachable) return t(`failed.${error.why}`)
  return t('failed.other', { detail: error instanceof Error ? error.message : String(error) })
}
