import { expect, test } from 'vitest'
import { joined } from './joined'

test('what is empty is not joined', () => {
  expect(joined('Purchase', undefined, ' ', 'Information')).toBe('Purchase · Information')
})
