import type { ApplicationState } from './register-types.js'

const NEXT: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  draft: ['submitted', 'expired'],
  submitted: ['returned', 'in_review', 'expired'],
  returned: ['submitted', 'expired'],
  in_review: ['returned', 'approved', 'rejected', 'expired'],
  approved: ['closed', 'revoked', 'expired'],
  rejected: [],
  closed: [],
  revoked: [],
  expired: [],
}

/** Whether an application may go from one state to another (access-privacy-audit.md, section 3.3). */
export function mayMove(from: ApplicationState, to: ApplicationState): boolean {
  return NEXT[from].includes(to)
}

/** States in which what is applied for can still be changed. */
export function isOpenForChange(state: ApplicationState): boolean {
  return state === 'draft' || state === 'returned'
}
