import type { Contig } from '../../schemas/assembly.js'
import { inflatePiece, openInputPieces } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { LineCutter, type TextLine } from '../formats/vcf/lines.js'
import { parseAltKind, parseVcfRecord, type VcfRecord } from '../formats/vcf/record.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { EncodedCalls } from '../variants/sqlite/encoded-calls.js'
import type { SitesWriter } from '../variants/sqlite/sites-writer.js'
import { toVariantInternalId, type Variant } from '../variants/variant.js'
import type { Columns } from './classify-calls.js'
import { findContig, normaliseAllele } from './normalise-allele.js'
import type { ReferenceCheck } from './reference-check.js'
import { countSkip, type SkipReason } from './scan-counts.js'
import { scanStructuralAlt } from './scan-structural.js'
import { COUNT_KEYS, toSiteNumbers, type ReadCount, type SitesFormat } from './site-numbers.js'
import { toIngestError, type VcfFile } from './vcf-file.js'

/** What became of the records of a sites ingest. */
export interface SitesCounts {
  records: number
  /** Distinct alleles stored, with those that nobody carries. */
  alleles: number
  /** Alleles that stood in several records of one file: who is in both is not known, so that bounds are kept of their counts. */
  duplicateAlleles: number
  /** Alleles of which only bounds of the people are known. */
  allelesWithoutPeople: number
  /** Records that fail FILTER: they count nothing. */
  filteredRecords: number
  /** Records without an allele. */
  referenceRecords: number
  structuralAlleles: number
  readonly skipped: Partial<Record<SkipReason, number>>
}

export interface SitesScan {
  readonly file: VcfFile
  /** Place of the file in the ingest. */
  readonly index: number
  readonly format: SitesFormat
  readonly manifest: DatasetManifest
  readonly check: ReferenceCheck | undefined
  readonly writer: SitesWriter
  readonly counts: SitesCounts
  readonly onRead: (bytes: number) => void
}

const HASH = 0x23
const PIECE_BYTES = 1 << 20
const NO_COLUMNS: Columns = { numbers: new Uint32Array(), males: new Uint8Array(), females: new Uint8Array() }
const NO_CALLS: EncodedCalls = {
  heterozygous: null,
  homozygous: null,
  hemizygous: null,
  noCall: null,
  oneAllele: null,
  somatic: null,
  fractions: null,
}

/** Reads one sites-only file into a dataset's new file. @throws IngestError with file, line and reason */
export async function scanSites(scan: SitesScan): Promise<void> {
  const { file, onRead } = scan
  const cutter = new LineCutter()
  const contigs = new Map<string, Contig | SkipReason>()
  const read = (line: TextLine): boolean => {
    if (line.bytes[line.start] !== HASH && line.end > line.start) scanLine(scan, contigs, line)
    return true
  }
  try {
    for await (const piece of openInputPieces(file.path, PIECE_BYTES).pieces) {
      const { content, damage } = inflatePiece(piece)
      cutter.push(content, read)
      if (damage) throw damage
      onRead(piece.position)
    }
    cutter.finish(read)
  } catch (error) {
    throw toIngestError(error, file.name, cutter.lines)
  }
}

function scanLine(scan: SitesScan, contigs: Map<string, Contig | SkipReason>, line: TextLine): void {
  const { file, manifest, check, counts } = scan
  const record = parseVcfRecord(line, file.header.columns)
  counts.records += 1
  let contig = contigs.get(record.chrom)
  if (contig === undefined) {
    contigs.set(record.chrom, (contig = findContig(manifest.assembly, record.chrom, file.hasOldMitochondrion)))
  }
  if (typeof contig === 'string') return countSkip(counts, contig)
  if (record.start < 0) return countSkip(counts, 'telomere')
  if (record.start + record.ref.length > contig.length) {
    const end = `${contig.name} of ${manifest.assembly} ends at ${contig.length}`
    throw new FormatError(`POS ${record.start + 1} lies outside: ${end}. Is the file of another assembly?`)
  }
  check?.check(contig.number, record.start, record.ref)
  if (!record.passesFilter) {
    counts.filteredRecords += 1
    return
  }
  const kinds = record.alts.map(parseAltKind)
  if (kinds.every((kind) => kind === 'reference')) {
    counts.referenceRecords += 1
    return
  }
  const numbers = readNumbers(line, record)
  for (const [index, kind] of kinds.entries()) {
    const read: ReadCount = (key) => numbers.get(key)?.[key === 'AN' ? 0 : index]
    if (kind === 'sequence') storeSequence(scan, record, index, contig, read)
    else if (kind === 'structural') storeStructural(scan, line, record, index, contig, read)
    else if (kind !== 'reference') countSkip(counts, kind)
  }
}

