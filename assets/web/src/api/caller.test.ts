import { expect, test } from 'vitest'
import { caller } from './caller'

interface Paths {
  '/things/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: {
      parameters: { path: { id: string }; query?: { state?: string[]; limit?: number; from?: string }; header?: { 'If-Match'?: string } }
      responses: { 200: { content: { 'application/json': { id: string } } } }
    }
    put: {
      parameters: { path: { id: string }; query?: never }
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: { content: { 'application/json': { id: string } } } }
    }
  }
}

function answering(answer: () => Response) {
  const asked: Request[] = []
  const api = caller<Paths>('https://fieldcare.test/api', async (request) => {
    asked.push(request)
    return answer()
  })
  return { api, asked }
}

test('a call names its path, its query and its headers', async () => {
  const { api, asked } = answering(() => new Response('{"id":"a"}'))
  const query = { state: ['new', 'old & worn'], limit: 0, from: undefined as unknown as string }
  const { data } = await api.GET('/things/{id}', { params: { path: { id: 'a/b ü' }, query, header: { 'If-Match': '"1"' } } })
  expect(data).toEqual({ id: 'a' })
  expect(asked[0]!.url).toBe('https://fieldcare.test/api/things/a%2Fb%20%C3%BC?state=new&state=old+%26+worn&limit=0')
  expect(asked[0]!.headers.get('If-Match')).toBe('"1"')
  expect(asked[0]!.headers.has('Content-Type')).toBe(false)
})

test('a body is sent as JSON, or as what it is made into', async () => {
  const { api, asked } = answering(() => new Response('{}'))
  const params = { path: { id: 'a' } }
  await api.PUT('/things/{id}', { params, body: { name: 'ü' } })
  await api.PUT('/things/{id}', { params, body: {} as never, bodySerializer: () => 'as it is', headers: { 'Content-Type': 'text/plain' } })
  await api.PUT('/things/{id}', { params, body: {} as never, bodySerializer: () => new FormData() })
  expect(await Promise.all(asked.slice(0, 2).map((r) => r.text()))).toEqual(['{"name":"ü"}', 'as it is'])
  expect(asked.map((r) => r.headers.get('Content-Type')?.split(';')[0])).toEqual(['application/json', 'text/plain', 'multipart/form-data'])
})

test('an answer is read as it is wanted, a refusal as JSON where it is some', async () => {
  const params = { path: { id: 'a' } }
  const { data: blob } = await answering(() => new Response('%PDF')).api.GET('/things/{id}', { params, parseAs: 'blob' })
  expect(await (blob as unknown as Blob).text()).toBe('%PDF')
  expect((await answering(() => new Response(null, { status: 204 })).api.GET('/things/{id}', { params })).data).toBeUndefined()
  const refused = answering(() => new Response('{"detail":"no"}', { status: 404 })).api
  expect((await refused.GET('/things/{id}', { params })).error).toEqual({ detail: 'no' })
  expect((await answering(() => new Response('no', { status: 404 })).api.GET('/things/{id}', { params })).error).toBe('no')
})
