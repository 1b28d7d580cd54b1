import type { Visit } from '../../api/planning'

/** The colour of a visit's state: what waits for somebody, what went well, what did not. */
export function tone(state: Visit['state']): 'go' | 'good' | 'warn' | 'bad' | '' {
  switch (state) {
    case 'submitted':
      return 'go'
    case 'accepted':
    case 'approved':
      return 'good'
    case 'declined':
    case 'expired':
    case 'returned':
      return 'warn'
    case 'rejected':
    case 'cancelled':
      return 'bad'
  }
  return ''
}
