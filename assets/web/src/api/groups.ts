import { all, api, asked, type Schemas } from './client'

export type Moderated = Schemas['ModeratedGroup']
export type Planned = Schemas['FocusGroup']
/** A focus group, as a coordinator or as its moderator sees it. */
export type Group = Planned | Moderated
export type Invitation = Schemas['Invitation']
export type Answer = Schemas['Answer']
export type Cost = Schemas['Cost']
export type CallOutcome = Schemas['NewCall']['outcome']

/** Whether it is seen with what is the coordinators': its study, its reserve. */
export const isPlanned = (group: Group): group is Planned => 'study_id' in group

const at = (id: string) => ({ params: { path: { id } } })
const page = (cursor: string | undefined) => ({ limit: 200, ...(cursor ? { cursor } : {}) })

export const readGroups = () => all<Group>((cursor) => asked(api.GET('/focus-groups', { params: { query: page(cursor) } })))
export const readGroup = (id: string): Promise<Group> => asked(api.GET('/focus-groups/{id}', at(id)))
export const readStudy = (id: string) => asked(api.GET('/studies/{id}', at(id)))
export const readForecast = (id: string) => asked(api.GET('/focus-groups/{id}/forecast', at(id)))
export const readWaitingList = (id: string) => asked(api.GET('/focus-groups/{id}/waiting-list', at(id)))
export const readCallList = (id: string) => asked(api.GET('/focus-groups/{id}/call-list', at(id)))
export const readCosts = (id: string) => asked(api.GET('/focus-groups/{id}/costs', at(id)))
export const readBudget = (study: string) => asked(api.GET('/studies/{id}/budget', at(study)))
export const readInvitations = (id: string) =>
  all((cursor) => asked(api.GET('/focus-groups/{id}/invitations', { params: { path: { id }, query: page(cursor) } })))

/** What the group's room has, such as recording. */
export const featuresOf = async (room: string) => (await asked(api.GET('/rooms/{id}', at(room)))).features ?? []

export const answer = (id: string, body: Answer) => asked(api.POST('/invitations/{id}/answer', { ...at(id), body }))
export const send = (id: string, body: Schemas['Sending']) => asked(api.POST('/invitations/{id}/send', { ...at(id), body }))
export const withdraw = (id: string, reason: string) => asked(api.POST('/invitations/{id}/withdraw', { ...at(id), body: { reason } }))
export const logCall = (invitation: string, id: string, outcome: CallOutcome, note: string) =>
  asked(api.POST('/invitations/{id}/calls', { ...at(invitation), body: { id, outcome, ...(note ? { note } : {}) } }))

/** Says that a cost, as it was read, is paid. */
export const pay = (cost: Cost) =>
  asked(api.POST('/costs/{id}/pay', { params: { path: { id: cost.id }, header: { 'If-Match': `"${cost.edition}"` } } }))

export const daySheet = (id: string) => asked(api.GET('/focus-groups/{id}/day-sheet.pdf', { ...at(id), parseAs: 'blob' }))
export const reportPDF = (id: string) => asked(api.GET('/focus-groups/{id}/report.pdf', { ...at(id), parseAs: 'blob' }))
