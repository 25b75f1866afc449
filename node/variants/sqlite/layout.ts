import type { AbsentRule, Origin } from '../cohort-rules.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'

/** Version of the segment file; a reader refuses others. */
export const SEGMENT_FORMAT = 6

/** Structural alleles, and sequence alleles that span more bases, stand in `long_allele` with an R*Tree; others are found by a look-back of this length. */
export const SHORT_SPAN = 1_000

/** Bitmaps of more bytes are stored once in `bitmap` and referred to by number. */
export const INLINE_BYTES = 64

/**
 * Columns that hold a set: NULL is empty, BLOB the bitmap itself, INTEGER a row of `bitmap`. All but the last are of people;
 * `fractions` is one of people and their allele fractions (allele-fractions.ts).
 */
export const SET_COLUMNS = [
  'heterozygous',
  'homozygous',
  'hemizygous',
  'no_call',
  'one_allele',
  'somatic',
  'fractions',
] as const

const SETS = `${SET_COLUMNS.join(', ')}, covered`

/**
 * One immutable segment. A cohort is the people of one ingest of whom the absence of a record says the same. `covered` is the
 * set of people whose file has a record for the allele; NULL means everybody of the segment's germline cohorts, which is why
 * it is not a set like the others. `reference_block` holds what records without an allele say of who was called where; `allele_bin` the totals
 * of bins (bin-totals.ts), `allele_key` which alleles those of a fine bin are (allele-keys.ts).
 */
export const SEGMENT_DDL = `
  CREATE TABLE segment (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE cohort (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, absent TEXT NOT NULL, assay TEXT,
    has_sequence INTEGER NOT NULL, has_structural INTEGER NOT NULL, has_callable INTEGER NOT NULL,
    everybody BLOB NOT NULL, males BLOB NOT NULL, females BLOB NOT NULL
  );
  CREATE TABLE callable (
    cohort INTEGER NOT NULL, contig INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    PRIMARY KEY (cohort, contig, start)
  ) WITHOUT ROWID;
  CREATE TABLE bitmap (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE allele (
    contig INTEGER NOT NULL, start INTEGER NOT NULL, ref TEXT NOT NULL, alt TEXT NOT NULL, anchor TEXT NOT NULL, ${SETS},
    PRIMARY KEY (contig, start, ref, alt)
  ) WITHOUT ROWID;
  CREATE TABLE long_allele (
    id INTEGER PRIMARY KEY,
    contig INTEGER NOT NULL, start INTEGER NOT NULL, ref TEXT NOT NULL, alt TEXT NOT NULL, anchor TEXT NOT NULL, ${SETS},
    UNIQUE (contig, start, ref, alt)
  );
  CREATE VIRTUAL TABLE long_span USING rtree_i32 (id, contig, contig_end, start, "end");
  CREATE TABLE allele_bin (
    shift INTEGER NOT NULL, contig INTEGER NOT NULL, bin INTEGER NOT NULL, alleles INTEGER NOT NULL, carriers, somatic,
    PRIMARY KEY (shift, contig, bin)
  ) WITHOUT ROWID;
  CREATE TABLE allele_key (
    contig INTEGER NOT NULL, bin INTEGER NOT NULL, substitutions BLOB, others TEXT, PRIMARY KEY (contig, bin)
  ) WITHOUT ROWID;
  CREATE TABLE reference_block (
    id INTEGER PRIMARY KEY, contig INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    no_call, one_allele, covered
  );
  CREATE VIRTUAL TABLE block_span USING rtree_i32 (id, contig, contig_end, start, "end");
`

/** Whether an allele stands in `long_allele`. */
export function isLongAllele({ referenceBases, alternateBases }: Variant): boolean {
  return referenceBases.length > SHORT_SPAN || isStructural(alternateBases)
}

/** A row of either allele table. */
export interface AlleleRow {
  readonly contig: number
  readonly start: number
  readonly ref: string
  readonly alt: string
  readonly anchor: string
  readonly heterozygous: SetColumn
  readonly homozygous: SetColumn
  readonly hemizygous: SetColumn
  readonly no_call: SetColumn
  readonly one_allele: SetColumn
  readonly somatic: SetColumn
  readonly fractions: SetColumn
  readonly covered: SetColumn
}

/** A row of `reference_block`. */
export interface BlockRow {
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly no_call: SetColumn
  readonly one_allele: SetColumn
  readonly covered: SetColumn
}

/** A row of `cohort`. */
export interface CohortRow {
  readonly id: number
  readonly origin: Origin
  readonly absent: AbsentRule
  readonly assay: string | null
  readonly has_sequence: 0 | 1
  readonly has_structural: 0 | 1
  readonly has_callable: 0 | 1
  readonly everybody: Buffer
  readonly males: Buffer
  readonly females: Buffer
}

export type SetColumn = null | number | Buffer

export const ALLELE_COLUMNS = `contig, start, ref, alt, anchor, ${SETS}`

/** The sets of people who carry an allele in the inherited genome. */
export const CARRIER_COLUMNS = ['heterozygous', 'homozygous', 'hemizygous'] as const
/** Where these sets, and that of tumours, stand among SET_COLUMNS. */
export const CARRIERS = CARRIER_COLUMNS.map((column) => SET_COLUMNS.indexOf(column))
export const SOMATIC = SET_COLUMNS.indexOf('somatic')
export const FRACTIONS = SET_COLUMNS.indexOf('fractions')

export type CarrierColumns = Pick<AlleleRow, (typeof CARRIER_COLUMNS)[number] | 'somatic'>

/** Whether somebody has it, in the inherited genome or in a tumour: an allele of a file in which nobody does matches nothing. */
export function hasCarriers(row: CarrierColumns): boolean {
  return row.heterozygous !== null || row.homozygous !== null || row.hemizygous !== null || row.somatic !== null
}