/** The counts of INFO by key: of AN one, of the others one for each ALT. */
function readNumbers(line: TextLine, { infoStart, infoEnd, alts }: VcfRecord): Map<string, readonly number[]> {
  const numbers = new Map<string, readonly number[]>()
  for (const part of line.bytes.toString('latin1', infoStart, infoEnd).split(';')) {
    const equals = part.indexOf('=')
    const key = part.slice(0, equals)
    if (!IS_COUNT_KEY.has(key)) continue
    const text = part.slice(equals + 1)
    if (text === '.') continue
    if (numbers.has(key)) throw new FormatError(`INFO has ${key} twice`)
    const values = text.split(',')
    const wanted = key === 'AN' ? 1 : alts.length
    if (values.length !== wanted) {
      throw new FormatError(`INFO ${key} has ${values.length} values, and there are ${wanted} wanted`)
    }
    const wrong = values.find((value) => !/^\d{1,10}$/.test(value))
    if (wrong !== undefined) throw new FormatError(`INFO ${key} "${wrong.slice(0, 40)}" is no count`)
    numbers.set(key, values.map(Number))
  }
  return numbers
}

const IS_COUNT_KEY: ReadonlySet<string> = new Set(COUNT_KEYS)

function storeSequence(scan: SitesScan, record: VcfRecord, index: number, contig: Contig, read: ReadCount): void {
  const { assembly, normalisation } = scan.manifest
  const alt = record.alts[index]!
  if (!/^[ACGT]+$/.test(record.ref)) return countSkip(scan.counts, 'ambiguous-bases')
  if (alt === record.ref) return countSkip(scan.counts, 'alt-equals-ref')
  const spelling = { assembly, normalisation, reference: scan.check?.reference }
  const { variant, anchor, written } = normaliseAllele(spelling, contig, record.start, record.ref, alt)
  store(scan, variant, anchor, read, written)
}

function storeStructural(
  scan: SitesScan,
  line: TextLine,
  record: VcfRecord,
  index: number,
  contig: Contig,
  read: ReadCount,
): void {
  const { counts, manifest } = scan
  const found = scanStructuralAlt(line, record, index, {
    assembly: manifest.assembly,
    contig,
    columns: NO_COLUMNS,
    calls: NO_CALLS,
    readsCopyNumbers: false,
    minimumGenotypeQuality: 0,
  })
  if (!found) return countSkip(counts, 'structural-without-end')
  counts.structuralAlleles += 1
  for (const { variant } of found) store(scan, variant, record.ref.slice(0, 1), read)
}

function store(scan: SitesScan, variant: Variant, anchor: string, read: ReadCount, written = variant): void {
  const { format, manifest, writer, index, counts: total } = scan
  const counts = toSiteNumbers(format, read, ploidyAt(manifest.assembly, written.contig, written.start))
  const outcome = writer.add({ variant, anchor, counts }, index)
  if (outcome === 'other-file') {
    const id = toVariantInternalId(manifest.assembly, variant, anchor)
    throw new FormatError(`${id} stands in two files, and whether they counted the same people is not known`)
  }
  if (outcome === 'new') total.alleles += 1
  else total.duplicateAlleles += 1
}
