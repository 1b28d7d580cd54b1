import { expect, test, vi } from 'vitest'

vi.stubGlobal('location', { pathname: '/', search: '' })
vi.stubGlobal('addEventListener', () => undefined)
const { match } = await import('./router.svelte')

test.each<[string, string, object | undefined]>([
  ['/visits/:id', '/visits/a', { id: 'a' }],
  ['/visits/:id', '/visits/a/', { id: 'a' }],
  ['/visits/:id', '/visits/a%20b', { id: 'a b' }],
  ['/visits/:id', '/visits/a/b', undefined],
  ['/visits/:id', '/visits/%E0%A4', undefined],
  ['/visits/:id', '/branches/a', undefined],
  ['/visits', '/visits', {}],
])('%s and %s', (pattern, path, values) => expect(match(pattern, path)).toEqual(values))
