import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { join } from 'node:path'
import { closed, compileSchema, objectSchema, text } from '../../schemas/index.js'
import { readSecretFile, writeSecretFile } from '../secret-file.js'

/** A public key as a JWK Set has it. */
export interface PublicKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** The key with which the node signs its visas. */
export interface VisaKey {
  readonly publicKeys: readonly PublicKey[]
  /** A JWT in compact form. */
  sign(header: Readonly<Record<string, unknown>>, payload: Readonly<Record<string, unknown>>): string
}

const checkKeyFile = compileSchema(
  objectSchema(
    'Key of visas',
    ['keys'],
    {
      keys: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['kty', 'crv', 'x', 'y', 'd'],
          properties: { kty: { const: 'EC' }, crv: { const: 'P-256' }, x: text, y: text, d: text },
          ...closed,
        },
      },
    },
    closed,
  ),
)

export function visaKeyPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'visa-key.json')
}

function readKeys(path: string): readonly JsonWebKey[] | undefined {
  const content = readSecretFile(path)
  if (content === undefined) return undefined
  const value: unknown = JSON.parse(content)
  if (!checkKeyFile(value).ok) throw new Error(`${path} is damaged; delete it, and visas of the last day are void`)
  return (value as { keys: readonly JsonWebKey[] }).keys
}

/** The keys of the file; none: there is no file. @throws Error it is damaged */
export function readVisaKeys(nodeDirectory: string): readonly KeyObject[] {
  return (readKeys(visaKeyPath(nodeDirectory)) ?? []).map((jwk) => createPrivateKey({ key: jwk, format: 'jwk' }))
}

function makeKeys(path: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeSecretFile(path, `${JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] }, null, 2)}\n`, false)
}

/** RFC 7638: the required members in the order of their names. */
function toThumbprint({ crv, kty, x, y }: JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

function toPublicKey(key: KeyObject): PublicKey {
  const jwk = createPublicKey(key).export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x: jwk.x!, y: jwk.y!, kid: toThumbprint(jwk), alg: 'ES256', use: 'sig' }
}

/**
 * Opens the node's own issuer key, P-256, making it where there is none. The first of the file signs; others, which a person may
 * have left there for a change of keys, are published too.
 *
 * @throws Error the file is damaged
 */
export function openVisaKey(nodeDirectory: string): VisaKey {
  const path = visaKeyPath(nodeDirectory)
  if (!readKeys(path)) makeKeys(path)
  const keys = readVisaKeys(nodeDirectory)
  const publicKeys = keys.map(toPublicKey)
  const [key] = keys
  const kid = publicKeys[0]!.kid
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    publicKeys,
    sign(header, payload) {
      const message = `${encode({ ...header, alg: 'ES256', kid })}.${encode(payload)}`
      // RFC 7518, section 3.4: r and s, not DER.
      const signature = sign('sha256', Buffer.from(message), { key: key!, dsaEncoding: 'ieee-p1363' })
      return `${message}.${signature.toString('base64url')}`
    },
  }
}
