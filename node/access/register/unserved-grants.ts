import type Database from 'better-sqlite3'
import type { AccessConfig } from '../../../schemas/index.js'
import { whyNobody } from '../audiences.js'
import type { Audience } from '../rules.js'
import { listGrants } from './grant-rows.js'
import { isProjectOpen, toGrantInForce } from './in-force.js'
import { requireProject } from './projects.js'
import { findTag } from './tags.js'

/** A grant in force that serves nobody, as the node is configured. */
export interface UnservedGrant {
  readonly grant: string
  readonly project: string
  readonly audience: Audience
  readonly reason: string
}

/** Grants in force at a time whose audience nobody can be of. */
export function listUnservedGrants(
  db: Database.Database,
  access: AccessConfig | undefined,
  at: string,
): readonly UnservedGrant[] {
  return listGrants(db).flatMap((grant) => {
    const project = requireProject(db, grant.project)
    const tag = grant.tag === undefined ? undefined : findTag(db, grant.tag)
    const inForce = isProjectOpen(project, at) ? toGrantInForce(grant, project, tag, at) : undefined
    const { audience } = grant
    const reason = inForce && whyNobody(audience, access)
    return reason === undefined ? [] : [{ grant: grant.id, project: project.id, audience, reason }]
  })
}
