import { BIN_DDL } from './bin-totals.js'

/** Version of the segment file; a reader refuses others. */
export const SEGMENT_FORMAT = 3

/** Alleles that span more bases stand in `long_allele` with an R*Tree; shorter ones are found by a look-back of this length. */
export const SHORT_SPAN = 1_000

/** Bitmaps of more bytes are stored once in `bitmap` and referred to by number. */
export const INLINE_BYTES = 64

/** Columns that hold a set of people: NULL is empty, BLOB the bitmap itself, INTEGER a row of `bitmap`. */
export const SET_COLUMNS = ['heterozygous', 'homozygous', 'hemizygous', 'no_call', 'one_allele'] as const

const SETS = `${SET_COLUMNS.join(', ')}, covered`

/**
 * One immutable segment. `covered` is the set of people whose file has a record for the allele; NULL means everybody of the
 * segment, which is why it is not a set like the others.
 */
export const SEGMENT_DDL = `
  CREATE TABLE segment (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
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
  ${BIN_DDL}
`

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
  readonly covered: SetColumn
}

export type SetColumn = null | number | Buffer

export const ALLELE_COLUMNS = `contig, start, ref, alt, anchor, ${SETS}`

/** The sets of people who carry an allele. */
export const CARRIER_COLUMNS = ['heterozygous', 'homozygous', 'hemizygous'] as const

export type CarrierColumns = Pick<AlleleRow, (typeof CARRIER_COLUMNS)[number]>

/** Whether anybody carries it: an allele of a file in which nobody does matches nothing. */
export function hasCarriers(row: CarrierColumns): boolean {
  return row.heterozygous !== null || row.homozygous !== null || row.hemizygous !== null
}
