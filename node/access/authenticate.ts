import { NodeError } from '../errors.js'

/** Who asks. Known users come with Passports; until then there is only the public. */
export type Principal = { readonly kind: 'anonymous' }

/**
 * Decides who sent a request.
 *
 * @throws NodeError unauthenticated: a credential that cannot be checked is refused, never ignored
 */
export function authenticate(authorization: string | undefined): Principal {
  if (authorization !== undefined) {
    throw new NodeError('unauthenticated', 'this node accepts no access tokens yet; ask without Authorization')
  }
  return { kind: 'anonymous' }
}
