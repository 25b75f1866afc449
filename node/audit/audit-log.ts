import { close as closeDescriptor, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tryLock } from '../ingest/file-lock.js'
import { AuditError } from './audit-error.js'
import { openAuditKeys } from './audit-key.js'
import type { AuditRecord, ChangeRecord } from './audit-record.js'
import type { JsonValue } from './canonical-json.js'
import { sealEntry, type EntryContent } from './chain.js'
import { auditDirectory } from './chain-files.js'
import { openLogFile, REAL_DISK, rotateLogFile, syncDirectory, type Disk } from './log-file.js'

export type { AuditRecord, ChangeRecord } from './audit-record.js'

/** Beyond this a file is full and the next is begun; some 150,000 requests. */
const LARGEST_FILE = 64 << 20
/** Two processes that serve one directory each have chains of their own. */
const MOST_CHAINS_OF_A_NAME = 8

export interface AuditLog {
  /**
   * Appends a record; the answer leaves only when the promise is fulfilled: then the entry is on the disk.
   *
   * @param query the question itself, in one form whichever way it was sent; it is not written, but a digest of it
   * @throws Error when it cannot be written: the request must then fail
   */
  record(record: AuditRecord, query?: JsonValue): Promise<void>
  /** Fulfilled when all that was recorded is on the disk, and the file is closed. */
  close(): Promise<void>
}

/** The log as its owner has it. */
export interface OpenAuditLog extends AuditLog {
  /** Appends a change; it is made only when the promise is fulfilled. @throws Error when it cannot be written */
  recordChange(record: ChangeRecord): Promise<void>
}

export interface AuditLogOptions {
  readonly now?: () => Date
  readonly disk?: Disk
  /** In bytes. */
  readonly largestFile?: number
}

interface Waiting {
  readonly content: EntryContent
  readonly queryHash: string | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Opens a chain of the node's audit log: one JSON object a line, each with the hash of the one before. The records of one turn of
 * the event loop, and those that came while the last were being written, go to the disk together; their requests wait for that.
 * A group that cannot be written fails its requests and leaves nothing behind; the next one is tried anew.
 *
 * @param file of the chain
 * @throws AuditError the log is not as it was left
 */
export function openAuditLog(
  nodeDirectory: string,
  file = 'audit.ndjson',
  { now = () => new Date(), disk = REAL_DISK, largestFile = LARGEST_FILE }: AuditLogOptions = {},
): OpenAuditLog {
  const directory = auditDirectory(nodeDirectory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const { hashQuery } = openAuditKeys(nodeDirectory, now)
  const { chain, unlock } = takeChain(directory, file.replace(/\.ndjson$/, ''))
  let current = openFile()
  let isOpen = true
  let isDirty = false
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  function openFile() {
    try {
      const opened = openLogFile(directory, chain, now)
      syncDirectory(directory)
      return opened
    } catch (error) {
      unlock()
      throw error
    }
  }

  function put(content: EntryContent, queryHash?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!isOpen) throw new AuditError('the audit log is closed')
      waiting.push({ content, queryHash, resolve, reject })
      writing ??= new Promise<void>((begin) => setImmediate(begin)).then(writeGroups)
    })
  }

  function isFull(): boolean {
    const { first, length } = current
    return first !== undefined && (length >= largestFile || first.ts.slice(0, 10) !== now().toISOString().slice(0, 10))
  }

  async function append(group: readonly Waiting[]): Promise<void> {
    if (isDirty) {
      await disk.truncate(current.descriptor, current.length)
      isDirty = false
    }
    if (isFull()) current = rotateLogFile(directory, chain, current)
    let { head } = current
    const lines: string[] = []
    for (const { content, queryHash } of group) {
      const sealed = sealEntry(content, head, queryHash)
      head = sealed.head
      lines.push(sealed.line)
    }
    const bytes = Buffer.from(lines.join(''))
    isDirty = true
    await writeWhole(bytes)
    isDirty = false
    const first = current.first ?? { seq: current.head.seq + 1, ts: now().toISOString() }
    current = { ...current, length: current.length + bytes.length, head, first }
  }

  async function writeWhole(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const written = await disk.write(current.descriptor, bytes.subarray(done), current.length + done)
      if (written === 0) throw new AuditError('the audit log took only part of a record')
      done += written
    }
  }

  async function writeGroups(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        await append(group)
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    writing = undefined
  }

  return {
    record: (record, query) =>
      put(record as object as EntryContent, query === undefined ? undefined : hashQuery(query)),
    recordChange: (record) => put(record as object as EntryContent),
    async close() {
      if (!isOpen) return
      isOpen = false
      await writing
      await promisify(closeDescriptor)(current.descriptor)
      unlock()
    },
  }
}

function takeChain(directory: string, name: string): { readonly chain: string; readonly unlock: () => void } {
  for (let number = 1; number <= MOST_CHAINS_OF_A_NAME; number++) {
    const chain = number === 1 ? name : `${name}-${number}`
    const unlock = tryLock(join(directory, `${chain}.lock`))
    if (unlock) return { chain, unlock }
  }
  throw new AuditError(`${MOST_CHAINS_OF_A_NAME} processes write the audit log ${name} of ${directory} already`)
}
