import type Database from 'better-sqlite3'
import { requireApplication } from './applications.js'
import { decide, prepareDecision, type Decided } from './decisions.js'
import { checkApproval, checkProse, checkRefusal, type DecisionInput } from './input-schemas.js'
import { parseInput } from './parse-input.js'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { Proposal, Stamp } from './register-types.js'
import type { Changing } from './run-change.js'

interface ProposalRow {
  readonly id: number
  readonly application: number
  readonly decision: string
  readonly steps: number
  readonly proposed_by: string
  readonly proposed_at: string
  readonly ended_as: 'confirmed' | 'withdrawn' | null
  readonly ended_by: string | null
  readonly ended_at: string | null
  readonly note: string | null
}

function toProposal(row: ProposalRow): Proposal {
  return {
    id: toId('P', row.id),
    application: toId('A', row.application),
    decision: JSON.parse(row.decision) as Proposal['decision'],
    proposed: { by: row.proposed_by, at: row.proposed_at },
    ...(row.ended_as === null
      ? {}
      : {
          ended: {
            as: row.ended_as,
            by: row.ended_by!,
            at: row.ended_at!,
            ...(row.note === null ? {} : { note: row.note }),
          },
        }),
  }
}

/** Proposals on an application, or all, also those that are over. */
export function listProposals(db: Database.Database, application?: string): readonly Proposal[] {
  const rows = db.prepare<[], ProposalRow>('SELECT * FROM proposal ORDER BY id').all().map(toProposal)
  return application === undefined ? rows : rows.filter((proposal) => proposal.application === application)
}

/** Of one that is there. */
function findProposal(db: Database.Database, id: string): Proposal {
  return listProposals(db).find((proposal) => proposal.id === id)!
}

/** @throws RegisterError not_found; conflict: it is over */
function requireOpen(db: Database.Database, id: string): Proposal & { readonly steps: number } {
  const number = parseId('P', id)
  const find = db.prepare<[number], ProposalRow>('SELECT * FROM proposal WHERE id = ?')
  const row = number === undefined ? undefined : find.get(number)
  if (!row) throw new RegisterError('not_found', 'there is no such proposal')
  if (row.ended_as !== null) throw new RegisterError('conflict', `${id} was ${row.ended_as}`)
  return { ...toProposal(row), steps: row.steps }
}

function end(db: Database.Database, id: string, as: 'confirmed' | 'withdrawn', { by, at }: Stamp, note?: string): void {
  db.prepare('UPDATE proposal SET ended_as = ?, ended_by = ?, ended_at = ?, note = ? WHERE id = ?').run(
    as,
    by,
    at,
    note ?? null,
    parseId('P', id),
  )
}

function parseDecision(value: unknown, by: readonly string[]): DecisionInput {
  if (typeof value === 'object' && value !== null && 'by' in value) {
    throw new RegisterError('invalid', 'decision: leave by out: who proposes and who confirms it decide')
  }
  const isApproval = (value as { outcome?: unknown } | null)?.outcome !== 'reject'
  const whole = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, by } : value
  return parseInput<DecisionInput>('decision', isApproval ? checkApproval : checkRefusal, whole)
}

/**
 * The first half of a decision: it is put down in full, and lets nothing out until somebody else confirms it.
 *
 * @throws RegisterError invalid, not_found, conflict: the application cannot be decided on, or another proposal is open
 */
export function proposeDecision(applicationId: string, value: unknown): Changing<Proposal> {
  return (db, stamp) => {
    const input = parseDecision(value, [stamp.by])
    const open = listProposals(db, requireApplication(db, applicationId).id).find(({ ended }) => !ended)
    if (open) throw new RegisterError('conflict', `${open.id} of ${open.proposed.by} is open: confirm or withdraw it`)
    // What would be decided now, so that what is wrong is said now.
    const { application } = prepareDecision(db, stamp, applicationId, input)
    const { by: _, ...decision } = input
    const { lastInsertRowid } = db
      .prepare('INSERT INTO proposal (application, decision, steps, proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?)')
      .run(parseId('A', applicationId), JSON.stringify(decision), stepsOf(db, applicationId), stamp.by, stamp.at)
    const id = toId('P', Number(lastInsertRowid))
    const { outcome, diaryNumber } = input
    const details = { what: 'decision.propose', proposal: id, application: application.id, outcome, diaryNumber }
    return { event: 'decision.change', details, result: findProposal(db, id) }
  }
}

function stepsOf(db: Database.Database, applicationId: string): number {
  return requireApplication(db, applicationId).steps.length
}

/**
 * The second half: somebody else confirms what stands in the proposal, and it is decided.
 *
 * @param isKnown whether somebody may decide still
 * @throws RegisterError invalid, not_found; conflict: by the one who proposed it, or it can be decided no more
 */
export function confirmProposal(id: string, isKnown: (by: string) => boolean): Changing<Decided> {
  return (db, stamp) => {
    const { application, decision, proposed, steps } = requireOpen(db, id)
    if (proposed.by === stamp.by) {
      throw new RegisterError('conflict', `${id} is your own: somebody else confirms it`)
    }
    if (!isKnown(proposed.by)) {
      throw new RegisterError('conflict', `${proposed.by}, who proposed ${id}, may decide no more: withdraw it`)
    }
    if (stepsOf(db, application) !== steps) {
      throw new RegisterError(
        'conflict',
        `${application} went on since ${id} was proposed: withdraw it and propose anew`,
      )
    }
    end(db, id, 'confirmed', stamp)
    const input = parseDecision(decision, [proposed.by, stamp.by])
    return decide(db, stamp, application, input, { proposal: id })
  }
}

/** Whoever may decide can withdraw a proposal. @throws RegisterError invalid, not_found, conflict: it is over */
export function withdrawProposal(id: string, note?: string): Changing<Proposal> {
  if (note !== undefined) parseInput('note', checkProse, note)
  return (db, stamp) => {
    const { application } = requireOpen(db, id)
    end(db, id, 'withdrawn', stamp, note)
    const details = { what: 'decision.withdraw', proposal: id, application }
    return { event: 'decision.change', details, result: findProposal(db, id) }
  }
}
