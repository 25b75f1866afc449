import type { Contig } from '../../schemas/assembly.js'
import { FormatError } from '../formats/format-error.js'
import { createGenotypes, readGenotypes, type Genotypes } from '../formats/vcf/genotypes.js'
import type { TextLine } from '../formats/vcf/lines.js'
import { parseAltKind, parseVcfRecord, type AltKind, type VcfRecord } from '../formats/vcf/record.js'
import { readAlleleFractions } from '../formats/vcf/sample-fields.js'
import { readEnd } from '../formats/vcf/structural-alt.js'
import {
  clipToRegions,
  coversSite,
  isCallable,
  type CallableRegions,
  type Interval,
} from '../variants/callable-regions.js'
import type { AbsentRule, Origin } from '../variants/cohort-rules.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { cutAtBorders, ploidyAt } from '../variants/ploidy.js'
import type { ReferencePaths } from '../variants/reference.js'
import type { EncodedCalls } from '../variants/sqlite/encoded-calls.js'
import type { Variant } from '../variants/variant.js'
import { CallClassifier, type ClassifiedCalls, type Columns } from './classify-calls.js'
import { AnnotationReader } from './annotation/annotation-reader.js'
import { findContig, normaliseAllele, type Spelling } from './normalise-allele.js'
import { placeOf } from './place.js'
import { openReferenceCheck, type ReferenceCheck } from './reference-check.js'
import { countSkip, createScanCounts, type ScanCounts, type SkipReason } from './scan-counts.js'
import { scanStructuralAlt } from './scan-structural.js'
import type { VcfFile } from './vcf-file.js'

/** One allele of one record, with the calls of the file's people. */
export interface ScannedAllele extends EncodedCalls {
  readonly variant: Variant
  readonly anchor: string
  /** What the file says of it beside who has it; empty for nothing (variants/annotation.ts). */
  readonly annotation: string
}

/** A record without an allele: who was called over [start, end), 0-based. */
export interface ScannedBlock extends Pick<EncodedCalls, 'noCall' | 'oneAllele'> {
  readonly contig: number
  readonly start: number
  readonly end: number
}

/** Where what was scanned goes, in the order of the file. */
export interface ScanSink {
  allele(allele: ScannedAllele): void
  block(block: ScannedBlock): void
}

/** What a scanner must know beside the file. Plain data, so that it can be sent to a thread. */
export interface ScanPolicy extends Pick<DatasetManifest, 'assembly' | 'minimumGenotypeQuality' | 'normalisation'> {
  readonly origin: Origin
  readonly absent: AbsentRule
  readonly callable?: CallableRegions
  readonly references: ReferencePaths
}

/** Turns the data lines of one file into alleles: multi-allelic records split, alleles trimmed, genotypes turned into sets. */
export class RecordScanner {
  readonly counts: ScanCounts = createScanCounts()
  readonly #file: VcfFile
  readonly #columns: Columns
  readonly #policy: ScanPolicy
  readonly #sink: ScanSink
  readonly #classifier: CallClassifier
  readonly #genotypes: Genotypes
  readonly #reference: ReferenceCheck | undefined
  readonly #annotations: AnnotationReader
  readonly #spelling: Spelling
  readonly #contigs = new Map<string, Contig | SkipReason>()
  readonly #isCallable: (contig: number, position: number) => boolean

  /** @throws FormatError the dataset's reference cannot be opened */
  constructor(file: VcfFile, columns: Columns, policy: ScanPolicy, sink: ScanSink) {
    this.#file = file
    this.#columns = columns
    this.#policy = policy
    this.#sink = sink
    this.#classifier = new CallClassifier(columns, this.counts.contradictions)
    this.#genotypes = createGenotypes(columns.numbers.length)
    this.#reference = openReferenceCheck(policy.assembly, policy.references)
    this.#annotations = new AnnotationReader(file.header.annotations, policy.assembly, this.counts)
    const { assembly, normalisation } = policy
    this.#spelling = { assembly, normalisation, reference: this.#reference?.reference }
    const { callable } = policy
    this.#isCallable = callable ? (contig, position) => isCallable(callable, contig, position) : () => true
  }

