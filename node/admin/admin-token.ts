import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { readSecretFile, writeSecretFile } from '../secret-file.js'

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
  return writeSecretFile(path, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, replace)
}

/** The token; undefined when there is none, or none that is worth the name. */
function readAdminToken(nodeDirectory: string): string | undefined {
  const text = readSecretFile(adminTokenPath(nodeDirectory))?.trim()
  return text === undefined || text.length < SHORTEST_TOKEN ? undefined : text
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
