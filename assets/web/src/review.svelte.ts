import { makeMove, publish, readForReview, type Edit, type Evaluation, type Move } from './api/review'
import type { Document } from './checklist/rules'

/** The review of one evaluation, as it was read last. */
export class Review {
  evaluation = $state.raw<Evaluation>()
  document = $state.raw<Document>()
  /** Why it could not be read. */
  failure = $state.raw<unknown>()
  busy = $state(false)

  #tag = ''

  constructor(readonly id: string) {}

  async read() {
    this.failure = undefined
    try {
      const { evaluation, document, tag } = await readForReview(this.id)
      this.#tag = tag
      this.document = document
      this.evaluation = evaluation
    } catch (error) {
      this.failure = error
    }
  }

  /** Makes a move; throws the Refusal or Unreachable. */
  readonly move = (move: Move) => this.#change(() => makeMove(this.id, move))

  /** Sets all that is replaced or left out for the branch; throws the Refusal or Unreachable. */
  readonly publish = (edits: Edit[]) => this.#change(() => publish(this.id, this.#tag, edits))

  async #change(change: () => Promise<{ value: Evaluation; tag: string }>): Promise<void> {
    this.busy = true
    try {
      const { value, tag } = await change()
      this.#tag = tag
      this.evaluation = value
    } finally {
      this.busy = false
    }
  }
}
