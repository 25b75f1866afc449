import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { closed, compileSchema, dateTime, objectSchema, text } from '../../schemas/index.js'
import { CommandFailure } from '../command.js'

/** For its owner alone. */
const SECRET_MODE = 0o600
const SECRET_DIRECTORY_MODE = 0o700

/** What `fyr login` keeps. */
export interface StoredLogin {
  readonly version: 1
  readonly issuer: string
  readonly clientId: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint?: string
  /** Origin of the hub that the login is for: no other is shown the token. */
  readonly hub: string
  /** `sub`. */
  readonly subject: string
  readonly name?: string
  readonly accessToken: string
  readonly expiresAt: string
  readonly refreshToken?: string
}

const checkStoredLogin = compileSchema(
  objectSchema(
    'Login of fyr',
    ['version', 'issuer', 'clientId', 'tokenEndpoint', 'hub', 'subject', 'accessToken', 'expiresAt'],
    {
      version: { const: 1 },
      issuer: text,
      clientId: text,
      tokenEndpoint: text,
      revocationEndpoint: text,
      hub: text,
      subject: text,
      name: text,
      accessToken: text,
      expiresAt: dateTime,
      refreshToken: text,
    },
    closed,
  ),
)

/** @throws CommandFailure the file is there and cannot be used */
export function readLogin(file: string | undefined): StoredLogin | undefined {
  if (file === undefined) return undefined
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new CommandFailure(`${file} cannot be read (${code ?? 'unknown reason'})`)
  }
  try {
    const value: unknown = JSON.parse(content)
    if (checkStoredLogin(value).ok) return value as StoredLogin
  } catch {
    // Said below, without what the file holds.
  }
  throw new CommandFailure(`${file} is damaged; fyr logout removes it`)
}

/** Writes a secret whole or not at all, for its owner alone. */
export function writeSecret(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, content, { mode: SECRET_MODE, flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new CommandFailure(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
}

/** @throws CommandFailure */
export function makeLoginDirectory(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: SECRET_DIRECTORY_MODE })
  } catch (error) {
    throw new CommandFailure(
      `${dirname(file)} cannot be made (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    )
  }
}

/** Into a directory that is there. @throws CommandFailure */
export function writeLogin(file: string, login: StoredLogin): void {
  writeSecret(file, `${JSON.stringify(login, null, 2)}\n`)
}

export function removeLogin(file: string): void {
  rmSync(file, { force: true })
}
