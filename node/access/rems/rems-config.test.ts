import { expect, test } from '@jest/globals'
import type { AccessConfig, NodeConfig } from '../../../schemas/index.js'
import { remsSettings, visaSettings } from '../../config.js'
import { checkAccess } from '../check-access.js'

const REMS = { url: 'https://rems.invalid/x/', apiKeyFile: 'rems-key', userId: 'fyr', issuer: 'https://rems.invalid/' }
const ISSUER = {
  issuer: REMS.issuer,
  jku: ['https://rems.invalid/api/jwk'],
  types: ['ControlledAccessGrants'],
  sources: [REMS.issuer],
  valuePrefix: 'https://node.invalid/access/',
  subjectsOf: 'https://broker.invalid',
}
const BROKER = { issuer: 'https://broker.invalid', jwksUri: 'https://broker.invalid/jwks' }
const ACCESS: AccessConfig = { trust: 'passport', brokers: [BROKER], visaIssuers: [ISSUER], rems: [REMS] }
const { valuePrefix: _, ...WITHOUT_PREFIX } = ISSUER

const toConfig = (access: AccessConfig) => ({ access, organization: { id: 'x', name: 'Region X' } }) as NodeConfig

test('a REMS takes its bounds from its issuer, and the node’s organization where it names no controller', () => {
  checkAccess(ACCESS)
  expect(remsSettings('/n', toConfig(ACCESS))).toEqual([
    {
      url: 'https://rems.invalid/x',
      apiKeyFile: '/n/rems-key',
      userId: 'fyr',
      issuer: REMS.issuer,
      controller: 'Region X',
      subjectsOf: BROKER.issuer,
      valuePrefix: ISSUER.valuePrefix,
    },
  ])
})

test.each<[string, Partial<AccessConfig>, RegExp]>([
  ['of an issuer that is not trusted', { visaIssuers: [] }, /access.rems\[0\].issuer is none of access.visaIssuers/],
  ['of an issuer without a prefix', { visaIssuers: [WITHOUT_PREFIX] }, /with a valuePrefix/],
  ['twice', { rems: [REMS, REMS] }, /access.rems has the issuer .* twice/],
  ['at a private address', { rems: [{ ...REMS, url: 'https://10.0.0.1' }] }, /access.rems\[0\].url is private/],
  ['without TLS', { rems: [{ ...REMS, url: 'http://rems.invalid' }] }, /access.rems\[0\].url is not https/],
])('a REMS is refused %s', (_, changes, message) => {
  expect(() => checkAccess({ ...ACCESS, ...changes })).toThrow(message)
})

test('visas are for the subjects of one broker', () => {
  const visas = { apiKeyFile: 'key' }
  const settings = (access: Partial<AccessConfig>) => visaSettings('/n', toConfig({ ...ACCESS, ...access }))
  expect(settings({})).toBeUndefined()
  expect(settings({ visas })).toEqual({ apiKeyFile: '/n/key', subjectsOf: BROKER.issuer })
  const two = [BROKER, { ...BROKER, issuer: 'https://other.invalid' }]
  expect(() => settings({ visas, brokers: two })).toThrow(/subjectsOf must name one of several brokers/)
  expect(settings({ visas: { ...visas, subjectsOf: two[1]!.issuer }, brokers: two })).toMatchObject({
    subjectsOf: 'https://other.invalid',
  })
})
