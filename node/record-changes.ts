import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordChange } from './access/register/record-change.js'

/** Where changes of the register are put on record. */
export interface ChangeRecords {
  readonly record: RecordChange
  close(): void
}

/** Opens the record of changes in the node's audit directory, one JSON object a line, each on the disk before the change is made. */
export function openChangeRecords(nodeDirectory: string): ChangeRecords {
  const directory = join(nodeDirectory, 'audit')
  let isOpen = true
  let descriptor: number | undefined
  return {
    async record(event, details) {
      if (!isOpen) throw new Error('the audit log is closed')
      // With the first change: a node that never has one has no file of them.
      mkdirSync(directory, { recursive: true })
      descriptor ??= openSync(join(directory, 'changes.ndjson'), 'a', 0o600)
      const line = Buffer.from(`${JSON.stringify({ ts: new Date().toISOString(), event, ...details })}\n`)
      if (writeSync(descriptor, line) !== line.length) throw new Error('the audit log took only part of a record')
      fsyncSync(descriptor)
    },
    close() {
      // The number of a closed file is soon another's.
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
      isOpen = false
    },
  }
}
