import type { InflatedBlocks } from '../formats/bgzf.js'
import type { InputPiece } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { LineCutter, type TextLine } from '../formats/vcf/lines.js'
import type { EncodedSet } from '../variants/encode-numbers.js'
import { toSets } from '../variants/sqlite/encoded-calls.js'
import type { AlleleToStore, ReferenceBlock, SegmentWriter } from '../variants/sqlite/segment-writer.js'
import type { StoredAlleles } from './ingest-report.js'
import { readScanBatch } from './scan-batch.js'
import type { ScannedChunk, ScanSource } from './scan-chunk.js'
import { addScanCounts, type ScanCounts } from './scan-counts.js'
import type { ScanMeans } from './scan-means.js'
import type { ScanPool } from './scan-pool.js'
import { RecordScanner } from './scan-record.js'
import { toRecordError } from './vcf-file.js'
import { createPieceReader, openVcfPieces } from './vcf-pieces.js'

const HASH = 0x23

export interface ScanOptions extends ScanMeans {
  /** The file's people, where the segment has others; undefined: everybody. */
  readonly covered: EncodedSet | undefined
  /** Told of the bytes of the file as stored, and of the records, that were read so far. */
  readonly onRead: (bytes: number, records: number) => void
}

/**
 * Reads one file's records into a segment. This thread reads the header, joins the lines that lie across two pieces, and
 * writes; the pool scans the whole lines of the pieces. Alleles are stored, and faults are met, in the order of the file.
 *
 * @returns what this file's records were
 * @throws IngestError with file, line and reason
 */
export async function scanVcf(
  source: ScanSource,
  options: ScanOptions,
  writer: SegmentWriter,
  stored: StoredAlleles,
): Promise<ScanCounts> {
  const scan = new FileScan(source, options, writer, stored)
  try {
    return await scan.run()
  } finally {
    scan.close()
  }
}

/** A piece at a worker. */
interface UnderWay {
  readonly chunk: Promise<ScannedChunk>
  readonly position: number
}

class FileScan {
  readonly #source: ScanSource
  readonly #options: ScanOptions
  readonly #writer: SegmentWriter
  readonly #stored: StoredAlleles
  readonly #scanner: RecordScanner
  readonly #cutter = new LineCutter()
  readonly #underWay: UnderWay[] = []
  readonly #readPiece: (piece: InputPiece) => InflatedBlocks
  #inHeader: boolean

  constructor(source: ScanSource, options: ScanOptions, writer: SegmentWriter, stored: StoredAlleles) {
    const { file, columns, policy } = source
    this.#source = source
    this.#options = options
    this.#writer = writer
    this.#stored = stored
    this.#readPiece = createPieceReader(file)
    this.#inHeader = file.bcf === undefined
    this.#scanner = new RecordScanner(file, columns, policy, {
      allele: (allele) => {
        const { variant, anchor, annotation } = allele
        this.#add({ variant, anchor, sets: toSets(allele), ...(annotation === '' ? {} : { annotation }) })
      },
      block: (block) => this.#addBlock(block),
    })
  }

  async run(): Promise<ScanCounts> {
    const { file } = this.#source
    const { pool, pieceBytes } = this.#options
    try {
      pool?.open(this.#source)
      await this.#scanPieces(openVcfPieces(file, pieceBytes))
      return this.#scanner.counts
    } catch (error) {
      throw toRecordError(error, file, this.#cutter.lines)
    }
  }

  close(): void {
    this.#scanner.close()
  }

  async #scanPieces(pieces: AsyncIterable<InputPiece>): Promise<void> {
    const { pool } = this.#options
    const iterator = pieces[Symbol.asyncIterator]()
    try {
      let readFault: Error | undefined
      for (;;) {
        let next: IteratorResult<InputPiece>
        try {
          next = await iterator.next()
        } catch (error) {
          readFault = error as Error
          break
        }
        if (next.done) break
        if (!pool || this.#inHeader) {
          this.#scanHere(next.value)
        } else {
          this.#handOver(next.value, pool)
          if (this.#underWay.length >= pool.capacity) await this.#takeFirst()
        }
      }
      // What was read before a fault comes first: a bad line there is the error that is told.
      while (this.#underWay.length > 0) await this.#takeFirst()
      if (readFault) throw readFault
      this.#cutter.finish(this.#scanLine)
    } finally {
      await iterator.return?.()
    }
  }

  readonly #scanLine = (line: TextLine): boolean => {
    this.#inHeader &&= line.bytes[line.start] === HASH
    if (!this.#inHeader && line.end > line.start) this.#scanner.scan(line)
    return true
  }

  #scanHere(piece: InputPiece): void {
    const { content, damage } = this.#readPiece(piece)
    this.#cutter.push(content, this.#scanLine)
    if (damage) this.#failAfter(damage)
    this.#options.onRead(piece.position, this.#scanner.counts.records)
  }

  /** Damage of a BCF file is in the record after the lines that were read. */
  #failAfter(damage: FormatError): never {
    if (this.#source.file.bcf) this.#cutter.skip(1)
    throw damage
  }

  #handOver(piece: InputPiece, pool: ScanPool): void {
    const { position } = piece
    const chunk = pool.scan(piece)
    // A failure is met in its turn; when the file is given up before, it is nobody's.
    chunk.catch(() => undefined)
    this.#underWay.push({ chunk, position })
  }

  /** Takes in what the worker found in the first of the pieces under way. */
  async #takeFirst(): Promise<void> {
    const { chunk, position } = this.#underWay.shift()!
    const { head, tail, lines, batch, counts, fault } = await chunk
    this.#cutter.push(Buffer.from(head.buffer), this.#scanLine)
    if (lines > 0) this.#cutter.skip(lines)
    if (fault !== undefined) throw new FormatError(fault)
    readScanBatch(batch, (allele) => this.#add(allele))
    for (const block of batch.blocks) this.#addBlock(block)
    this.#cutter.push(Buffer.from(tail.buffer), this.#scanLine)
    addScanCounts(this.#scanner.counts, counts)
    this.#options.onRead(position, this.#scanner.counts.records)
  }

  #add(allele: AlleleToStore): void {
    const { covered } = this.#options
    if (this.#writer.add(covered === undefined ? allele : { ...allele, covered })) this.#stored.alleles += 1
    else this.#stored.duplicateAlleles += 1
  }

  #addBlock(block: ReferenceBlock): void {
    const { covered } = this.#options
    this.#writer.addBlock(covered === undefined ? block : { ...block, covered })
  }
}
