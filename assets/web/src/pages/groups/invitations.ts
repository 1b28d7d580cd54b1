import type { Answer, Invitation } from '../../api/groups'

type State = Invitation['state']

/** The states of an invitation, in the order of its life. */
export const states: State[] = [
  'accepted',
  'offered',
  'waitlisted',
  'sent',
  'draft',
  'declined',
  'screened_out',
  'cancelled',
  'expired',
  'withdrawn',
]

/** What somebody can say by phone whose invitation stands so. */
export function answers(i: Pick<Invitation, 'state' | 'confirmed_at'>): Answer['answer'][] {
  switch (i.state) {
    case 'sent':
    case 'offered':
      return ['accept', 'decline']
    case 'declined':
      return ['accept']
    case 'waitlisted':
      return ['cancel']
    case 'accepted':
      return i.confirmed_at ? ['cancel'] : ['confirm', 'cancel']
    default:
      return []
  }
}

export const sendable = (state: State) => state === 'draft' || state === 'sent'
export const withdrawable = (state: State) => ['draft', 'sent', 'waitlisted', 'offered', 'accepted'].includes(state)

/** The consents that are asked for: those about recording and observers where the room has what it takes. */
export function consents(features: string[]): string[] {
  const needs: Record<string, string> = { audio: 'recording', video: 'recording', observers: 'viewing_room' }
  return ['attend', 'audio', 'video', 'observers', 'quotes', 'contact_again'].filter((c) => !needs[c] || features.includes(needs[c]))
}

export const toneOf = (state: State): string =>
  state === 'accepted' ? 'good' : state === 'offered' || state === 'waitlisted' ? 'warn' : state === 'sent' ? 'go' : ''
