import type Database from 'better-sqlite3'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { Decision, DecisionText } from './register-types.js'

interface DecisionRow {
  readonly id: number
  readonly application: number
  readonly controller: string
  readonly decision: string
  readonly added_by: string
  readonly added_at: string
}

function toDecision(row: DecisionRow): Decision {
  return {
    id: toId('D', row.id),
    application: toId('A', row.application),
    controller: row.controller,
    ...(JSON.parse(row.decision) as DecisionText),
    added: { by: row.added_by, at: row.added_at },
  }
}

/** Decisions on an application, or all. */
export function listDecisions(db: Database.Database, application?: string): readonly Decision[] {
  const rows = db.prepare<[], DecisionRow>('SELECT * FROM decision ORDER BY id').all().map(toDecision)
  return application === undefined ? rows : rows.filter((decision) => decision.application === application)
}

/** A decision, and the tags on which it gave grants. @throws RegisterError not_found */
export function requireDecision(
  db: Database.Database,
  id: string,
): Decision & { readonly grantedTags: readonly string[] } {
  const number = parseId('D', id)
  const row =
    number === undefined
      ? undefined
      : db.prepare<[number], DecisionRow>('SELECT * FROM decision WHERE id = ?').get(number)
  if (!row) throw new RegisterError('not_found', 'there is no such decision')
  const tags = db
    .prepare<[number], string>('SELECT DISTINCT tag FROM access_grant WHERE decision = ? AND tag IS NOT NULL')
    .pluck()
    .all(row.id)
  return { ...toDecision(row), grantedTags: tags }
}
