import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { closed, compileSchema } from '../../schemas/index.js'
import type { Stamp } from '../access/register/register-types.js'
import { RegisterError } from '../access/register/register-error.js'
import { isSameSecret } from '../same-secret.js'
import { readSecretFile, writeSecretFile } from '../secret-file.js'

const TOKEN_BYTES = 32
/** Of one alphabet and one case, so that no two names look the same. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Somebody whom the admin API knows, by a token of their own. */
export interface Administrator {
  readonly name: string
  readonly added: Stamp
}

interface StoredAdministrator extends Administrator {
  /** Of the token, hexadecimal: a secret of 256 random bits needs no slow digest. */
  readonly sha256: string
}

const text = { type: 'string', minLength: 1 }
const shape = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  ...closed,
})
const checkFile = compileSchema(
  shape({
    administrators: {
      type: 'array',
      items: shape({
        name: { type: 'string', pattern: NAME.source },
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        added: shape({ by: text, at: text }),
      }),
    },
  }),
)

export function administratorsPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'administrators.json')
}

/** @throws Error the file is damaged: then nobody is known */
function readAdministrators(nodeDirectory: string): readonly StoredAdministrator[] {
  const path = administratorsPath(nodeDirectory)
  const source = readSecretFile(path)
  if (source === undefined) return []
  const value: unknown = JSON.parse(source)
  if (!checkFile(value).ok) throw new Error(`${path} is not what fyr-node admin writes`)
  return (value as { readonly administrators: readonly StoredAdministrator[] }).administrators
}

function writeAdministrators(nodeDirectory: string, administrators: readonly StoredAdministrator[]): void {
  writeSecretFile(administratorsPath(nodeDirectory), `${JSON.stringify({ administrators }, null, 2)}\n`, true)
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export function listAdministrators(nodeDirectory: string): readonly Administrator[] {
  return readAdministrators(nodeDirectory).map(({ name, added }) => ({ name, added }))
}

/**
 * Makes a token for somebody. Whoever calls it keeps others from doing so at the same time.
 *
 * @returns the token, which is kept nowhere
 * @throws RegisterError invalid: the name; conflict: there is one already
 */
export function addAdministrator(nodeDirectory: string, name: string, added: Stamp): string {
  if (!NAME.test(name)) {
    throw new RegisterError('invalid', 'a name of an administrator is of small letters, digits and . _ -, at most 64')
  }
  const known = readAdministrators(nodeDirectory)
  if (known.some((one) => one.name === name)) {
    throw new RegisterError('conflict', `there is an administrator ${name}: remove that one first`)
  }
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  writeAdministrators(nodeDirectory, [...known, { name, sha256: digestOf(token), added }])
  return token
}

/** The token is worth nothing from now on. @throws RegisterError not_found */
export function removeAdministrator(nodeDirectory: string, name: string): void {
  const known = readAdministrators(nodeDirectory)
  if (!known.some((one) => one.name === name)) {
    throw new RegisterError('not_found', `there is no administrator ${name}`)
  }
  writeAdministrators(
    nodeDirectory,
    known.filter((one) => one.name !== name),
  )
}

/**
 * Whose token a value of `Authorization` is. The file is read at each request, so that what was added or removed acts at once; who
 * is not in it is nobody.
 */
export function findAdministrator(nodeDirectory: string, authorization: string | undefined): string | undefined {
  const [, sent] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? []
  if (sent === undefined) return undefined
  const digest = digestOf(sent)
  return readAdministrators(nodeDirectory).find(({ sha256 }) => isSameSecret(digest, sha256))?.name
}
