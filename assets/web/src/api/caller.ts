import type { Client } from 'openapi-fetch'

interface Call {
  params?: { path?: object; query?: object; header?: object }
  headers?: object
  body?: unknown
  bodySerializer?: (body: unknown) => BodyInit
  parseAs?: 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream'
  fetch?: (request: Request) => Promise<Response>
}

type Methods = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

/**
 * Calls the operations of an API, typed by its description as openapi-fetch does it. Of that library only the types are
 * used: what it can do beside this is a twentieth of the first load.
 */
export function caller<Paths extends object>(base: string, send: (request: Request) => Promise<Response>) {
  const method =
    (method: Methods) =>
    async (path: string, call: Call = {}) => {
      const response = await (call.fetch ?? send)(requestOf(base, method, path, call))
      if (!response.ok) return { error: read(await response.text()), response }
      const parseAs = call.parseAs ?? 'json'
      if (parseAs === 'stream') return { data: response.body, response }
      if (parseAs !== 'json') return { data: await response[parseAs](), response }
      const text = await response.text()
      return { data: text ? (JSON.parse(text) as unknown) : undefined, response }
    }
  const methods = { GET: method('GET'), PUT: method('PUT'), POST: method('POST'), PATCH: method('PATCH'), DELETE: method('DELETE') }
  return methods as unknown as Pick<Client<Paths>, Methods>
}

function requestOf(
  base: string,
  method: string,
  path: string,
  { params = {}, headers, body, bodySerializer = JSON.stringify }: Call,
): Request {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((params.path as Record<string, unknown>)[name])))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) query.append(name, String(one))
  }
  const address = base + filled + (String(query) && '?' + String(query))
  const given = { ...headers, ...params.header }
  if (body === undefined) return new Request(address, { method, headers: given })
  const content = bodySerializer(body)
  // A browser names the type of a form itself, with what parts it.
  const type = content instanceof FormData ? {} : { 'Content-Type': 'application/json' }
  return new Request(address, { method, body: content, headers: { ...type, ...given } })
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
