import { describe, expect, test } from '@jest/globals'
import { toHttpStatus, type NodeError } from '../errors.js'
import {
  insufficientLogin,
  insufficientScope,
  invalidSignature,
  invalidToken,
  invalidTokenRequest,
  tokenRequired,
  trustUnavailable,
} from './challenges.js'

const REALM = {
  id: 'se.fyr.norr',
  metadataUrl: () => 'https://norr.example/.well-known/oauth-protected-resource',
}
const START =
  'Bearer realm="se.fyr.norr", resource_metadata="https://norr.example/.well-known/oauth-protected-resource"'

const CASES: readonly (readonly [string, NodeError, number, string, string])[] = [
  ['no token', tokenRequired(REALM), 401, 'www-authenticate', START],
  [
    'a bad token',
    invalidToken(REALM, 'the Passport is over'),
    401,
    'www-authenticate',
    `${START}, error="invalid_token", error_description="the Passport is over"`,
  ],
  [
    'two tokens',
    invalidTokenRequest(REALM, 'one token'),
    400,
    'www-authenticate',
    `${START}, error="invalid_request", error_description="one token"`,
  ],
  [
    'no right',
    insufficientScope(REALM, 'no grant'),
    403,
    'www-authenticate',
    `${START}, error="insufficient_scope", error_description="no grant", scope="openid ga4gh_passport_v1"`,
  ],
  [
    'a weak login',
    insufficientLogin(REALM, 'log in anew', { acrValues: ['urn:loa3', 'urn:loa4'], maxAge: 3600 }),
    401,
    'www-authenticate',
    `${START}, error="insufficient_user_authentication", error_description="log in anew", acr_values="urn:loa3 urn:loa4", max_age="3600"`,
  ],
  ['a bad signature', invalidSignature('bad'), 401, 'www-authenticate', 'Signature error="invalid_signature"'],
  ['a broker that is silent', trustUnavailable('the broker does not answer'), 503, 'retry-after', '5'],
]

describe('a challenge', () => {
  test.each(CASES)('for %s', (_, error, status, name, value) => {
    expect(toHttpStatus(error.code)).toBe(status)
    expect(error.headers).toEqual([name, value])
  })

  test('never lets a description end its quotes or its line', () => {
    const [, value] = invalidToken(REALM, 'a", error="none\r\nSet-Cookie: b\\ å').headers
    expect(value).toBe(`${START}, error="invalid_token", error_description="a, error=noneSet-Cookie: b "`)
  })

  test('keeps its cause to itself', () => {
    const error = invalidToken(REALM, 'not good', new Error('secret'))
    expect(JSON.stringify([error.message, error.headers])).not.toContain('secret')
    expect(error.cause).toHaveProperty('message', 'secret')
  })
})
