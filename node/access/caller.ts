import { REQUEST_PURPOSES, type RequestPurpose } from '../../schemas/index.js'
import type { AudienceTimes } from './audiences.js'
import { ANONYMOUS, type Principal } from './person.js'

/** What data may be asked for (HL7 v3 ActReason). */
export const PURPOSES = REQUEST_PURPOSES
export type Purpose = RequestPurpose

/** Who sent a request, what for, and who passed it on. */
export interface Caller {
  readonly principal: Principal
  /** Absent: not said, which public and registered data do not need. */
  readonly purpose?: Purpose
  /** The project on whose grants the request relies; absent: on none. */
  readonly project?: string
  /** `client` of the hub that signed the request; absent: nobody did. */
  readonly hub?: string
  /** Of which territories the person is by their home organisations; absent: of none. */
  readonly audiences?: AudienceTimes
}

export const NOBODY_KNOWN: Caller = { principal: ANONYMOUS }

/** What of an HTTP request says who sent it. */
export interface Credentials {
  readonly method: string
  /** Path and query as they were received. */
  readonly target: string
  /** By names in lower case; a name that was sent twice has two values. */
  readonly headers: Pick<ReadonlyMap<string, readonly string[]>, 'get' | 'has'>
  /** As received; absent: none. */
  readonly body?: Buffer
  /** SHA-256 of the client's TLS certificate, hexadecimal, where one was shown and is good. */
  readonly certificateSha256?: string
}

/**
 * Decides who sent a request. A credential that cannot be checked is refused, never ignored.
 *
 * @throws NodeError unauthenticated, invalid_input, unavailable
 */
export type Authenticate = (credentials: Credentials) => Promise<Caller>

/** Who signed a request: a hub that the node knows. */
export interface Signer {
  /** Its `client`, which `act.sub` of the Passports that it uses must be. */
  readonly client: string
  /** Thumbprint (RFC 7638) of the key that signed, which `cnf.jkt` must be. */
  readonly keyThumbprint: string
}

/**
 * Checks the signature of a request (RFC 9421), before anything is believed that it carries.
 *
 * @returns undefined: the request has none
 * @throws NodeError unauthenticated: it has one that is not good; unavailable
 */
export type VerifySignature = (credentials: Credentials) => Promise<Signer | undefined>
