import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { tryLock } from '../ingest/file-lock.js'
import { AuditError } from './audit-error.js'
import { openAuditLog, type OpenAuditLog } from './audit-log.js'
import type { ChangeEvent, ChangeRecord } from './audit-record.js'
import type { JsonValue } from './canonical-json.js'
import { auditDirectory } from './chain-files.js'

const CHAIN_FILE = 'cli.ndjson'
const RETRY_MS = 20
/** Others hold the log for the time of one entry. */
const PATIENCE_MS = 10_000

/** Ids, numbers and pseudonyms; never names of people, tokens or keys. */
export type ChangeDetails = Readonly<Record<string, unknown>>

/**
 * Puts a change on record. It is called before the change is made, which is not made when it fails.
 *
 * @throws AuditError the log cannot be written
 */
export type RecordChange = (event: ChangeEvent, details: ChangeDetails) => Promise<void>

export interface ChangeOptions {
  /** Who says that they do it. */
  readonly by?: string
  /** Default: `cli:` and the number of the operating system's user, which is no name. */
  readonly principal?: string
  readonly now?: () => Date
}

/** Records changes by commands, in a chain of their own; also while the node serves, and while other commands run. */
export function openChangeLog(nodeDirectory: string, options: ChangeOptions = {}): RecordChange {
  return (event, details) => append(nodeDirectory, toChange(event, details, options))
}

/** Records changes in the chain of a serving process. */
export function recordChangesIn(
  log: OpenAuditLog,
  options: ChangeOptions & { readonly principal: string },
): RecordChange {
  return (event, details) => log.recordChange(toChange(event, details, options))
}

/**
 * Records a change, then makes it. One that fails is said to have failed.
 *
 * @throws AuditError the log cannot be written, and nothing was changed; or whatever the change throws
 */
export async function makeRecordedChange<T>(
  nodeDirectory: string,
  event: ChangeEvent,
  details: ChangeDetails,
  options: ChangeOptions,
  change: () => T | Promise<T>,
): Promise<T> {
  const record = toChange(event, details, options)
  await append(nodeDirectory, record)
  try {
    return await change()
  } catch (error) {
    const { ts } = toChange(event, {}, options)
    await append(nodeDirectory, { ...record, ts, outcome: 'failed' })
    throw error
  }
}

function toChange(event: ChangeEvent, details: ChangeDetails, { by, principal, now }: ChangeOptions): ChangeRecord {
  return {
    ts: (now?.() ?? new Date()).toISOString(),
    requestId: randomUUID(),
    event,
    outcome: 'changed',
    principal: principal ?? `cli:${userInfo().uid}`,
    ...(by === undefined ? {} : { by }),
    details: JSON.parse(JSON.stringify(details)) as Record<string, JsonValue>,
  }
}

function append(nodeDirectory: string, record: ChangeRecord): Promise<void> {
  return withLog(nodeDirectory, (log) => log.recordChange(record))
}

/** Records the changes of one command that makes many; others wait meanwhile. */
export function withChangeLog<T>(
  nodeDirectory: string,
  options: ChangeOptions,
  work: (record: RecordChange) => Promise<T>,
): Promise<T> {
  return withLog(nodeDirectory, (log) => work((event, details) => log.recordChange(toChange(event, details, options))))
}

async function withLog<T>(nodeDirectory: string, work: (log: OpenAuditLog) => Promise<T>): Promise<T> {
  const unlock = await lockChanges(nodeDirectory)
  try {
    const log = openAuditLog(nodeDirectory, CHAIN_FILE)
    try {
      return await work(log)
    } finally {
      await log.close()
    }
  } finally {
    unlock()
  }
}

async function lockChanges(nodeDirectory: string): Promise<() => void> {
  const directory = auditDirectory(nodeDirectory)
  mkdirSync(directory, { recursive: true })
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await wait(RETRY_MS)) {
    const unlock = tryLock(join(directory, 'changes.lock'))
    if (unlock) return unlock
  }
  throw new AuditError(`another command writes the audit log of ${nodeDirectory}; try again`)
}
