import type Database from 'better-sqlite3'
import type { Purpose } from '../caller.js'
import type { Audience, Delivery, GrantedRegion, GrantLevel } from '../rules.js'
import { checkProse } from './input-schemas.js'
import { parseInput } from './parse-input.js'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { Stamp, StoredGrant } from './register-types.js'
import type { Changing } from './run-change.js'

interface GrantRow {
  readonly id: number
  readonly project: string
  readonly controller: string
  readonly application: number
  readonly decision: number
  readonly tag: string | null
  readonly dataset: string | null
  readonly level: GrantLevel
  readonly regions: string | null
  readonly purposes: string
  readonly audience: string
  readonly deliver_to: string | null
  readonly waives_consent: 0 | 1
  readonly ehds_permit_at: string | null
  readonly valid_from: string
  readonly valid_to: string
  readonly revoked_by: string | null
  readonly revoked_at: string | null
  readonly revoke_reason: string | null
}

function toStoredGrant(row: GrantRow): StoredGrant {
  return {
    id: toId('G', row.id),
    project: row.project,
    controller: row.controller,
    application: toId('A', row.application),
    decision: toId('D', row.decision),
    ...(row.tag === null ? {} : { tag: row.tag }),
    ...(row.dataset === null ? {} : { dataset: row.dataset }),
    level: row.level,
    ...(row.regions === null ? {} : { regions: JSON.parse(row.regions) as GrantedRegion[] }),
    purposes: JSON.parse(row.purposes) as Purpose[],
    audience: JSON.parse(row.audience) as Audience,
    ...(row.deliver_to === null ? {} : { deliverTo: JSON.parse(row.deliver_to) as Delivery[] }),
    waivesConsent: row.waives_consent === 1,
    ...(row.ehds_permit_at === null ? {} : { ehdsPermitAt: row.ehds_permit_at }),
    from: row.valid_from,
    to: row.valid_to,
    ...(row.revoked_at === null
      ? {}
      : {
          revoked: {
            by: row.revoked_by!,
            at: row.revoked_at,
            ...(row.revoke_reason === null ? {} : { reason: row.revoke_reason }),
          },
        }),
  }
}

/** Grants of a project, or all, also those that are over. */
export function listGrants(db: Database.Database, project?: string): readonly StoredGrant[] {
  const rows =
    project === undefined
      ? db.prepare<[], GrantRow>('SELECT * FROM access_grant ORDER BY id').all()
      : db.prepare<[string], GrantRow>('SELECT * FROM access_grant WHERE project = ? ORDER BY id').all(project)
  return rows.map(toStoredGrant)
}

/** @returns the id */
export function insertGrant(db: Database.Database, grant: Omit<StoredGrant, 'id' | 'revoked'>): string {
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO access_grant (project, controller, application, decision, tag, dataset, level, regions, purposes,
       audience, deliver_to, waives_consent, ehds_permit_at, valid_from, valid_to)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      grant.project,
      grant.controller,
      parseId('A', grant.application),
      parseId('D', grant.decision),
      grant.tag ?? null,
      grant.dataset ?? null,
      grant.level,
      grant.regions ? JSON.stringify(grant.regions) : null,
      JSON.stringify(grant.purposes),
      JSON.stringify(grant.audience),
      grant.deliverTo ? JSON.stringify(grant.deliverTo) : null,
      grant.waivesConsent ? 1 : 0,
      grant.ehdsPermitAt ?? null,
      grant.from,
      grant.to,
    )
  return toId('G', Number(lastInsertRowid))
}

/** Ends the grants of an application that are not over. */
export function endGrantsOf(db: Database.Database, application: number, { by, at }: Stamp, reason: string): void {
  db.prepare(
    'UPDATE access_grant SET revoked_by = ?, revoked_at = ?, revoke_reason = ? WHERE application = ? AND revoked_at IS NULL',
  ).run(by, at, reason, application)
}

/** Takes a grant back: it acts at the next request. @throws RegisterError invalid, not_found, conflict: it was already */
export function revokeGrant(id: string, reason: string): Changing<StoredGrant> {
  parseInput('reason', checkProse, reason)
  return (db, { by, at }) => {
    const find = () => listGrants(db).find((grant) => grant.id === id)
    const grant = find()
    if (!grant) throw new RegisterError('not_found', 'there is no such grant')
    if (grant.revoked) throw new RegisterError('conflict', `grant ${id} was revoked already`)
    db.prepare('UPDATE access_grant SET revoked_by = ?, revoked_at = ?, revoke_reason = ? WHERE id = ?').run(
      ...[by, at, reason, parseId('G', id)],
    )
    return {
      event: 'grant.change',
      details: { what: 'grant.revoke', grant: id, project: grant.project },
      result: find()!,
    }
  }
}
