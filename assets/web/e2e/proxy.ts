import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base } from './test'

/** What a phone asks of the server. */
export interface Passing {
  method: string
  /** With the query, such as /api/v1/visits?limit=200. */
  path: string
  body: Buffer
}

/**
 * What becomes of a request on its way:
 * - pass: it reaches the program, and the answer the phone;
 * - away: the connection breaks before the program has heard of it;
 * - lost: the program has done it, and the connection breaks before the phone has heard of that;
 * - cut: the answer breaks off in the middle of its body;
 * - hang: nobody ever answers, and the program never hears of it;
 * - portal: a Wi-Fi answers 200 with its own page;
 * - an Answer that somebody gives in the place of the program;
 * - other bytes: the program gets these in the place of what the phone sent, and says what it has against them;
 * - a promise of one of these: the request waits until then.
 */
export type Fate = 'pass' | 'away' | 'lost' | 'cut' | 'hang' | 'portal' | Answer | Buffer

/** An answer that the program did not give: a problem of its form by no(), or anything at all. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** The answer of a server that is in trouble, in the program's own form; after: what Retry-After says, in seconds. */
export const no = (status: number, after?: number): Answer => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...(after !== undefined && { 'Retry-After': String(after) }) },
  body: JSON.stringify({ type: 'urn:fieldcare:trouble', title: 'Trouble', status, detail: 'the way to the server is in trouble' }),
})

/** An answer of 200 in JSON that is not the program's. */
export const foreign = (body: unknown): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

const portal: Answer = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Wi-Fi</title><h1>Welcome to our Wi-Fi</h1>',
}

/** A request that went by, with what the program answered; answered is absent where it never heard of it. */
export interface Passed extends Passing {
  answered?: number
  answer?: { headers: string[]; body: Buffer }
}

/** The way between a phone and the program: all that the phone asks of `url` goes through here, and may go wrong. */
export class Proxy {
  /** Decides what becomes of each request. */
  fate: (passing: Passing) => Fate | Promise<Fate> = () => 'pass'
  /** Every request, in the order in which they came. */
  readonly passed: Passed[] = []
  #server: Server | undefined
  #addr = ''

  /** program: the address of the program at the time of each request. */
  constructor(readonly program: () => string) {}

  get url() {
    return 'http://' + this.#addr
  }

  /** The requests of a method to paths that begin so, below /api/v1. */
  to(method: string, path: string): Passed[] {
    return this.passed.filter((p) => p.method === method && p.path.startsWith('/api/v1' + path))
  }

  /** The way is clear again. */
  clear() {
    this.fate = () => 'pass'
  }

  async start() {
    this.#server = createServer((asked, answer) => void this.#handle(asked, answer).catch(() => answer.destroy()))
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#addr = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop() {
    this.#server?.closeAllConnections()
    this.#server?.close()
    await once(this.#server!, 'close')
  }

  async #handle(asked: IncomingMessage, answer: ServerResponse) {
    const passed: Passed = { method: asked.method!, path: asked.url!, body: await read(asked) }
    this.passed.push(passed)
    const fate = await this.fate(passed)
    if (asked.socket.destroyed) return // the phone gave up while it was slow, and nothing of it arrives later
    if (fate === 'hang') return
    if (fate === 'away') return answer.destroy()
    if (fate === 'portal') return write(answer, portal)
    if (typeof fate === 'object' && !Buffer.isBuffer(fate)) return write(answer, fate)
    const said = await this.#ask(asked, Buffer.isBuffer(fate) ? fate : passed.body)
    const body = await read(said)
    passed.answered = said.statusCode!
    passed.answer = { headers: said.rawHeaders, body }
    if (fate === 'lost') return answer.destroy()
    // Node takes the header lines as they are, so that several cookies stay several.
    answer.writeHead(said.statusCode!, said.rawHeaders)
    if (fate !== 'cut') return answer.end(body)
    answer.write(body.subarray(0, Math.floor(body.length / 2)), () => answer.destroy())
  }

  /** Asks the program what the phone asked, under the name by which the phone knows it. */
  async #ask(asked: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const headers = { ...asked.headers, ...(asked.headers['content-length'] && { 'content-length': String(body.length) }) }
    const onward = request(this.program() + asked.url!, { method: asked.method!, headers, agent: false })
    onward.on('error', () => undefined) // a program that is killed in the middle of its answer breaks off that answer, which is read
    onward.end(body)
    const [said] = (await once(onward, 'response')) as [IncomingMessage]
    return said
  }
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function write(answer: ServerResponse, { status, headers = {}, body = '' }: Answer) {
  answer.writeHead(status, headers).end(body)
}

/** A test whose browser reaches the program by a way that may go wrong. */
export const test = base.extend<{ way: Proxy }>({
  way: async ({ program }, use) => {
    const way = new Proxy(() => program.url)
    await way.start()
    await use(way)
    await way.stop()
  },
  baseURL: async ({ way }, use) => use(way.url),
})
