import { inflatePiece, openInputPieces, type InputPiece } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { LineCutter, type TextLine } from '../formats/vcf/lines.js'
import type { EncodedSet } from '../variants/encode-numbers.js'
import { toSets } from '../variants/sqlite/encoded-calls.js'
import type { AlleleToStore, SegmentWriter } from '../variants/sqlite/segment-writer.js'
import { readAlleleBatch } from './allele-batch.js'
import type { IngestReport } from './ingest-report.js'
import type { ScannedChunk, ScanSource } from './scan-chunk.js'
import { addScanCounts, createScanCounts } from './scan-counts.js'
import type { ScanPool } from './scan-pool.js'
import { RecordScanner } from './scan-record.js'
import { toIngestError } from './vcf-file.js'

const HASH = 0x23

export interface ScanOptions {
  /** The file's people, where the segment has others. */
  readonly covered: EncodedSet
  /** Absent: everything is scanned on this thread. */
  readonly pool: ScanPool | undefined
  /** About how much of the decompressed file is scanned at a time. */
  readonly pieceBytes: number
  readonly onRead: (bytes: number, records: number) => void
}

/**
 * Reads one file's records into a segment. This thread reads the header, joins the lines that lie across two pieces and
 * writes; whole lines are scanned by the pool. Alleles are stored, and faults are met, in the order of the file.
 *
 * @throws IngestError with file, line and reason
 */
export async function scanVcf(
  source: ScanSource,
  { covered, pool, pieceBytes, onRead }: ScanOptions,
  writer: SegmentWriter,
  report: IngestReport,
): Promise<void> {
  const { file, columns, policy } = source
  const counts = createScanCounts()
  const scanner = new RecordScanner(file, columns, policy, (allele) => {
    store({ variant: allele.variant, anchor: allele.anchor, sets: toSets(allele) })
  })
  const cutter = new LineCutter()
  let inHeader = true

  function store(allele: AlleleToStore): void {
    if (writer.add(covered === null ? allele : { ...allele, covered })) report.alleles += 1
    else report.duplicateAlleles += 1
  }

  function scanLine(line: TextLine): boolean {
    inHeader &&= line.bytes[line.start] === HASH
    if (!inHeader && line.end > line.start) scanner.scan(line)
    return true
  }

  function scanHere(piece: InputPiece): void {
    const { content, damage } = inflatePiece(piece)
    cutter.push(content, scanLine)
    if (damage) throw damage
  }

  function takeIn({ head, tail, lines, batch, counts: part, fault }: ScannedChunk): void {
    cutter.push(Buffer.from(head.buffer), scanLine)
    if (lines > 0) cutter.skip(lines)
    if (fault !== undefined) throw new FormatError(fault)
    readAlleleBatch(batch, store)
    cutter.push(Buffer.from(tail.buffer), scanLine)
    addScanCounts(counts, part)
  }

  const underWay: { readonly chunk: Promise<ScannedChunk>; readonly position: number }[] = []

  function handOver(piece: InputPiece, scanPool: ScanPool): void {
    const { position } = piece
    const chunk = scanPool.scan(piece)
    // A failure is met in takeFirst, in its turn; when the file is given up before, it is nobody's.
    chunk.catch(() => undefined)
    underWay.push({ chunk, position })
  }

  async function takeFirst(): Promise<void> {
    const { chunk, position } = underWay.shift()!
    takeIn(await chunk)
    onRead(position, counts.records + scanner.counts.records)
  }

  async function scanPieces(pieces: AsyncIterator<InputPiece>): Promise<void> {
    let readFault: unknown
    for (;;) {
      const next = await pieces.next().catch((error: unknown) => void (readFault = error))
      if (!next || next.done) break
      if (pool && !inHeader) {
        handOver(next.value, pool)
        if (underWay.length >= pool.capacity) await takeFirst()
      } else {
        scanHere(next.value)
        onRead(next.value.position, scanner.counts.records)
      }
    }
    while (underWay.length > 0) await takeFirst()
    if (readFault) throw readFault
    cutter.finish(scanLine)
  }

  let pieces: AsyncIterator<InputPiece> | undefined
  try {
    pool?.open(source)
    pieces = openInputPieces(file.path, pieceBytes).pieces[Symbol.asyncIterator]()
    await scanPieces(pieces)
  } catch (error) {
    throw toIngestError(error, file.name, cutter.lines)
  } finally {
    await pieces?.return?.()
  }
  addScanCounts(report, counts)
  addScanCounts(report, scanner.counts)
}
