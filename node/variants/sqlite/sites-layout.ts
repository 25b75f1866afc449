import type { AnBasis } from '../../../schemas/index.js'
import type { SiteCounts } from '../site-counts.js'

/** Version of the file of a pre-counted dataset; a reader refuses others. */
export const SITES_FORMAT = 1

const KEY = 'contig, start, ref, alt'
const NUMBERS = `individuals_lower, individuals_upper, count_lower, count_upper, allele_number, an_basis,
  heterozygotes, homozygotes, hemizygotes`

export const SITE_COLUMNS = `${KEY}, anchor, ${NUMBERS}`

/** Columns of either table beside its key; NULL zygosities are not known. `file` is the place of the allele's file in the ingest. */
const COLUMNS = `
  contig INTEGER NOT NULL, start INTEGER NOT NULL, ref TEXT NOT NULL, alt TEXT NOT NULL, anchor TEXT NOT NULL,
  individuals_lower INTEGER NOT NULL, individuals_upper INTEGER NOT NULL,
  count_lower INTEGER NOT NULL, count_upper INTEGER NOT NULL,
  allele_number INTEGER NOT NULL, an_basis TEXT NOT NULL,
  heterozygotes INTEGER, homozygotes INTEGER, hemizygotes INTEGER, file INTEGER NOT NULL`

/**
 * A pre-counted dataset: one file, written whole by one ingest and replaced by the next. Nobody's name, number or set stands in
 * it. Long alleles have a table with an R*Tree, as in a segment of genotypes (layout.ts).
 */
export const SITES_DDL = `
  CREATE TABLE segment (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE site (${COLUMNS}, PRIMARY KEY (${KEY})) WITHOUT ROWID;
  CREATE TABLE long_site (id INTEGER PRIMARY KEY, ${COLUMNS}, UNIQUE (${KEY}));
  CREATE VIRTUAL TABLE long_span USING rtree_i32 (id, contig, contig_end, start, "end");
`

/** A row of either table. */
export interface SiteRow {
  readonly contig: number
  readonly start: number
  readonly ref: string
  readonly alt: string
  readonly anchor: string
  readonly individuals_lower: number
  readonly individuals_upper: number
  readonly count_lower: number
  readonly count_upper: number
  readonly allele_number: number
  readonly an_basis: AnBasis
  readonly heterozygotes: number | null
  readonly homozygotes: number | null
  readonly hemizygotes: number | null
}

export function toSiteCounts(row: SiteRow): SiteCounts {
  return {
    individuals: { lower: row.individuals_lower, upper: row.individuals_upper },
    alleleCount: { lower: row.count_lower, upper: row.count_upper },
    alleleNumber: row.allele_number,
    anBasis: row.an_basis,
    ...(row.heterozygotes === null ? {} : { heterozygotes: row.heterozygotes }),
    ...(row.homozygotes === null ? {} : { homozygotes: row.homozygotes }),
    ...(row.hemizygotes === null ? {} : { hemizygotes: row.hemizygotes }),
  }
}

/** The values of SITE_COLUMNS after the key and the anchor. */
export function toNumberColumns(counts: SiteCounts): readonly (number | string | null)[] {
  const { individuals, alleleCount, alleleNumber, anBasis } = counts
  return [
    individuals.lower,
    individuals.upper,
    alleleCount.lower,
    alleleCount.upper,
    alleleNumber,
    anBasis,
    counts.heterozygotes ?? null,
    counts.homozygotes ?? null,
    counts.hemizygotes ?? null,
  ]
}
