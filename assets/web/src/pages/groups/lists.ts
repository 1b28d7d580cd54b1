import type { Group } from '../../api/groups'
import { wallTime } from '../../format'

/** The parts of the list of sessions. */
export const parts = ['today', 'upcoming', 'draft', 'past'] as const
export type Part = (typeof parts)[number]

/** Where a session stands in the list, by the day that it is at its venue. */
export function partOf(group: Group, now: number): Part {
  const today = wallTime(now, group.zone).slice(0, 10)
  const day = group.starts?.slice(0, 10)
  const state: string = group.state // a moderator is shown no draft
  if (group.running || (day === today && state !== 'draft')) return 'today'
  if (state === 'draft') return 'draft'
  return group.state === 'scheduled' && Date.parse(group.ends_at ?? '') > now ? 'upcoming' : 'past'
}

/** The sessions in their parts: what is to come by its start, what is past the latest first. */
export function listed(groups: Group[], now: number): { part: Part; groups: Group[] }[] {
  const start = (g: Group) => Date.parse(g.starts_at ?? '') || 0
  return parts
    .map((part) => {
      const later = part === 'past' ? -1 : 1
      const own = groups.filter((g) => partOf(g, now) === part)
      return { part, groups: own.sort((a, b) => later * (start(a) - start(b)) || a.topic.localeCompare(b.topic)) }
    })
    .filter(({ groups }) => groups.length > 0)
}

/** What its state is called: running is not a state of its own, but what one wants to see. */
export const stateOf = (group: Group): string => (group.running ? 'running' : group.state)

export const toneOf = (group: Group): string =>
  group.running ? 'good' : group.state === 'cancelled' ? 'bad' : group.state === 'scheduled' ? 'go' : ''

/** Whether it is a time (the wall time of who would be called) at which nobody is called: from 21:00 to 08:00. */
export const quiet = (wall: string): boolean => Number(wall.slice(11, 13)) >= 21 || Number(wall.slice(11, 13)) < 8
