import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { closed, compileSchema, dateTime, objectSchema, text } from '../../schemas/index.js'
import { createHmacSha256 } from '../hmac-sha256.js'
import { readSecretFile, writeSecretFile } from '../secret-file.js'
import { AuditError } from './audit-error.js'
import { canonicalise, type JsonValue } from './canonical-json.js'

const SECRET_BYTES = 32

interface StoredKeys {
  readonly createDateTime: string
  /** PKCS #8, PEM. */
  readonly ed25519: string
  /** Base64. */
  readonly querySecret: string
}

const checkStoredKeys = compileSchema(
  objectSchema(
    'Keys of the audit log',
    ['createDateTime', 'ed25519', 'querySecret'],
    { createDateTime: dateTime, ed25519: text, querySecret: text },
    closed,
  ),
)

/** Makes the digest of a question, in one form whichever way it was sent (docs/decisions/0013). */
export type HashQuery = (query: JsonValue) => string

/** The node's own keys of its audit log: one signs checkpoints, the other hides questions. */
export interface AuditKeys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly hashQuery: HashQuery
}

export function auditKeyPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'audit-key.json')
}

/** Opens the keys; whichever process is the first makes them. @throws AuditError the file is damaged */
export function openAuditKeys(nodeDirectory: string, now: () => Date): AuditKeys {
  const path = auditKeyPath(nodeDirectory)
  return toKeys(readStored(path) ?? makeStored(path, now()))
}

/** @throws AuditError there are none, or the file is damaged */
export function readAuditKeys(nodeDirectory: string): AuditKeys {
  const path = auditKeyPath(nodeDirectory)
  const stored = readStored(path)
  if (!stored) throw new AuditError(`there is no ${path}: the node has not been served yet`)
  return toKeys(stored)
}

function toKeys({ ed25519, querySecret }: StoredKeys): AuditKeys {
  const privateKey = createPrivateKey(ed25519)
  const macOf = createHmacSha256(Buffer.from(querySecret, 'base64'))
  return {
    privateKey,
    publicKey: createPublicKey(privateKey),
    hashQuery: (query) => macOf(canonicalise(query)).toString('hex'),
  }
}

function readStored(path: string): StoredKeys | undefined {
  const content = readSecretFile(path)
  if (content === undefined) return undefined
  const value = parse(content)
  if (!checkStoredKeys(value).ok) throw new AuditError(`${path} is damaged: put it back from a backup`)
  return value as StoredKeys
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

/** Writes beside the file and puts it in its place whole; another process' file stays, and is taken. */
function makeStored(path: string, now: Date): StoredKeys {
  const { privateKey } = generateKeyPairSync('ed25519')
  const made: StoredKeys = {
    createDateTime: now.toISOString(),
    ed25519: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    querySecret: randomBytes(SECRET_BYTES).toString('base64'),
  }
  return writeSecretFile(path, `${JSON.stringify(made, null, 2)}\n`, false) ? made : readStored(path)!
}
