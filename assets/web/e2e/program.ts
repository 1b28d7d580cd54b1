import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What the demo's people sign in with. */
export const password = 'fieldcare-demo'

export function program(): string {
  const built = process.env.FIELDCARE_PROGRAM
  if (!built) throw new Error('FIELDCARE_PROGRAM names no program: run the browser tests by `make test`')
  return built
}

/** The surroundings of the program: this machine's, without what may be set for another one that runs here. */
export function surroundings(own: Record<string, string>): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FIELDCARE_'))), ...own }
}

/** The program, serving a copy of the demo at an address that stays the same when it is stopped and started again. */
export class Program {
  readonly #data = mkdtempSync(join(tmpdir(), 'fieldcare-browser-'))
  #process: ChildProcess | undefined
  #addr = '127.0.0.1:0'

  constructor(demo: string) {
    cpSync(demo, this.#data, { recursive: true })
  }

  get url() {
    return 'http://' + this.#addr
  }

  async start() {
    const started = spawn(program(), ['serve'], {
      env: surroundings({ FIELDCARE_DATA: this.#data, FIELDCARE_ADDR: this.#addr, FIELDCARE_LOG: 'error' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = started
    for await (const line of createInterface(started.stdout)) {
      const listens = /listens on http:\/\/(\S+)/.exec(line)
      if (!listens) continue
      this.#addr = listens[1]!
      return
    }
    throw new Error('the program ended before it listened')
  }

  /** Adds somebody who signs in as the demo's people do. */
  add(who: string, name: string, role: string) {
    execFileSync(program(), ['user', 'add', `${who}@fieldcare.example`, '--name', name, '--role', role], {
      env: surroundings({ FIELDCARE_DATA: this.#data }),
      input: password + '\n',
      stdio: ['pipe', 'ignore', 'inherit'],
    })
  }

  get runs() {
    return this.#process !== undefined
  }

  async stop() {
    await this.#end('SIGTERM')
  }

  /** Ends it without a last word, as a power cut does. */
  async kill() {
    await this.#end('SIGKILL')
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL') {
    const running = this.#process
    this.#process = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    running.kill(signal)
    await once(running, 'exit')
  }

  async remove() {
    await this.stop()
    rmSync(this.#data, { recursive: true, force: true })
  }
}
