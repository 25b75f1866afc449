import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { toPrivateSignatureKey, type AccessConfig, type HubClientConfig } from '../../../schemas/index.js'
import { createHubJwk } from '../../../schemas/testing/hub-jwk.js'
import { readKnownHubs } from './known-hubs.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-hubs-'))
afterAll(() => rmSync(directory, { recursive: true }))

const secret = createHubJwk()
const { publicJwk, thumbprint } = toPrivateSignatureKey(secret)
const FILES = { 'hub.json': publicJwk, 'secret.json': secret, 'other.json': { kty: 'RSA' } }
for (const [name, jwk] of Object.entries(FILES)) writeFileSync(join(directory, name), JSON.stringify(jwk))
writeFileSync(join(directory, 'text.json'), 'key')

const HUB: HubClientConfig = { keyId: 'hub-1', client: 'ngp-hub', publicKeyFile: 'hub.json' }

function read(hubs: readonly HubClientConfig[], trust: AccessConfig['trust'] = 'signed') {
  return readKnownHubs(directory, { trust, brokers: [], visaIssuers: [], hubs })
}

test('hubs are known by the id of their key', () => {
  const [[keyId, hub]] = [...read([{ ...HUB, certificateSha256: 'ab'.repeat(32) }])] as [[string, object]]
  expect([keyId, hub]).toMatchObject([
    'hub-1',
    { client: 'ngp-hub', key: { thumbprint, algorithm: 'ecdsa-p256-sha256' } },
  ])
  expect(hub).not.toHaveProperty('certificateSha256')
  expect(read([])).toEqual(new Map())
})

test('at signed+mtls they are known by their certificate as well', () => {
  const certificateSha256 = 'ab'.repeat(32)
  expect(read([{ ...HUB, certificateSha256 }], 'signed+mtls').get('hub-1')).toMatchObject({ certificateSha256 })
})

test.each<[string, HubClientConfig[], AccessConfig['trust'], RegExp]>([
  ['a key that is not there', [{ ...HUB, publicKeyFile: 'no.json' }], 'signed', /no\.json: cannot be read \(ENOENT\)/],
  ['no JSON', [{ ...HUB, publicKeyFile: 'text.json' }], 'signed', /text\.json: is no JSON; give it what/],
  ['another kind of key', [{ ...HUB, publicKeyFile: 'other.json' }], 'signed', /other\.json: is no P-256/],
  ['a secret key', [{ ...HUB, publicKeyFile: 'secret.json' }], 'signed', /secret\.json: is a private key/],
  ['two keys of one id', [HUB, { ...HUB, client: 'b' }], 'signed', /there are two keys hub-1/],
  ['no certificate', [HUB], 'signed+mtls', /hub-1 has no certificateSha256/],
])('%s is refused', (_name, hubs, trust, message) => {
  expect(() => read(hubs, trust)).toThrow(message)
})
