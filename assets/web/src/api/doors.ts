import { api, asked, Unreachable, type Schemas } from './client'

export type Attendance = Schemas['Attendance']
export type AttendanceRecord = Schemas['AttendanceRecord']
export type WalkIn = Schemas['WalkIn']

export const readAttendance = (group: string) => asked(api.GET('/focus-groups/{id}/attendance', { params: { path: { id: group } } }))

/** Records what was seen of a participant: the very text, so that sent again it is the same record. */
export async function record(group: string, invitation: string, content: string): Promise<Attendance> {
  const path = { id: group, invitation_id: invitation }
  const given = { body: content as never, bodySerializer: () => content }
  return of(invitation, await asked(api.PUT('/focus-groups/{id}/attendance/{invitation_id}', { params: { path }, ...given })))
}

/** Lets somebody in who was not expected; again, if need be. */
export async function letIn(group: string, invitation: string, content: string): Promise<Attendance> {
  const given = { body: content as never, bodySerializer: () => content }
  return of(invitation, await asked(api.POST('/focus-groups/{id}/walk-ins', { params: { path: { id: group } }, ...given })))
}

/** An answer that does not name the invitation was not said by the program. */
function of(invitation: string, answer: Attendance): Attendance {
  if (answer?.invitation_id !== invitation) throw new Unreachable('portal')
  return answer
}
