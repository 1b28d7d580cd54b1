/**
 * The pages of whoever does not go out as a shopper. They have a script of their own that names them, since a shopper's
 * phone need not know them.
 */
export const pages = {
  queue: () => import('./coordinator/Review.svelte'),
  takeIn: () => import('./coordinator/Import.svelte'),
  review: () => import('./coordinator/Evaluation.svelte'),
  visits: () => import('./coordinator/Visits.svelte'),
  plan: () => import('./coordinator/Plan.svelte'),
  visit: () => import('./coordinator/Visit.svelte'),
  groups: () => import('./groups/Groups.svelte'),
  group: () => import('./groups/Group.svelte'),
  checkIn: () => import('./groups/CheckIn.svelte'),
  branches: () => import('./manager/Branches.svelte'),
  branch: () => import('./manager/BranchReport.svelte'),
  evaluation: () => import('./manager/VisitReport.svelte'),
}
