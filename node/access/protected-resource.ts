import type { AccessConfig } from '../../schemas/index.js'

/** Where a resource server says how to be asked (RFC 9728 section 3). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/**
 * Which brokers a node trusts, so that a client that was refused can find out where to get a Passport (RFC 9728 section 2).
 *
 * @param audience what to ask a Passport for
 */
export function toResourceMetadata(name: string, { brokers }: AccessConfig, audience: string): object {
  return {
    resource: audience,
    resource_name: name,
    authorization_servers: brokers.map(({ issuer }) => issuer),
    scopes_supported: ['openid', 'ga4gh_passport_v1'],
    bearer_methods_supported: ['header'],
  }
}
