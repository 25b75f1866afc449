import { AuditError } from './audit-error.js'
import type { AuditEntry } from './audit-record.js'
import { checkLine } from './chain.js'
import { auditDirectory, listChains } from './chain-files.js'
import { openChainReader, type ChainReader } from './chain-reader.js'

/** An entry with its place, by which it is found again. */
export interface PlacedEntry {
  readonly chain: string
  readonly entry: AuditEntry
}

/** From the first moment to before the last; absent: all. */
export interface Period {
  readonly since?: string
  readonly until?: string
}

/** Times of entries are compared as text: all are in UTC, to the millisecond. */
export function isWithin({ since, until }: Period, ts: string): boolean {
  return (since === undefined || ts >= since) && (until === undefined || ts < until)
}

/**
 * The entries of all chains in the order of their times, also while the node serves.
 *
 * @throws AuditError a line is not as it was written
 */
export async function* readEntries(nodeDirectory: string, period: Period = {}): AsyncGenerator<PlacedEntry> {
  const directory = auditDirectory(nodeDirectory)
  const sources: { readonly chain: string; readonly reader: ChainReader; next: AuditEntry | undefined }[] = []
  try {
    for (const { chain } of listChains(directory)) {
      const reader = await openChainReader(directory, chain)
      sources.push({ chain, reader, next: undefined })
    }
    for (const source of sources) source.next = await readEntry(source.reader)
    for (;;) {
      const earliest = sources
        .filter(({ next }) => next !== undefined)
        .reduce<(typeof sources)[number] | undefined>(
          (first, source) => (first?.next && first.next.ts <= source.next!.ts ? first : source),
          undefined,
        )
      if (!earliest?.next) return
      const { chain, next: entry } = earliest
      if (isWithin(period, entry.ts)) yield { chain, entry }
      earliest.next = await readEntry(earliest.reader)
    }
  } finally {
    for (const { reader } of sources) await reader.close()
  }
}

async function readEntry(reader: ChainReader): Promise<AuditEntry | undefined> {
  const line = await reader.next()
  if (!line) return undefined
  const checked = checkLine(line.bytes)
  if (checked.kind === 'good') return checked.entry
  throw new AuditError(`line ${line.line} of audit/${line.file}: ${checked.problem}; run audit verify`)
}
