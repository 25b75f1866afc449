import type Database from 'better-sqlite3'
import type { GrantLevel } from '../rules.js'
import { listGrants } from './grant-rows.js'
import { earlier, isActiveMember, isProjectOpen, toGrantInForce } from './in-force.js'
import { findProject, listMemberships } from './projects.js'
import type { Identity } from './register-types.js'
import { findTag } from './tags.js'

/** A grant in force as somebody holds it, by one of their memberships. */
export interface HeldGrant {
  readonly grant: string
  readonly member: number
  readonly level: GrantLevel
  /** Name of the tag, or id of the dataset. */
  readonly name: string
  /** Who decides on the tag; absent: the grant is on a dataset. */
  readonly dac?: string
  /** ISO 8601: since the grant is, and when the first of grant, project, membership and tag ends. */
  readonly from: string
  readonly to: string
}

/** What somebody holds at a time; nothing for those whom nobody knows. */
export function listHeldGrants(db: Database.Database, identity: Identity, at: string): readonly HeldGrant[] {
  return listMemberships(db, identity)
    .filter((member) => isActiveMember(member, at))
    .flatMap((member) => {
      const project = findProject(db, member.project)
      if (!project || !isProjectOpen(project, at)) return []
      return listGrants(db, project.id).flatMap((grant): readonly HeldGrant[] => {
        const tag = grant.tag === undefined ? undefined : findTag(db, grant.tag)
        const inForce = toGrantInForce(grant, project, tag, at)
        if (!inForce) return []
        return [
          {
            grant: grant.id,
            member: member.id,
            level: inForce.level,
            name: grant.tag ?? grant.dataset!,
            ...(tag ? { dac: tag.dac } : {}),
            from: grant.from,
            to: member.to === undefined ? inForce.ends : earlier(inForce.ends, member.to),
          },
        ]
      })
    })
}
