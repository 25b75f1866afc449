import { parseBamHeader } from '../bam/bam-header.js'
import { createBamRecordFormat, isUnmapped } from '../bam/bam-records.js'
import { parseBcfHeader } from '../bcf/open-bcf.js'
import { createBcfRecordFormat } from '../bcf/record-places.js'
import { FormatError } from '../format-error.js'
import type { RandomAccess } from '../random-access.js'
import type { Contig, SliceFormat } from '../slice.js'
import { openBlocks, type FileHead } from '../slices/open-blocks.js'
import { NO_RECORD, UNPLACED, type RecordFormat } from '../slices/record-format.js'
import { RecordScanner } from '../slices/record-scanner.js'
import { parseVcfHeaderText, readContigs } from '../vcf/header-text.js'
import { createVcfLineFormat } from '../vcf/line-places.js'
import { declaresEnd, parseVcfHeader } from '../vcf/open-vcf.js'
import type { BinningIndex } from './parse-index.js'
import { CsiWriter } from './csi-writer.js'

export interface BuildOptions {
  /** Bytes of the file that were read so far. */
  readonly onProgress?: (read: number) => void
  readonly signal?: AbortSignal
}

/** Variants may lie on contigs whose length the header does not say: htslib's longest. */
const UNKNOWN_LENGTH = 2 ** 31

/** Of a file without one: nothing is known of where it ends. */
const NO_INDEX: BinningIndex = { references: 0, bytes: 0, reference: () => undefined, findLast: () => 0 }

/** What is read to be indexed. */
interface Source {
  readonly head: Pick<FileHead<unknown>, 'first' | 'end'>
  readonly records: RecordFormat
  readonly contigs: readonly Contig[]
  readonly isUnmapped: (bytes: Buffer, at: number) => boolean
  /** When all records were read. */
  readonly references: () => number
  /** Of a VCF file: its contigs by number. */
  readonly names?: () => readonly string[]
}

/**
 * Builds the CSI index of a BGZF file by reading it once.
 *
 * @returns the index as it is stored
 * @throws FormatError the file is damaged, or not sorted by place
 */
export async function buildCsi(
  file: RandomAccess,
  format: Exclude<SliceFormat, 'CRAM'>,
  { onProgress, signal }: BuildOptions = {},
): Promise<Buffer> {
  const { head, records, contigs, isUnmapped, references, names } = await OPENERS[format](file, signal)
  // A record may begin on the last base and be said to reach beyond.
  const longest = Math.max(0, ...contigs.map(({ length }) => (length ?? UNKNOWN_LENGTH) + 256))
  const writer = new CsiWriter(format === 'BAM' ? longest : Math.max(longest, UNKNOWN_LENGTH))
  const scanner = new RecordScanner(file, head.end, signal)
  await scanner.seek(head.first)
  for (;;) {
    const { bytes, at } = scanner
    const end = records.endOf(bytes, at, scanner.isLast)
    if (end === undefined) {
      onProgress?.(scanner.nextBlock.block)
      if (await scanner.fill()) continue
      if (scanner.at < scanner.bytes.length) throw new FormatError('the file ends inside a record')
      break
    }
    const contig = records.contigOf(bytes, at, end)
    const from = scanner.offset
    scanner.at = end
    if (contig === NO_RECORD) continue
    if (contig === UNPLACED) {
      writer.addUnplaced()
      continue
    }
    writer.add({
      contig,
      start: records.startOf(bytes, at, end),
      stop: records.stopOf(bytes, at, end),
      isUnmapped: isUnmapped(bytes, at),
      from,
      to: scanner.offset,
    })
  }
  return writer.finish(references(), names?.())
}

const never = () => false

const OPENERS: Readonly<
  Record<Exclude<SliceFormat, 'CRAM'>, (file: RandomAccess, signal?: AbortSignal) => Promise<Source>>
> = {
  async BAM(file, signal) {
    const head = await openBlocks(file, NO_INDEX, parseBamHeader, signal)
    const contigs = head.header.references
    const records = createBamRecordFormat(contigs.length)
    return { head, records, contigs, isUnmapped, references: () => contigs.length }
  },
  async BCF(file, signal) {
    const head = await openBlocks(file, NO_INDEX, parseBcfHeader, signal)
    const { lines, samples } = parseVcfHeaderText(head.header.text.toString('utf8'))
    const numbers = new Set(head.header.dictionary.contigs.keys())
    const records = createBcfRecordFormat(numbers, samples.length)
    const references = Math.max(-1, ...numbers) + 1
    return { head, records, contigs: readContigs(lines), isUnmapped: never, references: () => references }
  },
  async VCF(file, signal) {
    const head = await openBlocks(file, NO_INDEX, parseVcfHeader, signal)
    const numbering = new Numbering()
    const records = createVcfLineFormat(numbering, declaresEnd(head.header))
    const names = () => [...numbering.keys()]
    const contigs = readContigs(head.header.lines)
    return { head, records, contigs, isUnmapped: never, references: () => numbering.size, names }
  },
}

/** tabix numbers contigs as they come. */
class Numbering extends Map<string, number> {
  override get(name: string): number {
    const known = super.get(name)
    if (known !== undefined) return known
    const number = this.size
    this.set(name, number)
    return number
  }
}
