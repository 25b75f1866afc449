import { NodeError } from '../errors.js'
import { NOBODY_KNOWN, type Authenticate } from './caller.js'

/** Of a node whose `node.yaml` has no `access`: it knows nobody, and takes no token. */
export const knowNobody: Authenticate = ({ headers }) => {
  if (!headers.has('authorization')) return Promise.resolve(NOBODY_KNOWN)
  return Promise.reject(
    new NodeError('unauthenticated', 'this node accepts no access tokens; ask without Authorization'),
  )
}
