import { CONTIG_MT, matchContig, type AssemblyId, type Contig } from '../../schemas/assembly.js'
import { FormatError } from '../formats/format-error.js'
import { createGenotypes, readGenotypes, type Genotypes } from '../formats/vcf/genotypes.js'
import type { TextLine } from '../formats/vcf/lines.js'
import { parseAltKind, parseVcfRecord, type VcfRecord } from '../formats/vcf/record.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { EncodedCalls } from '../variants/sqlite/encoded-calls.js'
import { trimAlleles, type Variant } from '../variants/variant.js'
import { CallClassifier, type Columns } from './classify-calls.js'
import { countSkip, createScanCounts, type ScanCounts, type SkipReason } from './scan-counts.js'
import type { VcfFile } from './vcf-file.js'

/** One allele of one record, with the calls of the file's people. */
export interface ScannedAllele extends EncodedCalls {
  readonly variant: Variant
  readonly anchor: string
}

/** What a scanner must know of a dataset. */
export type ScanPolicy = Pick<DatasetManifest, 'assembly' | 'minimumGenotypeQuality'>

/** Turns the data lines of one file into alleles: multi-allelic records split, alleles trimmed, genotypes turned into sets. */
export class RecordScanner {
  readonly counts: ScanCounts = createScanCounts()
  readonly #file: VcfFile
  readonly #policy: ScanPolicy
  readonly #store: (allele: ScannedAllele) => void
  readonly #classifier: CallClassifier
  readonly #genotypes: Genotypes
  readonly #contigs: (chrom: string) => Contig | SkipReason

  /** @param store called with each allele in the order of the file */
  constructor(file: VcfFile, columns: Columns, policy: ScanPolicy, store: (allele: ScannedAllele) => void) {
    this.#file = file
    this.#policy = policy
    this.#store = store
    this.#classifier = new CallClassifier(columns, this.counts.contradictions)
    this.#genotypes = createGenotypes(columns.numbers.length)
    this.#contigs = createContigFinder(policy.assembly, file)
  }

  /** @throws FormatError the line cannot be read or contradicts the dataset's assembly */
  scan(line: TextLine): void {
    const record = parseVcfRecord(line, this.#file.header.columns)
    this.counts.records += 1
    const contig = this.#contigs(record.chrom)
    // Genotypes are read even where nothing is stored: a damaged line is an error wherever it stands.
    readGenotypes(line, record, this.#policy.minimumGenotypeQuality, this.#genotypes)
    if (typeof contig === 'string') countSkip(this.counts, contig)
    else this.#scanAlleles(record, contig)
  }

  #scanAlleles(record: VcfRecord, contig: Contig): void {
    if (record.alts.length === 0) return countSkip(this.counts, 'no-alt')
    const { assembly } = this.#policy
    const kinds = record.alts.map(parseAltKind)
    if (record.start < 0) return countSkip(this.counts, 'telomere')
    if (record.start + record.ref.length > contig.length) {
      const end = `${contig.name} of ${assembly} ends at ${contig.length}`
      throw new FormatError(`POS ${record.start + 1} lies outside: ${end}. Is the file of another assembly?`)
    }
    if (!record.passesFilter) this.counts.filteredRecords += 1
    const refIsPlain = /^[ACGT]+$/.test(record.ref)
    const ploidy = ploidyAt(assembly, contig.number, record.start)
    const calls = this.#classifier.classify(this.#genotypes, record.alts.length, ploidy, record.passesFilter)
    for (const [index, alt] of record.alts.entries()) {
      const kind = kinds[index]!
      if (kind !== 'sequence') countSkip(this.counts, kind)
      else if (!refIsPlain) countSkip(this.counts, 'ambiguous-bases')
      else if (alt === record.ref) countSkip(this.counts, 'alt-equals-ref')
      else {
        const { anchor, ...trimmed } = trimAlleles(record.start, record.ref, alt)
        this.#store({
          variant: { contig: contig.number, ...trimmed },
          anchor,
          heterozygous: calls.heterozygous[index]!,
          homozygous: calls.homozygous[index]!,
          hemizygous: calls.hemizygous[index]!,
          noCall: calls.noCall,
          oneAllele: calls.oneAllele,
        })
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
