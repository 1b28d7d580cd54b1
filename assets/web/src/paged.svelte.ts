interface Page<T> {
  items: T[]
  next_cursor?: string
}

/** A list that is read page by page, on demand. */
export class Paged<T> {
  /** Undefined while the first page is on its way. */
  items = $state.raw<T[]>()
  more = $state(false)
  reading = $state(false)
  failure = $state.raw<unknown>()

  #cursor: string | undefined
  #turn = 0

  constructor(readonly page: (cursor: string | undefined) => Promise<Page<T>>) {}

  /** Reads the first page, anew. What was asked for before and answers late is not shown. */
  async first() {
    this.#turn++
    this.items = undefined
    this.#cursor = undefined
    await this.next()
  }

  /** Reads one page more. */
  async next() {
    const turn = this.#turn
    this.reading = true
    this.failure = undefined
    try {
      const read = await this.page(this.#cursor)
      if (turn !== this.#turn) return
      this.items = [...(this.items ?? []), ...read.items]
      this.#cursor = read.next_cursor || undefined
      this.more = this.#cursor !== undefined
    } catch (error) {
      if (turn === this.#turn) this.failure = error
    } finally {
      if (turn === this.#turn) this.reading = false
    }
  }
}
