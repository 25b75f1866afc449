import { NodeError } from '../errors.js'
import { PURPOSES, type Caller, type Credentials } from './caller.js'
import type { Principal } from './person.js'

/** What for, and in which project, as a request says in its headers. */
export type Intent = Pick<Caller, 'purpose' | 'project'>

const PURPOSE_HEADER = 'ngp-purpose'
const PROJECT_HEADER = 'ngp-project'
/** Names of projects are URNs or short words, of visible ASCII. */
const PROJECT = /^[\x21-\x7e]{1,255}$/

/** @throws NodeError invalid_input: a header was sent twice, or says nothing that is known */
export function readIntent({ headers }: Credentials): Intent {
  const purpose = one(headers.get(PURPOSE_HEADER), 'NGP-Purpose')
  const project = one(headers.get(PROJECT_HEADER), 'NGP-Project')
  return toIntent(purpose, project)
}

/**
 * Joins what a request says with what the Passport was asked for. A Passport that a broker made for one purpose is not good for
 * another.
 *
 * @throws NodeError permission_denied: they differ; invalid_input: the Passport's is not known
 */
export function joinIntents(said: Intent, principal: Principal): Intent {
  if (principal.kind === 'anonymous') return said
  const meant = toIntent(principal.purpose, principal.project)
  const isSame = <T>(one: T | undefined, other: T | undefined) =>
    one === undefined || other === undefined || one === other
  if (!isSame(said.purpose, meant.purpose) || !isSame(said.project, meant.project)) {
    throw new NodeError('permission_denied', 'the Passport is for another purpose or project than the request')
  }
  return { ...said, ...meant }
}

function one(values: readonly string[] | undefined, name: string): string | undefined {
  if (values && values.length > 1) throw new NodeError('invalid_input', `send one ${name} header`)
  return values?.[0]
}

function toIntent(purpose: string | undefined, project: string | undefined): Intent {
  const known = PURPOSES.find((each) => each === purpose)
  if (purpose !== undefined && !known) {
    throw new NodeError('invalid_input', `the purpose must be one of ${PURPOSES.join(', ')}`)
  }
  if (project !== undefined && !PROJECT.test(project)) {
    throw new NodeError('invalid_input', 'the project must be a name of 1 to 255 visible ASCII characters')
  }
  return { ...(known ? { purpose: known } : {}), ...(project === undefined ? {} : { project }) }
}
