import type Database from 'better-sqlite3'
import type { Pause } from '../rules.js'
import { checkPause, checkProse } from './input-schemas.js'
import type { NodeObjects } from './node-objects.js'
import { parseInput } from './parse-input.js'
import { RegisterError } from './register-error.js'
import type { PauseScope, StoredPause } from './register-types.js'
import type { Changing } from './run-change.js'

interface PauseRow {
  readonly id: number
  readonly scope: Pause['scope']
  /** Of the network empty. */
  readonly name: string
  readonly reason: string
  readonly paused_by: string
  readonly paused_at: string
  readonly resumed_by: string | null
  readonly resumed_at: string | null
  readonly resume_reason: string | null
}

function toStoredPause(row: PauseRow): StoredPause {
  return {
    scope: row.scope,
    ...(row.name === '' ? {} : { name: row.name }),
    reason: row.reason,
    paused: { by: row.paused_by, at: row.paused_at },
    ...(row.resumed_at === null
      ? {}
      : { resumed: { by: row.resumed_by!, at: row.resumed_at, reason: row.resume_reason! } }),
  }
}

/** Pauses, those that are over too. */
export function listPauses(db: Database.Database): readonly StoredPause[] {
  return db.prepare<[], PauseRow>('SELECT * FROM pause ORDER BY id').all().map(toStoredPause)
}

const ACTIVE = 'scope = ? AND name = ? AND resumed_at IS NULL'

function parseScope(value: unknown): PauseScope & { readonly key: string } {
  const { scope, name } = parseInput<PauseScope>('pause', checkPause, value)
  if ((scope === 'network') !== (name === undefined)) {
    throw new RegisterError('invalid', 'name the dataset or the controller; the network has no name')
  }
  return { scope, ...(name === undefined ? {} : { name }), key: name ?? '' }
}

function toText({ scope, name }: PauseScope): string {
  return scope === 'network' ? 'the network' : `${scope} ${name}`
}

/**
 * Tells nothing more of a dataset, of all data of a controller, or to the network at all.
 *
 * @throws RegisterError invalid, not_found, conflict: it is paused already
 */
export function pause(value: unknown, reason: string, objects: NodeObjects): Changing<StoredPause> {
  const { key, ...wanted } = parseScope(value)
  parseInput('reason', checkProse, reason)
  return (db, { by, at }) => {
    const { scope, name = '' } = wanted
    if (scope === 'dataset' && objects.controllerOf(name) === undefined) {
      throw new RegisterError('not_found', `there is no dataset ${name}`)
    }
    if (scope === 'controller' && !objects.controllers().has(name)) {
      throw new RegisterError('not_found', `${name} is responsible for no dataset of this node`)
    }
    if (db.prepare(`SELECT 1 FROM pause WHERE ${ACTIVE}`).get(scope, key) !== undefined) {
      throw new RegisterError('conflict', `${toText(wanted)} is paused already`)
    }
    db.prepare('INSERT INTO pause (scope, name, reason, paused_by, paused_at) VALUES (?, ?, ?, ?, ?)').run(
      ...[scope, key, reason, by, at],
    )
    const result = { ...wanted, reason, paused: { by, at } }
    return { event: 'pause', details: { what: 'pause', ...wanted, reason }, result }
  }
}

/** Ends a pause. @throws RegisterError invalid; conflict: it is not paused */
export function resume(value: unknown, reason: string): Changing<StoredPause> {
  const { key, ...wanted } = parseScope(value)
  parseInput('reason', checkProse, reason)
  return (db, { by, at }) => {
    const row = db.prepare<[string, string], PauseRow>(`SELECT * FROM pause WHERE ${ACTIVE}`).get(wanted.scope, key)
    if (!row) throw new RegisterError('conflict', `${toText(wanted)} is not paused`)
    db.prepare('UPDATE pause SET resumed_by = ?, resumed_at = ?, resume_reason = ? WHERE id = ?').run(
      ...[by, at, reason, row.id],
    )
    const result = { ...toStoredPause(row), resumed: { by, at, reason } }
    return { event: 'resume', details: { what: 'resume', ...wanted, reason }, result }
  }
}
