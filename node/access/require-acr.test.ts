import { describe, expect, test } from '@jest/globals'
import type { BrokerConfig } from '../../schemas/index.js'
import { toNodeError } from '../errors.js'
import { requireAcr, type AcrLevel } from './require-acr.js'

const NOW = new Date('2026-01-02T12:00:00Z')
const SECONDS = NOW.getTime() / 1000
const REALM = { id: 'norr', metadataUrl: () => 'https://norr.test/m' }
const LOA2 = 'http://id.sambi.se/loa/loa2'
const LOA3 = 'http://id.sambi.se/loa/loa3'

function challengeOf(
  broker: Partial<BrokerConfig>,
  person: { acr?: string; authenticatedAt?: number },
  level: AcrLevel,
): string | undefined {
  const brokers = [{ issuer: 'https://b.test/', jwksUri: 'https://b.test/jwks', ...broker }]
  try {
    requireAcr(REALM, { subject: { issuer: 'https://b.test/', id: 'alice' }, ...person }, level, brokers, NOW)
    return undefined
  } catch (error) {
    const { code, headers } = toNodeError(error)
    expect(code).toBe('unauthenticated')
    return headers[1]
  }
}

const ACR = { acceptedAcr: { record: [LOA3], count: [LOA2, LOA3] } }
const START = 'Bearer realm="norr", resource_metadata="https://norr.test/m", error="insufficient_user_authentication"'

describe('J24 a login', () => {
  test.each<readonly [string, Partial<BrokerConfig>, { acr?: string; authenticatedAt?: number }, AcrLevel]>([
    ['of any kind, where none is wanted', {}, {}, 'record'],
    ['that is strong enough for records', ACR, { acr: LOA3 }, 'record'],
    ['that is strong enough for counts', ACR, { acr: LOA2 }, 'count'],
    ['for records, where only counts want one', { acceptedAcr: { count: [LOA2] } }, {}, 'record'],
    ['that is new enough', { maximumLoginAge: 3600 }, { authenticatedAt: SECONDS - 3600 }, 'record'],
  ])('%s suffices', (_, broker, person, level) => {
    expect(challengeOf(broker, person, level)).toBeUndefined()
  })

  test.each<readonly [string, Partial<BrokerConfig>, { acr?: string; authenticatedAt?: number }, AcrLevel, string]>([
    ['too weak for records', ACR, { acr: LOA2 }, 'record', `acr_values="${LOA3}"`],
    ['too weak for counts', ACR, { acr: 'x' }, 'count', `acr_values="${LOA2} ${LOA3}"`],
    ['of which nothing is said', ACR, {}, 'count', `acr_values="${LOA2} ${LOA3}"`],
    ['where none would do', { acceptedAcr: { record: [] } }, { acr: LOA3 }, 'record', 'acr_values=""'],
    ['too old', { maximumLoginAge: 3600 }, { authenticatedAt: SECONDS - 3601 }, 'count', 'max_age="3600"'],
    ['of no time', { maximumLoginAge: 3600 }, {}, 'count', 'max_age="3600"'],
    [
      'too old and strong',
      { ...ACR, maximumLoginAge: 3600 },
      { acr: LOA3, authenticatedAt: 0 },
      'record',
      `acr_values="${LOA3}", max_age="3600"`,
    ],
  ])('%s is asked for anew', (_, broker, person, level, wanted) => {
    const challenge = challengeOf(broker, person, level)
    expect(challenge?.startsWith(START)).toBe(true)
    expect(challenge?.endsWith(wanted)).toBe(true)
  })
})
