import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** One data request, as it was decided and answered. Holds no variant, filter or region, and people by pseudonym alone. */
export interface AuditRecord {
  readonly ts: string
  readonly requestId: string
  /** `ticket`: where a file is to be had was told; `block`: bytes of a file leave. */
  readonly event: 'query' | 'ticket' | 'block'
  readonly outcome: 'answered' | 'denied'
  readonly principal: string
  /** What for, for which project, and on which of its grants the answer relies; as `hub` and `passport` absent where there is none. */
  readonly purpose?: string
  readonly project?: string
  readonly grants?: readonly string[]
  /** Client of the hub that passed the question on. */
  readonly hub?: string
  /** `jti` of the Passport. */
  readonly passport?: string
  /** `allele`, `range`…: the kind of question, never the question. */
  readonly question: string
  readonly datasets: readonly string[]
  readonly granularity: string
  readonly exists: boolean
  /** Id of the file that was asked for; absent when there is none with that id. */
  readonly file?: string
  /** Pseudonyms of those whose data leave in a file. */
  readonly subjects?: readonly string[]
  /** Of a block: the request that its ticket answered. */
  readonly ticket?: string
}

export interface AuditLog {
  /**
   * Appends a record; the answer leaves only when the promise is fulfilled.
   *
   * @throws Error when it cannot be written: the request must then fail
   */
  record(record: AuditRecord): Promise<void>
  close(): void
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Opens an append-only audit log of the node, one JSON object a line. The records of one turn of the event loop are written
 * together at its end, and their requests wait for that.
 */
export function openAuditLog(nodeDirectory: string, file = 'audit.ndjson'): AuditLog {
  const directory = join(nodeDirectory, 'audit')
  mkdirSync(directory, { recursive: true })
  const descriptor = openSync(join(directory, file), 'a', 0o600)
  let isOpen = true
  let lines = ''
  let waiting: Waiting[] = []

  function write(): void {
    const bytes = Buffer.from(lines)
    const served = waiting
    lines = ''
    waiting = []
    try {
      if (!isOpen) throw new Error('the audit log is closed')
      if (writeSync(descriptor, bytes) !== bytes.length) throw new Error('the audit log took only part of a record')
      for (const { resolve } of served) resolve()
    } catch (error) {
      for (const { reject } of served) reject(error)
    }
  }

  return {
    record(record) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(write)
        lines += `${JSON.stringify(record)}\n`
        waiting.push({ resolve, reject })
      })
    },
    close() {
      if (!isOpen) return
      isOpen = false
      closeSync(descriptor)
    },
  }
}
