import { closed, text } from '../json-schema.js'

/**
 * `login` of `hub.yaml`: whose access tokens the hub takes, and where it makes Passports of them. The hub shows itself there with the
 * key of `signing`. URLs are compared as they are written.
 */
export interface LoginConfig {
  /** The broker, as `iss` of its tokens names it. */
  readonly issuer: string
  readonly jwksUri: string
  /** Where access tokens are exchanged for Passports (RFC 8693). */
  readonly tokenEndpoint: string
  /** The hub as the broker knows it. */
  readonly clientId: string
  /** What `aud` of access tokens must be; absent: anything, because the broker checks its own tokens at the exchange. */
  readonly audience?: string
}

const url = { type: 'string', format: 'uri', pattern: '^https?://' }

export const loginSchema = {
  type: 'object',
  required: ['issuer', 'jwksUri', 'tokenEndpoint', 'clientId'],
  properties: {
    issuer: url,
    jwksUri: url,
    tokenEndpoint: url,
    clientId: text,
    audience: text,
  },
  ...closed,
}
