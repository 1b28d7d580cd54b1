import { api, asked, by, type Schemas } from './client'

export type Attendance = Schemas['Attendance']
export type AttendanceRecord = Schemas['AttendanceRecord']
export type WalkIn = Schemas['WalkIn']

/** Who is expected and who came. */
export const readAttendance = (user: string | undefined, group: string) =>
  asked(api.GET('/focus-groups/{id}/attendance', { params: { path: { id: group } }, ...by(user) }))

/** Records what was seen of a participant: the very text, so that sent again it is the same record. */
export const record = (user: string, group: string, invitation: string, content: string): Promise<Attendance> =>
  asked(
    api.PUT('/focus-groups/{id}/attendance/{invitation_id}', {
      params: { path: { id: group, invitation_id: invitation } },
      ...text(content),
      ...by(user),
    }),
    names(invitation),
  )

/** Lets somebody in who was not expected; again, if need be. */
export const letIn = (user: string, group: string, invitation: string, content: string): Promise<Attendance> =>
  asked(api.POST('/focus-groups/{id}/walk-ins', { params: { path: { id: group } }, ...text(content), ...by(user) }), names(invitation))

const text = (content: string) => ({ body: content as never, bodySerializer: () => content })

const names = (invitation: string) => (answer: Attendance) => answer.invitation_id === invitation
