import type { InflatedBlocks } from '../formats/bgzf.js'
import type { InputPiece } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { cutChunk, LineCutter } from '../formats/vcf/lines.js'
import { ScanBatchBuilder, type ScanBatch } from './scan-batch.js'
import type { Columns } from './classify-calls.js'
import { takeScanCounts, type ScanCounts } from './scan-counts.js'
import { RecordScanner, type ScanPolicy } from './scan-record.js'
import type { VcfFile } from './vcf-file.js'
import { createPieceReader } from './vcf-pieces.js'

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
  readonly batch: ScanBatch
  readonly counts: ScanCounts
  /** Why the last of the lines, or what follows them, cannot be read. */
  readonly fault?: string
}

/** Scans pieces of one file, from after its header on. */
export class ChunkScanner {
  readonly #scanner: RecordScanner
  readonly #readPiece: (piece: Pick<InputPiece, 'bytes' | 'isBgzf'>) => InflatedBlocks
  readonly #isBcf: boolean
  #builder = new ScanBatchBuilder()

  constructor({ file, columns, policy }: ScanSource) {
    this.#readPiece = createPieceReader(file)
    this.#isBcf = file.bcf !== undefined
    this.#scanner = new RecordScanner(file, columns, policy, {
      allele: (allele) => this.#builder.allele(allele),
      block: (block) => this.#builder.block(block),
    })
  }

  /** What is wrong with the input is in the result: errors count in the order of the file. */
  scan(piece: Pick<InputPiece, 'bytes' | 'isBgzf'>): ScannedChunk {
    this.#builder = new ScanBatchBuilder()
    const { content, damage } = this.#readPiece(piece)
    const { head, lines, tail } = cutChunk(content)
    const cutter = new LineCutter()
    // The first line of a file may begin with a byte order mark, and it is never here.
    cutter.skip(1)
    let fault = damage?.message
    let isInRecord = damage !== undefined && this.#isBcf
    try {
      cutter.push(lines, (line) => {
        if (line.end > line.start) this.#scanner.scan(line)
        return true
      })
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      fault = error.message
      isInRecord = false
    }
    return {
      head: new Uint8Array(head),
      tail: new Uint8Array(tail),
      // Damage of a BCF file is in the record after the lines that were read.
      lines: cutter.lines - 1 + (isInRecord ? 1 : 0),
      batch: this.#builder.finish(),
      counts: takeScanCounts(this.#scanner.counts),
      ...(fault === undefined ? {} : { fault }),
    }
  }

  close(): void {
    this.#scanner.close()
  }
}
