/** What a page reads from the server: nothing yet, what was read, or why it could not be. Of several readings the last one begun counts. */
export class Reading<T> {
  value = $state.raw<T>()
  failure = $state.raw<unknown>()
  busy = $state(false)
  #latest = 0

  constructor(private readonly ask: () => Promise<T>) {}

  async read(): Promise<void> {
    const mine = ++this.#latest
    this.busy = true
    try {
      const value = await this.ask()
      if (mine !== this.#latest) return
      this.value = value
      this.failure = undefined
    } catch (error) {
      if (mine === this.#latest) this.failure = error
    } finally {
      if (mine === this.#latest) this.busy = false
    }
  }
}
