import { randomBytes, randomUUID } from 'node:crypto'
import {
  SIGNATURE_SECONDS,
  SIGNATURE_TAG,
  SIGNED_HEADERS,
  toContentDigest,
  toSignatureBase,
} from '../signature/request-signature.js'
import { toPrivateSignatureKey, type PrivateSignatureKey } from '../signature/signing-key.js'
import { createHubJwk } from './hub-jwk.js'

export function createHubKey(algorithm?: 'P-256' | 'Ed25519'): PrivateSignatureKey {
  return toPrivateSignatureKey(createHubJwk(algorithm))
}

/** A request before it is signed. */
export interface PlainRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What of a signature is to be unlike that of a hub. */
export interface SignatureChoices {
  /** Seconds since 1970; default: now. */
  readonly created?: number
  readonly expires?: number
  readonly nonce?: string
  readonly keyId?: string
  /** null: it names none. */
  readonly alg?: string | null
  readonly tag?: string
  readonly label?: string
  readonly components?: (all: readonly string[]) => readonly string[]
}

export interface SignedRequest extends PlainRequest {
  readonly headers: Readonly<Record<string, string>>
}

/** Signs with any choice, right or wrong, by a way of its own: nothing of it is the hub's code. */
export function signRequest(
  request: PlainRequest,
  key: PrivateSignatureKey,
  choices: SignatureChoices = {},
): SignedRequest {
  const created = choices.created ?? Math.floor(Date.now() / 1000)
  const expires = choices.expires ?? created + SIGNATURE_SECONDS
  const headers: Record<string, string> = { 'x-request-id': randomUUID(), ...request.headers }
  if (request.body !== undefined) {
    headers['content-type'] ??= 'application/json'
    headers['content-digest'] ??= toContentDigest(Buffer.from(request.body))
  }
  const all = ['@method', '@target-uri', ...SIGNED_HEADERS.filter((name) => headers[name] !== undefined)]
  const components = choices.components?.(all) ?? all
  const { nonce = randomBytes(18).toString('base64url'), keyId = 'hub-1', tag = SIGNATURE_TAG, label = 'ngp' } = choices
  const alg = choices.alg === undefined ? key.algorithm : choices.alg
  const list = components.map((component) => `"${component}"`).join(' ')
  const parameters = `(${list});created=${created};expires=${expires};nonce="${nonce}";keyid="${keyId}"${alg === null ? '' : `;alg="${alg}"`};tag="${tag}"`
  const own: Record<string, string> = { '@method': request.method, '@target-uri': request.url, ...headers }
  const base = toSignatureBase(components, parameters, (component) => own[component] ?? '')
  return {
    ...request,
    headers: {
      ...headers,
      'signature-input': `${label}=${parameters}`,
      signature: `${label}=:${key.sign(base).toString('base64')}:`,
    },
  }
}
