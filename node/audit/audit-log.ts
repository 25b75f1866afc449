import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** One data request, as it was decided and answered. Holds no variant, filter or person. */
export interface AuditRecord {
  readonly ts: string
  readonly requestId: string
  readonly event: 'query'
  readonly outcome: 'answered' | 'denied'
  readonly principal: string
  /** `allele`, `range`…: the kind of question, never the question. */
  readonly question: string
  readonly datasets: readonly string[]
  readonly granularity: string
  readonly exists: boolean
}

export interface AuditLog {
  /** Appends a record before the answer leaves. @throws Error when it cannot be written: the request must then fail */
  record(record: AuditRecord): void
  close(): void
}

/** Opens the node's append-only audit log, one JSON object a line. */
export function openAuditLog(nodeDirectory: string): AuditLog {
  const directory = join(nodeDirectory, 'audit')
  mkdirSync(directory, { recursive: true })
  const descriptor = openSync(join(directory, 'audit.ndjson'), 'a', 0o600)
  return {
    record(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`)
      const written = writeSync(descriptor, line)
      if (written !== line.length) throw new Error('the audit log took only part of a record')
    },
    close() {
      closeSync(descriptor)
    },
  }
}
