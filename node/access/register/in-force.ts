import { GRANT_LEVELS, type GrantInForce, type GrantLevel } from '../rules.js'
import type { Member, Project, StoredGrant, Tag } from './register-types.js'

/** Whether a project goes on at a time. Times are ISO 8601 in UTC, which compare as texts. */
export function isProjectOpen({ from, to, closed }: Project, at: string): boolean {
  return from <= at && at < to && (closed === undefined || at < closed.at)
}

export function isActiveMember({ from, to, removed }: Member, at: string): boolean {
  return !removed && from <= at && (to === undefined || at < to)
}

/** Of two times in UTC. */
export function earlier(a: string, b: string): string {
  return a < b ? a : b
}

export function lowerLevel(a: GrantLevel, b: GrantLevel): GrantLevel {
  return GRANT_LEVELS.indexOf(a) < GRANT_LEVELS.indexOf(b) ? a : b
}

/**
 * What a grant of an open project is worth at a time: within its time, for purposes that project and tag are for too, at most at the
 * tag's level.
 *
 * @param tag that the grant is on; undefined: it is on a dataset
 * @returns undefined: nothing
 */
export function toGrantInForce(
  grant: StoredGrant,
  project: Project,
  tag: Tag | undefined,
  at: string,
): (GrantInForce & { readonly ends: string }) | undefined {
  if (grant.revoked || at < grant.from || grant.to <= at) return undefined
  // A tag that is over releases nothing more, and one that is not there never did.
  if (grant.tag !== undefined && (!tag || tag.to <= at)) return undefined
  const purposes = grant.purposes.filter(
    (purpose) => project.purposes.includes(purpose) && (!tag || tag.purposes.includes(purpose)),
  )
  if (purposes.length === 0) return undefined
  const ends = [grant.to, project.to, ...(tag ? [tag.to] : [])].reduce(earlier)
  const scope = grant.tag === undefined ? { dataset: grant.dataset! } : { tag: grant.tag }
  return {
    id: grant.id,
    project: grant.project,
    controller: grant.controller,
    scope,
    level: tag ? lowerLevel(grant.level, tag.highestLevel) : grant.level,
    purposes,
    ...(grant.regions ? { regions: grant.regions } : {}),
    ...(grant.deliverTo ? { deliverTo: grant.deliverTo } : {}),
    audience: grant.audience,
    ends,
    waivesConsent: grant.waivesConsent,
    duo: project.duo,
    ...(grant.ehdsPermitAt === undefined ? {} : { ehdsPermitAt: new Date(grant.ehdsPermitAt) }),
  }
}
