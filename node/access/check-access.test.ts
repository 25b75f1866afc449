import { describe, expect, test } from '@jest/globals'
import type { AccessConfig, BrokerConfig, VisaIssuerConfig } from '../../schemas/index.js'
import { checkAccess } from './check-access.js'

const BROKER: BrokerConfig = { issuer: 'https://b.example/', jwksUri: 'https://b.example/jwks' }
const ISSUER: VisaIssuerConfig = {
  issuer: 'https://v.example/',
  jku: ['https://v.example/jwk'],
  types: [],
  sources: [],
  subjectsOf: 'https://b.example/',
}
const GOOD: AccessConfig = { trust: 'signed', brokers: [BROKER], visaIssuers: [ISSUER] }
const at = (jwksUri: string) => ({ ...GOOD, brokers: [{ ...BROKER, jwksUri }] })

describe('access of node.yaml', () => {
  test.each<readonly [string, AccessConfig]>([
    ['that is good', GOOD],
    ['on loopback, where that is allowed', { ...at('http://127.0.0.1:8091/jwks'), allowPrivate: true }],
  ])('%s', (_, access) => expect(() => checkAccess(access)).not.toThrow())

  test.each<readonly [string, AccessConfig, RegExp]>([
    ['http', at('http://b.example/jwks'), /^access\.brokers\[0\]\.jwksUri is not https/],
    ['loopback', at('https://127.0.0.1/jwks'), /is private/],
    ['loopback by name', at('https://localhost./jwks'), /is private/],
    ['loopback as a number', at('https://2130706433/jwks'), /is private/],
    ['loopback in IPv6', at('https://[::ffff:7f00:1]/jwks'), /is private/],
    ['a private network', at('https://10.0.0.1/jwks'), /is private/],
    ['cloud metadata', at('https://169.254.169.254/jwks'), /is private/],
    ['a user name', { ...at('https://a@b.example/jwks'), allowPrivate: true }, /holds a user name/],
    [
      'userinfo on http',
      { ...GOOD, brokers: [{ ...BROKER, userinfoEndpoint: 'http://b.example/userinfo' }] },
      /^access\.brokers\[0\]\.userinfoEndpoint is not https/,
    ],
    [
      'a jku on http',
      { ...GOOD, visaIssuers: [{ ...ISSUER, jku: ['https://v.example/jwk', 'http://v.example/jwk'] }] },
      /^access\.visaIssuers\[0\]\.jku is not https/,
    ],
    ['a broker twice', { ...GOOD, brokers: [BROKER, BROKER] }, /^access\.brokers has the issuer .* twice/],
    ['an issuer twice', { ...GOOD, visaIssuers: [ISSUER, ISSUER] }, /^access\.visaIssuers has the issuer/],
    [
      'subjects of nobody',
      { ...GOOD, visaIssuers: [{ ...ISSUER, subjectsOf: 'https://b.example' }] },
      /subjectsOf is the issuer of no broker/,
    ],
  ])('with %s is refused', (_, access, message) => expect(() => checkAccess(access)).toThrow(message))
})
