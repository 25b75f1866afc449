import type { SignedRequest } from '../../schemas/testing/signed-request.js'
import type { Credentials } from '../access/caller.js'

/** With headers that tests can go through. */
export interface MadeCredentials extends Credentials {
  readonly headers: ReadonlyMap<string, readonly string[]>
}

/** What a node sees of a request, over whatever connection. */
export function toCredentialsOf(request: SignedRequest, certificateSha256?: string): MadeCredentials {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    target: pathname + search,
    headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, [value]])),
    ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
    ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
  }
}