  /** @throws FormatError the line cannot be read or contradicts the dataset's assembly */
  scan(line: TextLine): void {
    const record = parseVcfRecord(line, this.#file.header.columns)
    this.counts.records += 1
    const contig = this.#contigOf(record.chrom)
    // Genotypes are read even where nothing is stored: a damaged line is an error wherever it stands.
    readGenotypes(line, record, this.#policy.minimumGenotypeQuality, this.#genotypes)
    const kinds = record.alts.map(parseAltKind)
    if (typeof contig === 'string') return countSkip(this.counts, contig)
    if (record.start < 0) return countSkip(this.counts, 'telomere')
    const { assembly } = this.#policy
    if (record.start + record.ref.length > contig.length) {
      const end = `${contig.name} of ${assembly} ends at ${contig.length}`
      throw new FormatError(`POS ${record.start + 1} lies outside: ${end}. Is the file of another assembly?`)
    }
    this.#reference?.check(contig.number, record.start, record.ref)
    if (!record.passesFilter) this.counts.filteredRecords += 1
    if (record.gtIndex < 0 && !this.#readsOnlyCopyNumbers(record)) this.counts.recordsWithoutGenotypes += 1
    this.#scanAlts(line, record, kinds, contig)
  }

  close(): void {
    this.#reference?.close()
  }

  #scanAlts(line: TextLine, record: VcfRecord, kinds: readonly AltKind[], contig: Contig): void {
    const calls = this.#classify(line, record, contig, record.start)
    if (kinds.every((kind) => kind === 'reference')) return this.#storeBlock(line, record, contig, calls)
    const annotations = this.#annotations.read(line, record)
    for (const [index, kind] of kinds.entries()) {
      const annotation = annotations?.[index] ?? ''
      switch (kind) {
        case 'sequence':
          this.#storeSequence(record, index, contig, calls, annotation)
          break
        case 'structural':
          this.#storeStructural(line, record, index, contig, calls, annotation)
          break
        case 'reference':
          break
        default:
          countSkip(this.counts, kind)
      }
    }
  }

  #classify(line: TextLine, record: VcfRecord, contig: Contig, start: number): ClassifiedCalls {
    const { origin, assembly } = this.#policy
    const { passesFilter, alts } = record
    const ploidy = ploidyAt(assembly, contig.number, start)
    const fractions = origin === 'somatic' || ploidy === 'mt' ? readAlleleFractions(line, record) : undefined
    if (origin === 'somatic') {
      return this.#classifier.classifySomatic(this.#genotypes, alts.length, passesFilter, fractions)
    }
    return this.#classifier.classify(this.#genotypes, alts.length, ploidy, passesFilter, fractions)
  }

  #storeSequence(record: VcfRecord, index: number, contig: Contig, calls: ClassifiedCalls, annotation: string): void {
    const alt = record.alts[index]!
    if (!/^[ACGT]+$/.test(record.ref)) return countSkip(this.counts, 'ambiguous-bases')
    if (alt === record.ref) return countSkip(this.counts, 'alt-equals-ref')
    const { variant, anchor, written } = normaliseAllele(this.#spelling, contig, record.start, record.ref, alt)
    this.counts.sequenceAlleles += 1
    const own = {
      ...calls,
      heterozygous: calls.heterozygous[index]!,
      homozygous: calls.homozygous[index]!,
      hemizygous: calls.hemizygous[index]!,
      somatic: calls.somatic[index]!,
      fractions: calls.fractions[index]!,
    }
    this.#store(variant, anchor, own, annotation, written)
  }

  #storeStructural(
    line: TextLine,
    record: VcfRecord,
    index: number,
    contig: Contig,
    calls: ClassifiedCalls,
    annotation: string,
  ): void {
    const { assembly, origin, minimumGenotypeQuality } = this.#policy
    const found = scanStructuralAlt(line, record, index, {
      assembly,
      contig,
      columns: this.#columns,
      calls: {
        ...calls,
        heterozygous: calls.heterozygous[index]!,
        homozygous: calls.homozygous[index]!,
        hemizygous: calls.hemizygous[index]!,
        somatic: calls.somatic[index]!,
        fractions: calls.fractions[index]!,
      },
      readsCopyNumbers: origin === 'germline',
      minimumGenotypeQuality,
    })
    if (!found) return countSkip(this.counts, 'structural-without-end')
    this.counts.structuralAlleles += 1
    // The base at POS stands before the event, as the anchor of a deletion does.
    for (const { variant, calls: own } of found) this.#store(variant, record.ref.slice(0, 1), own, annotation)
  }

