import { randomBytes, timingSafeEqual } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { closed, compileSchema, objectSchema, text, dateTime } from '../../schemas/index.js'
import { createHmacSha256, type HmacSha256 } from '../hmac-sha256.js'
import { tryLock } from '../ingest/file-lock.js'
import { readSecretFile, writeSecretFile } from '../secret-file.js'

/** How long a ticket can be used at most. */
export const TICKET_LIFETIME_MS = 5 * 60_000

/** Age at which a key is replaced. */
const KEY_AGE_MS = 24 * 60 * 60_000
/** How long a replaced key still proves the tickets that it signed; clocks of workers on one machine are one clock. */
const RETIRED_MS = 2 * TICKET_LIFETIME_MS
const KEY_BYTES = 32
const MAC_BYTES = 32
/** How long another process' new key may go unnoticed by a process that does not meet its id. */
const CHECK_MS = 1_000

interface StoredKey {
  readonly id: string
  readonly secret: string
  readonly createDateTime: string
  /** Absent: it signs. */
  readonly retireDateTime?: string
}

interface KeyFile {
  readonly keys: readonly StoredKey[]
}

const checkKeyFile = compileSchema(
  objectSchema(
    'Keys of tickets',
    ['keys'],
    {
      keys: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['id', 'secret', 'createDateTime'],
          properties: { id: text, secret: text, createDateTime: dateTime, retireDateTime: dateTime },
          ...closed,
        },
      },
    },
    closed,
  ),
)

export type Verdict = 'right' | 'wrong' | 'unknown-key'

/** Signs what tickets allow. Shared by all workers of a node: what one signs, every other can check. */
export interface TicketKeys {
  /**
   * @param toMessage gives what is signed, in which the key's id should stand
   * @returns the key's id and the HMAC-SHA-256 of the message under it
   */
  sign(toMessage: (keyId: string) => string): { readonly keyId: string; readonly mac: Buffer }
  verify(keyId: string, message: string, mac: Buffer): Verdict
}

export function ticketKeysPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'ticket-keys.json')
}

function createKey(now: Date): StoredKey {
  return {
    id: randomBytes(6).toString('base64url'),
    secret: randomBytes(KEY_BYTES).toString('base64'),
    createDateTime: now.toISOString(),
  }
}

function readKeys(path: string): KeyFile | undefined {
  const content = readSecretFile(path)
  if (content === undefined) return undefined
  const value: unknown = JSON.parse(content)
  if (!checkKeyFile(value).ok)
    throw new Error(`${path} is damaged; delete it, and tickets of the last minutes are void`)
  return value as KeyFile
}

/** Looks whether the keys, where there are any, can be used. @throws Error they are damaged */
export function checkTicketKeys(nodeDirectory: string): void {
  const path = ticketKeysPath(nodeDirectory)
  const file = readKeys(path)
  if (file) requireSigning(path, file)
}

function requireSigning(path: string, { keys }: KeyFile): StoredKey {
  const signing = keys.find(isSigning)
  if (!signing) throw new Error(`${path} has no key that signs`)
  return signing
}

/** @param replace false: another process' file stays */
function writeKeys(path: string, file: KeyFile, replace: boolean): void {
  writeSecretFile(path, `${JSON.stringify(file, null, 2)}\n`, replace)
}

/**
 * Makes a new key that signs from now on.
 *
 * @param revoke true: the old keys are forgotten at once, and every ticket with them; false: they prove their tickets to the end
 * @param isDue asked when nobody else can change the keys
 * @returns the id of the new key; undefined when another process is changing the keys, or it is not due
 */
export function rotateTicketKeys(
  nodeDirectory: string,
  now: Date,
  revoke: boolean,
  isDue: (signing: StoredKey | undefined) => boolean = () => true,
): string | undefined {
  const path = ticketKeysPath(nodeDirectory)
  const unlock = tryLock(`${path}.lock`)
  if (!unlock) return undefined
  try {
    const known = readKeys(path)?.keys ?? []
    if (!isDue(known.find(isSigning))) return undefined
    const key = createKey(now)
    const kept = revoke
      ? []
      : known
          .filter(({ retireDateTime }) => !isOver(retireDateTime, now))
          .map((old) => ({ ...old, retireDateTime: old.retireDateTime ?? now.toISOString() }))
    writeKeys(path, { keys: [key, ...kept] }, true)
    return key.id
  } finally {
    unlock()
  }
}

function isSigning({ retireDateTime }: StoredKey): boolean {
  return retireDateTime === undefined
}

function isOver(retireDateTime: string | undefined, now: Date): boolean {
  return retireDateTime !== undefined && now.getTime() - Date.parse(retireDateTime) > RETIRED_MS
}

/** Opens the node's keys of tickets; the first process makes them. A key that is a day old is replaced. */
export function openTicketKeys(nodeDirectory: string, now: () => Date): TicketKeys {
  const path = ticketKeysPath(nodeDirectory)
  if (!readKeys(path)) writeKeys(path, { keys: [createKey(now())] }, false)
  let keys = new Map<string, { readonly macOf: HmacSha256; readonly stored: StoredKey }>()
  let signing: StoredKey
  let state = ''
  let checkedAt = -Infinity

  /** Follows what other processes did. */
  function load(): void {
    const { mtimeNs, ino } = statSync(path, { bigint: true })
    const seen = `${ino}-${mtimeNs}`
    if (seen === state) return
    const { keys: stored } = readKeys(path) ?? { keys: [] }
    const current = requireSigning(path, { keys: stored })
    keys = new Map(
      stored.map((key) => [key.id, { macOf: createHmacSha256(Buffer.from(key.secret, 'base64')), stored: key }]),
    )
    signing = current
    state = seen
  }

  function refresh(): void {
    const at = now()
    if (Math.abs(at.getTime() - checkedAt) < CHECK_MS) return
    load()
    const isOld = (key: StoredKey | undefined) =>
      key === undefined || at.getTime() - Date.parse(key.createDateTime) > KEY_AGE_MS
    if (isOld(signing) && rotateTicketKeys(nodeDirectory, at, false, isOld) !== undefined) load()
    checkedAt = at.getTime()
  }

  refresh()
  return {
    sign(toMessage) {
      refresh()
      const { id } = signing
      return { keyId: id, mac: keys.get(id)!.macOf(toMessage(id)) }
    },
    verify(keyId, message, mac) {
      refresh()
      // Another worker may have signed with a key that it made a moment ago.
      if (!keys.has(keyId)) load()
      const key = keys.get(keyId)
      if (!key || isOver(key.stored.retireDateTime, now())) return 'unknown-key'
      const right = key.macOf(message)
      return mac.length === MAC_BYTES && timingSafeEqual(right, mac) ? 'right' : 'wrong'
    },
  }
}
