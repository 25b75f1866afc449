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
import type { Approval, Decision, DecisionText, StoredGrant } from './register-types.js'
import type { Changing } from './run-change.js'
import { requireTag } from './tags.js'

/**
 * Decides on an application that was submitted or is in review. An approval makes a grant of everything that it lists.
 *
 * @throws RegisterError invalid, not_found, conflict: the application cannot be decided on
 */
export function addDecision(
  applicationId: string,
  value: unknown,
): Changing<{ readonly decision: Decision; readonly grants: readonly string[] }> {
  const isApproval = (value as { outcome?: unknown } | null)?.outcome !== 'reject'
  const input = parseInput<DecisionInput>('decision', isApproval ? checkApproval : checkRefusal, value)
  return (db, stamp) => {
    const application = requireApplication(db, applicationId)
    const { controller } = application
    const project = requireProject(db, application.project)
    if (application.state === 'submitted') addStep(db, applicationId, 'in_review', stamp)
    const state = application.state === 'submitted' ? 'in_review' : application.state
    const outcome = input.outcome === 'approve' ? 'approved' : 'rejected'
    if (!mayMove(state, outcome)) {
      throw new RegisterError('conflict', `${applicationId} is ${state}: it cannot be decided on`)
    }
    checkDeciders(input.by, listMembers(db, project.id))
    const text: DecisionText = input.outcome === 'approve' ? toApproval(input, application, project, stamp.at) : input
    const { lastInsertRowid } = db
      .prepare(
        'INSERT INTO decision (application, controller, outcome, decision, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(parseId('A', applicationId), controller, text.outcome, JSON.stringify(text), stamp.by, stamp.at)
    const id = toId('D', Number(lastInsertRowid))
    addStep(db, applicationId, outcome, stamp, `decision ${id}`)
    const grants =
      text.outcome === 'approve'
        ? toGrants(text, { application: applicationId, decision: id, project: project.id, controller }).map((grant) => {
            if (grant.tag !== undefined) requireTag(db, grant.tag)
            return insertGrant(db, grant)
          })
        : []
    const { grantedTags: _, ...decision } = requireDecision(db, id)
    const details = {
      what: 'decision.add',
      application: applicationId,
      controller,
      project: project.id,
      decision,
      grants,
    }
    return { event: 'decision.change', details, result: { decision, grants } }
  }
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
