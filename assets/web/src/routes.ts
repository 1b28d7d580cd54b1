import type { Component } from 'svelte'
import type { pages } from './pages/office'
import SignIn from './pages/SignIn.svelte'
import Evaluation from './pages/shopper/Evaluation.svelte'
import Visits from './pages/shopper/Visits.svelte'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each page has its own properties
type Page = Component<any>

/**
 * A page of the app: where it is, and who may. What a shopper mostly uses comes with the first load, the others when they
 * are opened: from the phone, once the service worker is there.
 */
export interface Route {
  path: string
  /** Any of these; nobody needs to be signed in where it is absent. */
  roles?: string[]
  page?: Page
  load?: () => Promise<{ default: Page }>
}

const everybody = ['shopper', 'coordinator', 'manager', 'moderator', 'admin']
const leaders = ['coordinator', 'moderator', 'admin']
const reporters = ['manager', 'coordinator', 'admin']
const coordinators = ['coordinator', 'admin']

const office = (page: keyof typeof pages) => async (): Promise<{ default: Page }> => {
  const { pages } = await import('./pages/office')
  return pages[page]()
}

/** The whole app on one screen. The first line that fits the address and the person counts. */
export const routes: Route[] = [
  { path: '/sign-in', ...(isSecureContext ? { page: SignIn } : { load: () => import('./pages/Unsafe.svelte') }) },
  { path: '/forgotten-password', load: () => import('./pages/ForgottenPassword.svelte') },
  { path: '/set-password', load: () => import('./pages/SetPassword.svelte') },
  { path: '/me', roles: everybody, load: () => import('./pages/Me.svelte') },
  { path: '/review', roles: coordinators, load: office('queue') },
  { path: '/review/import', roles: coordinators, load: office('takeIn') },
  { path: '/evaluations/:id', roles: coordinators, load: office('review') },
  { path: '/visits', roles: coordinators, load: office('visits') },
  { path: '/visits/plan', roles: coordinators, load: office('plan') },
  { path: '/visits/:id', roles: coordinators, load: office('visit') },
  { path: '/visits', roles: ['shopper'], page: Visits },
  { path: '/visits/:id', roles: ['shopper'], load: () => import('./pages/shopper/Visit.svelte') },
  { path: '/visits/:id/in-branch', roles: ['shopper'], load: () => import('./pages/shopper/InBranch.svelte') },
  { path: '/visits/:id/evaluation', roles: ['shopper'], page: Evaluation },
  { path: '/focus-groups', roles: leaders, load: office('groups') },
  { path: '/focus-groups/:id', roles: leaders, load: office('group') },
  { path: '/focus-groups/:id/check-in', roles: leaders, load: office('checkIn') },
  { path: '/branches', roles: reporters, load: office('branches') },
  { path: '/branches/:id', roles: reporters, load: office('branch') },
  { path: '/evaluations/:id', roles: ['manager'], load: office('evaluation') },
]

/** Where each role begins. */
export function home(roles: string[]): string {
  if (roles.includes('coordinator') || roles.includes('admin')) return '/review'
  if (roles.includes('moderator')) return '/focus-groups'
  if (roles.includes('manager')) return '/branches'
  return '/visits'
}

/** What the bar leads to. */
export function sections(roles: string[]): { to: string; name: 'visits' | 'branches' | 'sessions' | 'review' | 'me' }[] {
  const is = (...some: string[]) => some.some((role) => roles.includes(role))
  return [
    ...(is('coordinator', 'admin') ? [{ to: '/review', name: 'review' } as const] : []),
    ...(is('shopper', 'coordinator', 'admin') ? [{ to: '/visits', name: 'visits' } as const] : []),
    ...(is('manager', 'coordinator', 'admin') ? [{ to: '/branches', name: 'branches' } as const] : []),
    ...(is('moderator', 'coordinator', 'admin') ? [{ to: '/focus-groups', name: 'sessions' } as const] : []),
    { to: '/me', name: 'me' },
  ]
}
