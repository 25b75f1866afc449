import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import { toPublicSignatureKey, type PrivateSignatureKey } from '../../schemas/index.js'
import {
  createHubKey,
  signRequest,
  type PlainRequest,
  type SignatureChoices,
  type SignedRequest,
} from '../../schemas/testing/signed-request.js'
import type { Credentials, VerifySignature } from '../access/caller.js'
import type { KnownHub } from '../access/signature/known-hubs.js'
import { openNonces, type Nonces } from '../access/signature/nonces.js'
import { createVerifySignature } from '../access/signature/verify-signature.js'

/** Seconds since 1970 by the clock of the node. */
export const NOW = 1_790_000_000
export const NORR = 'https://norr.example/beacon/v2'
/** That of the third hub. */
export const CERTIFICATE = 'ab'.repeat(32)

export const QUESTION: PlainRequest = {
  method: 'POST',
  url: `${NORR}/g_variants?a=b`,
  body: '{"query":{"requestParameters":{}}}',
  headers: { authorization: 'Bearer x.y.z', 'ngp-purpose': 'HRESCH', 'ngp-project': 'urn:ngp:project:2026-1' },
}
export const GET: PlainRequest = { method: 'GET', url: NORR }

const hubKey = createHubKey()
const edKey = createHubKey('Ed25519')
const mtlsKey = createHubKey()

/** One node and its three hubs: `hub-1` P-256, `hub-2` Ed25519, `hub-3` with a TLS certificate. */
export function createSignatureWorld() {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-signature-'))
  const opened: Nonces[] = []
  const nonces = (bootedAt: number) => {
    opened.push(openNonces(directory, { now: () => NOW * 1000, bootedAt }))
    return opened.at(-1)!
  }
  afterAll(() => {
    for (const each of opened) each.close()
    rmSync(directory, { recursive: true })
  })
  const known = (key: PrivateSignatureKey, client: string): KnownHub => ({
    client,
    key: toPublicSignatureKey(key.publicJwk),
  })
  const hubs = new Map([
    ['hub-1', known(hubKey, 'ngp-hub')],
    ['hub-2', known(edKey, 'other-hub')],
    ['hub-3', { ...known(mtlsKey, 'mtls-hub'), certificateSha256: CERTIFICATE }],
  ])
  const usual = nonces(NOW - 3_600)

  function verifier(beaconUrl = NORR, kept = usual): VerifySignature {
    const addresses = [
      { path: '/beacon/v2', url: () => beaconUrl },
      { path: '/htsget/v1', url: () => 'https://norr.example/htsget/v1/' },
    ]
    return createVerifySignature({ hubs, nonces: kept, addresses, now: () => new Date(NOW * 1000) })
  }
  const verify = verifier()
  return {
    directory,
    nonces,
    verifier,
    verify,
    /** By the first hub, unless the choices name another. */
    sign(choices: SignatureChoices = {}, request = QUESTION, key = hubKey): SignedRequest {
      return signRequest(request, key, { created: NOW, ...choices })
    },
    hubKey,
    edKey,
    mtlsKey,
    /** The signer, or what of the error matters. */
    async outcomeOf(credentials: Credentials, by = verify): Promise<unknown> {
      try {
        return await by(credentials)
      } catch (error) {
        const { name, code, headers, message } = error as Error & { code: string; headers: readonly string[] }
        return { name, code, headers, message }
      }
    },
  }
}

/** 401 with its own scheme word. */
export function refused(reason: RegExp): object {
  return {
    name: 'NodeError',
    code: 'unauthenticated',
    headers: ['www-authenticate', 'Signature error="invalid_signature"'],
    message: expect.stringMatching(reason),
  }
}

/** The same with other headers, after it was signed. */
export function swap(request: SignedRequest, headers: Readonly<Record<string, string>>): SignedRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}

export function without(request: SignedRequest, ...names: readonly string[]): SignedRequest {
  const kept = Object.entries(request.headers).filter(([name]) => !names.includes(name))
  return { ...request, headers: Object.fromEntries(kept) }
}