  /**
   * What an assay did not cover was not called there, whatever the file says.
   *
   * @param written the allele before it was left-aligned, which may take it out of the assay's regions
   */
  #store(variant: Variant, anchor: string, calls: EncodedCalls, annotation: string, written = variant): void {
    const isCovered = coversSite(this.#isCallable, written) || coversSite(this.#isCallable, variant)
    if (!isCovered) return countSkip(this.counts, 'outside-callable-regions')
    this.#sink.allele({
      variant,
      anchor,
      annotation,
      heterozygous: calls.heterozygous,
      homozygous: calls.homozygous,
      hemizygous: calls.hemizygous,
      noCall: calls.noCall,
      oneAllele: calls.oneAllele,
      somatic: calls.somatic,
      fractions: calls.fractions,
    })
  }

  /** Of a `<CNV>` with FORMAT CN no genotypes are needed. */
  #readsOnlyCopyNumbers({ alts, formatKeys }: VcfRecord): boolean {
    const isCopyNumber = alts.length > 0 && alts.every((alt) => alt === '<CNV>')
    return isCopyNumber && formatKeys.includes('CN') && this.#policy.origin === 'germline'
  }

  /** A block is kept where it says more than the absence of a record would: that somebody was not called, or that others were. */
  #storeBlock(line: TextLine, record: VcfRecord, contig: Contig, calls: ClassifiedCalls): void {
    const { absent, origin, assembly } = this.#policy
    this.counts.referenceRecords += 1
    const isTelling = absent === 'unknown' || calls.noCall !== null || calls.oneAllele !== null
    if (origin === 'somatic' || !isTelling) return
    const end = readEnd(line, record) ?? record.start + record.ref.length
    if (end > contig.length || end <= record.start) {
      throw new FormatError(`INFO END ${end} lies outside: ${contig.name} has ${contig.length} bases`)
    }
    let isCovered = false
    for (const [from, to] of cutAtBorders(assembly, contig.number, record.start, end)) {
      const { noCall, oneAllele } = from === record.start ? calls : this.#classify(line, record, contig, from)
      const place = placeOf(assembly, contig, from)
      const stretch = { contig: place.contig.number, start: from + place.shift, end: to + place.shift }
      for (const part of this.#clip(stretch)) {
        isCovered = true
        this.#sink.block({ ...part, noCall, oneAllele })
      }
    }
    if (!isCovered) countSkip(this.counts, 'outside-callable-regions')
  }

  #clip(interval: Interval): Iterable<Interval> {
    const { callable } = this.#policy
    return callable ? clipToRegions(callable, interval) : [interval]
  }

  /** A reason instead of a contig skips the record. */
  #contigOf(chrom: string): Contig | SkipReason {
    let found = this.#contigs.get(chrom)
    if (found === undefined) this.#contigs.set(chrom, (found = this.#findContig(chrom)))
    return found
  }

  #findContig(chrom: string): Contig | SkipReason {
    return findContig(this.#policy.assembly, chrom, this.#file.hasOldMitochondrion)
  }
}
