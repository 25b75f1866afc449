import type Database from 'better-sqlite3'
import { mayMove } from './application-states.js'
import { addStep, requireApplication } from './applications.js'
import { checkDeciders, toApproval } from './check-decision.js'
import { requireDecision } from './decision-rows.js'
import { insertGrant } from './grant-rows.js'
import { checkApproval, checkRefusal, type DecisionInput } from './input-schemas.js'
import { parseInput } from './parse-input.js'
import { listMembers, requireProject } from './projects.js'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { Application, Approval, Decision, DecisionText, Project, Stamp, StoredGrant } from './register-types.js'
import type { Change, Changing } from './run-change.js'
import { refuseAuthenticated } from './stated-name.js'
import { requireTag } from './tags.js'

export interface Decided {
  readonly decision: Decision
  /** Ids. */
  readonly grants: readonly string[]
}

/**
 * Decides on an application that was submitted or is in review, by people who are only named. An approval makes a grant of
 * everything that it lists.
 *
 * @throws RegisterError invalid, not_found, conflict: the application cannot be decided on
 */
export function addDecision(applicationId: string, value: unknown): Changing<Decided> {
  const isApproval = (value as { outcome?: unknown } | null)?.outcome !== 'reject'
  const input = parseInput<DecisionInput>('decision', isApproval ? checkApproval : checkRefusal, value)
  for (const name of input.by) refuseAuthenticated(name)
  return (db, stamp) => decide(db, stamp, applicationId, input)
}

/**
 * What would be decided, with the application in review. Who decides is not looked at.
 *
 * @throws RegisterError invalid, not_found, conflict: the application cannot be decided on
 */
export function prepareDecision(
  db: Database.Database,
  stamp: Stamp,
  applicationId: string,
  input: DecisionInput,
): { readonly application: Application; readonly project: Project; readonly text: DecisionText } {
  const application = requireApplication(db, applicationId)
  const project = requireProject(db, application.project)
  if (project.closed) throw new RegisterError('conflict', `project ${project.id} is closed`)
  if (application.state === 'submitted') addStep(db, applicationId, 'in_review', stamp)
  const state = application.state === 'submitted' ? 'in_review' : application.state
  if (!mayMove(state, input.outcome === 'approve' ? 'approved' : 'rejected')) {
    throw new RegisterError('conflict', `${applicationId} is ${state}: it cannot be decided on`)
  }
  const text: DecisionText = input.outcome === 'approve' ? toApproval(input, application, project, stamp.at) : input
  const wants = text.outcome === 'approve' ? (text.wants ?? []) : []
  for (const { tag } of wants) if (tag !== undefined) requireTag(db, tag)
  return { application, project, text }
}

/** @param more of it, for the record @throws RegisterError invalid, not_found, conflict */
export function decide(
  db: Database.Database,
  stamp: Stamp,
  applicationId: string,
  input: DecisionInput,
  more: Readonly<Record<string, string>> = {},
): Change<Decided> {
  const { application, project, text } = prepareDecision(db, stamp, applicationId, input)
  checkDeciders(input.by, listMembers(db, project.id))
  const { controller } = application
  const { lastInsertRowid } = db
    .prepare(
      'INSERT INTO decision (application, controller, outcome, decision, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(parseId('A', applicationId), controller, text.outcome, JSON.stringify(text), stamp.by, stamp.at)
  const id = toId('D', Number(lastInsertRowid))
  addStep(db, applicationId, text.outcome === 'approve' ? 'approved' : 'rejected', stamp, `decision ${id}`)
  const grants =
    text.outcome === 'approve'
      ? toGrants(text, { application: applicationId, decision: id, project: project.id, controller }).map((grant) =>
          insertGrant(db, grant),
        )
      : []
  const { grantedTags: _, isInForce: __, ...decision } = requireDecision(db, id)
  const { diaryNumber, by: deciders } = decision
  const ids = { application: applicationId, controller, project: project.id, decision: id, grants }
  const details = { what: 'decision.add', ...ids, ...more, outcome: decision.outcome, deciders, diaryNumber }
  return { event: 'decision.change', details, result: { decision, grants } }
}

function toGrants(
  approval: Approval,
  ids: Pick<StoredGrant, 'application' | 'decision' | 'project' | 'controller'>,
): readonly Omit<StoredGrant, 'id' | 'revoked'>[] {
  const { wants = [], purposes = [], audience, deliverTo, waivesConsent = false, ehdsPermitAt, from, to } = approval
  return wants.map((want) => ({
    ...ids,
    ...want,
    purposes,
    audience,
    // Where files may go is of those grants alone that let files out.
    ...(deliverTo && want.level === 'file' ? { deliverTo } : {}),
    waivesConsent,
    ...(ehdsPermitAt === undefined ? {} : { ehdsPermitAt }),
    from: from!,
    to: to!,
  }))
}
