import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { RecordStatusChange } from './access/consent/change-statuses.js'

/** Where a command puts changes of what people said on record. */
export interface StatusRecords {
  readonly record: RecordStatusChange
  /** Who runs the command. */
  readonly user: string
  close(): void
}

/** Opens the record in the node's audit directory, one JSON object a line, each on the disk before its change is made. */
export function openStatusRecords(nodeDirectory: string): StatusRecords {
  const directory = join(nodeDirectory, 'audit')
  mkdirSync(directory, { recursive: true })
  const descriptor = openSync(join(directory, 'changes.ndjson'), 'a', 0o600)
  return {
    async record(event, details) {
      const line = Buffer.from(`${JSON.stringify({ ts: new Date().toISOString(), event, ...details })}\n`)
      if (writeSync(descriptor, line) !== line.length) throw new Error('the audit log took only part of a record')
      fsyncSync(descriptor)
    },
    user: toUser(),
    close() {
      closeSync(descriptor)
    },
  }
}

function toUser(): string {
  try {
    return `cli:${userInfo().username}`
  } catch {
    // A container may have no name for its user.
    return `cli:${process.getuid?.() ?? 'unknown'}`
  }
}
