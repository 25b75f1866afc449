import { inflatePiece, type InputPiece } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { cutChunk, LineCutter } from '../formats/vcf/lines.js'
import { AlleleBatchBuilder, type AlleleBatch } from './allele-batch.js'
import type { Columns } from './classify-calls.js'
import type { ScanCounts } from './scan-counts.js'
import { RecordScanner, type ScanPolicy } from './scan-record.js'
import type { VcfFile } from './vcf-file.js'

/** What a scan must know of a file. Plain data, so that it can be sent to another thread. */
export interface ScanSource {
  readonly file: VcfFile
  readonly columns: Columns
  readonly policy: ScanPolicy
}

/** What was found in a piece from the middle of a file: all of it but the lines that its neighbours have parts of. */
export interface ScannedChunk {
  /** Up to and with the first line end; the whole text where it has none. */
  readonly head: Uint8Array<ArrayBuffer>
  /** After the last line end. */
  readonly tail: Uint8Array<ArrayBuffer>
  /** Whole lines between the two that were read. */
  readonly lines: number
  readonly batch: AlleleBatch
  readonly counts: ScanCounts
  /** Why the last of the lines, or what follows them, cannot be read. */
  readonly fault?: string
}

/** Scans a piece after a file's header. What is wrong with the input is in the result: errors count in the order of the file. */
export function scanChunk({ file, columns, policy }: ScanSource, piece: Pick<InputPiece, 'bytes' | 'isBgzf'>): ScannedChunk {
  const builder = new AlleleBatchBuilder()
  const scanner = new RecordScanner(file, columns, policy, (allele) => builder.add(allele))
  const { content, damage } = inflatePiece(piece)
  const { head, lines, tail } = cutChunk(content)
  const cutter = new LineCutter()
  // The first line of a file has another form (byte order mark), and it is never here.
  cutter.skip(1)
  let fault = damage?.message
  try {
    cutter.push(lines, (line) => {
      if (line.end > line.start) scanner.scan(line)
      return true
    })
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    fault = error.message
  }
  return {
    head: new Uint8Array(head),
    tail: new Uint8Array(tail),
    lines: cutter.lines - 1,
    batch: builder.finish(),
    counts: scanner.counts,
    ...(fault === undefined ? {} : { fault }),
  }
}
