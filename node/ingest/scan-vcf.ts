import { CONTIG_MT, matchContig, type AssemblyId, type Contig } from '../../schemas/index.js'
import { FormatError } from '../formats/format-error.js'
import { createGenotypes, readGenotypes } from '../formats/vcf/genotypes.js'
import { parseAltKind, parseVcfRecord, type VcfRecord } from '../formats/vcf/record.js'
import type { Bitmap } from '../variants/bitmap.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { SegmentWriter } from '../variants/sqlite/segment-writer.js'
import { trimAlleles } from '../variants/variant.js'
import { CallClassifier, type Columns } from './classify-calls.js'
import { countSkip, type IngestReport, type SkipReason } from './ingest-report.js'
import { readLines, type VcfFile } from './vcf-file.js'

const RECORDS_PER_PROGRESS = 256
const HASH = 0x23

/**
 * Reads one file's records into a segment: multi-allelic records split, alleles trimmed, genotypes turned into sets.
 *
 * @param covered the file's people, where the segment has others
 * @throws IngestError with file, line and reason
 */
export async function scanVcf(
  file: VcfFile,
  columns: Columns,
  covered: Bitmap | undefined,
  dataset: Pick<DatasetManifest, 'assembly' | 'minimumGenotypeQuality'>,
  writer: SegmentWriter,
  report: IngestReport,
  onRead: (bytes: number) => void,
): Promise<void> {
  const classifier = new CallClassifier(columns)
  const genotypes = createGenotypes(columns.numbers.length)
  const contigs = createContigFinder(dataset.assembly, file)
  let inHeader = true
  await readLines(file.path, (line, position) => {
    inHeader &&= line.bytes[line.start] === HASH
    if (inHeader || line.end === line.start) return true
    const record = parseVcfRecord(line, file.header.columns)
    report.records += 1
    if (report.records % RECORDS_PER_PROGRESS === 0) onRead(position)
    const contig = contigs(record.chrom)
    // Genotypes are read even where nothing is stored: a damaged line is an error wherever it stands.
    readGenotypes(line, record, dataset.minimumGenotypeQuality, genotypes)
    if (typeof contig === 'string') {
      countSkip(report, contig)
      return true
    }
    storeRecord(record, contig)
    return true
  })
  const { maleHeterozygousXY, femaleOnY, polyploid } = classifier.contradictions
  report.contradictions.maleHeterozygousXY += maleHeterozygousXY
  report.contradictions.femaleOnY += femaleOnY
  report.contradictions.polyploid += polyploid

  function storeRecord(record: VcfRecord, contig: Contig): void {
    if (record.alts.length === 0) return countSkip(report, 'no-alt')
    const kinds = record.alts.map(parseAltKind)
    if (record.start < 0) return countSkip(report, 'telomere')
    if (record.start + record.ref.length > contig.length) {
      const end = `${contig.name} of ${dataset.assembly} ends at ${contig.length}`
      throw new FormatError(`POS ${record.start + 1} lies outside: ${end}. Is the file of another assembly?`)
    }
    if (!record.passesFilter) report.filteredRecords += 1
    const refIsPlain = /^[ACGT]+$/.test(record.ref)
    const calls = classifier.classify(
      genotypes,
      record.alts.length,
      ploidyAt(dataset.assembly, contig.number, record.start),
      record.passesFilter,
    )
    for (const [index, alt] of record.alts.entries()) {
      const kind = kinds[index]!
      if (kind !== 'sequence') countSkip(report, kind)
      else if (!refIsPlain) countSkip(report, 'ambiguous-bases')
      else if (alt === record.ref) countSkip(report, 'alt-equals-ref')
      else {
        const { start, referenceBases, alternateBases, anchor } = trimAlleles(record.start, record.ref, alt)
        const isNew = writer.add({
          variant: { contig: contig.number, start, referenceBases, alternateBases },
          anchor,
          heterozygous: calls.heterozygous[index]!,
          homozygous: calls.homozygous[index]!,
          hemizygous: calls.hemizygous[index]!,
          noCall: calls.noCall,
          oneAllele: calls.oneAllele,
          ...(covered ? { covered } : {}),
        })
        if (isNew) report.alleles += 1
        else report.duplicateAlleles += 1
      }
    }
  }
}

/** Finds contigs by name, each name once. A reason instead of a contig skips the record. */
function createContigFinder(assembly: AssemblyId, file: VcfFile): (chrom: string) => Contig | SkipReason {
  const known = new Map<string, Contig | SkipReason>()
  return (chrom) => {
    let found = known.get(chrom)
    if (found === undefined) known.set(chrom, (found = find(chrom)))
    return found
  }

  function find(chrom: string): Contig | SkipReason {
    const match = matchContig(assembly, chrom)
    if (match.kind === 'other-assembly') {
      throw new FormatError(`contig ${chrom} belongs to ${match.assembly}, but the dataset is ${assembly}`)
    }
    if (match.kind === 'unknown') return 'contig-not-in-assembly'
    if (match.contig.number === CONTIG_MT && file.hasOldMitochondrion) return 'mitochondrion-not-rCRS'
    return match.contig
  }
}
