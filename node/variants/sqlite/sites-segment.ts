import { NOT_COUNTED, toZero, type SiteCounts } from '../site-counts.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import { SHORT_SPAN } from './layout.js'
import type { LongBox } from './segment.js'
import type { SegmentHandles, Statement } from './segment-handles.js'
import { SITE_COLUMNS, SITES_FORMAT, toSiteCounts, type SiteRow } from './sites-layout.js'

/** An allele with the numbers of its file. */
export interface StoredSite {
  readonly variant: Variant
  readonly anchor: string
  readonly counts: SiteCounts
}

/** Where a page of sites ended. */
export type SiteKey = Pick<Variant, 'start' | 'referenceBases' | 'alternateBases'>

/** The file of a pre-counted dataset. Reads are synchronous and short; callers bound the number of rows. */
export interface SitesSegment {
  readonly path: string
  find(variant: Variant): StoredSite | undefined
  /** Every allele that starts at a position. */
  startingAt(contig: number, start: number): StoredSite[]
  /**
   * What the file says where it does not name the allele: who was called for another allele of the same bases at the place.
   * Elsewhere its absence says nothing (spec/counting.md, "The denominator").
   */
  whereAbsent(variant: Variant): SiteCounts
  /** Short alleles that somebody carries with start in [from, to) after `after`, in order, at most `limit`. */
  shortSites(contig: number, from: number, to: number, after: SiteKey | undefined, limit: number): StoredSite[]
  /** The same of long and structural alleles in a box of starts and ends. */
  longSites(contig: number, box: LongBox, after: SiteKey | undefined, limit: number): StoredSite[]
  /** Closes its file for good. */
  close(): void
}

const BY_KEY = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
const FIND: Statement<SiteRow> = { sql: `SELECT ${SITE_COLUMNS} FROM site WHERE ${BY_KEY}` }
const FIND_LONG: Statement<SiteRow> = { sql: `SELECT ${SITE_COLUMNS} FROM long_site WHERE ${BY_KEY}` }
const STARTING_AT: Statement<SiteRow> = {
  sql: `SELECT ${SITE_COLUMNS} FROM site WHERE contig = ? AND start = ?
        UNION ALL SELECT ${SITE_COLUMNS} FROM long_site WHERE contig = ? AND start = ?`,
}
const SAME_BASES: Statement<SiteRow> = {
  sql: `SELECT ${SITE_COLUMNS} FROM site WHERE contig = ? AND start = ? AND ref = ?`,
}
const SHORT_PAGE: Statement<SiteRow> = {
  sql: `SELECT ${SITE_COLUMNS} FROM site WHERE contig = ? AND start < ? AND (start, ref, alt) > (?, ?, ?)
          AND individuals_upper > 0
        ORDER BY start, ref, alt LIMIT ?`,
}
const LONG_PAGE: Statement<SiteRow> = {
  sql: `SELECT ${SITE_COLUMNS.replace(/\b(?=[a-z])/g, 'a.')}
        FROM long_span s JOIN long_site a ON a.id = s.id
        WHERE s.contig = ? AND s.start >= ? AND s.start < ? AND s."end" >= ? AND s."end" <= ?
          AND (a.start, a.ref, a.alt) > (?, ?, ?)
          AND a.individuals_upper > 0
        ORDER BY a.start, a.ref, a.alt LIMIT ?`,
}
const PROPERTIES: Statement<{ readonly key: string; readonly value: unknown }> = {
  sql: 'SELECT key, value FROM segment',
}

function toSite(row: SiteRow): StoredSite {
  const { contig, start, ref, alt, anchor } = row
  return { variant: { contig, start, referenceBases: ref, alternateBases: alt }, anchor, counts: toSiteCounts(row) }
}

function toKey(after: SiteKey | undefined, from: number): readonly [number, string, string] {
  // Row values compare strictly, and ('', '') never is an allele, so the first page begins at `from` itself.
  return after ? [after.start, after.referenceBases, after.alternateBases] : [from, '', '']
}

/** @throws Error the file is none of this version: our own file, so this is an internal error */
export function openSitesSegment(path: string, handles: SegmentHandles): SitesSegment {
  const rows = handles.use(path).all(PROPERTIES)
  const properties = new Map(rows.map(({ key, value }) => [key, value]))
  if (properties.get('content') !== 'sites' || properties.get('format') !== SITES_FORMAT) {
    handles.forget(path)
    throw new Error(`${path} is no file of pre-counted alleles of format ${SITES_FORMAT}`)
  }
  return {
    path,
    find({ contig, start, referenceBases, alternateBases }) {
      const isLong = referenceBases.length > SHORT_SPAN || isStructural(alternateBases)
      const row = handles.use(path).get(isLong ? FIND_LONG : FIND, contig, start, referenceBases, alternateBases)
      return row && toSite(row)
    },
    startingAt: (contig, start) => handles.use(path).all(STARTING_AT, contig, start, contig, start).map(toSite),
    whereAbsent({ contig, start, referenceBases, alternateBases }) {
      if (referenceBases === '' || isStructural(alternateBases)) return NOT_COUNTED
      const found = handles.use(path).all(SAME_BASES, contig, start, referenceBases).map(toSiteCounts)
      const [first, ...others] = found
      if (!first) return NOT_COUNTED
      const isOne = others.every(({ alleleNumber, anBasis }) => {
        return alleleNumber === first.alleleNumber && anBasis === first.anBasis
      })
      const alleleNumber = found.reduce((most, counts) => Math.max(most, counts.alleleNumber), 0)
      return toZero(alleleNumber, isOne ? first.anBasis : 'unknown')
    },
    shortSites: (contig, from, to, after, limit) =>
      handles
        .use(path)
        .all(SHORT_PAGE, contig, to, ...toKey(after, from), limit)
        .map(toSite),
    longSites: (contig, { start, end }, after, limit) =>
      handles
        .use(path)
        .all(LONG_PAGE, contig, ...start, ...end, ...toKey(after, 0), limit)
        .map(toSite),
    close: () => handles.forget(path),
  }
}
