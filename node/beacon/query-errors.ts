import { UNSUPPORTED_QUERY } from '../../schemas/index.js'
import { NodeError } from '../errors.js'

/** The question is wrong: what, where, and what is allowed. */
export function invalid(message: string): NodeError {
  return new NodeError('invalid_input', message)
}

/** The question may be right, but this node has no answer to its kind; a hub then says so of the region. */
export function unsupported(what: string): NodeError {
  const message = `this node does not answer ${what}; it answers sequence, range, bracket and structural queries`
  return new NodeError('invalid_input', message, { detail: UNSUPPORTED_QUERY })
}
