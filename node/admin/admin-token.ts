import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const TOKEN_BYTES = 32
/** A shorter one was not made here, and may have been guessed or cut off. */
const SHORTEST_TOKEN = 32

export function adminTokenPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'admin-token')
}

/**
 * Makes the token of the admin API where there is none.
 *
 * @param replace true: makes a new one, and the old is worth nothing from now on
 * @returns whether one was made
 */
export function makeAdminToken(nodeDirectory: string, replace = false): boolean {
  const path = adminTokenPath(nodeDirectory)
  if (!replace && readAdminToken(nodeDirectory) !== undefined) return false
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(descriptor, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (replace) {
    renameSync(temporary, path)
    return true
  }
  try {
    // Of two processes that start at once, one makes it.
    linkSync(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(temporary)
  }
}

/** The token; undefined when there is none, or none that is worth the name. */
function readAdminToken(nodeDirectory: string): string | undefined {
  let text: string
  try {
    text = readFileSync(adminTokenPath(nodeDirectory), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return text.length < SHORTEST_TOKEN ? undefined : text
}

/**
 * Whether a value of `Authorization` is the token of the admin API. The file is read at each request, so that a new one acts at
 * once. Where there is no token, nothing is right.
 */
export function isAdminToken(nodeDirectory: string, authorization: string | undefined): boolean {
  const token = readAdminToken(nodeDirectory)
  const [, sent] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? []
  return token !== undefined && sent !== undefined && isSameSecret(sent, token)
}

/** Compares in a time that does not tell how much of it is right, whatever the lengths. */
export function isSameSecret(sent: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(sent), digest(secret))
}
