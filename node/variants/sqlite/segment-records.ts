import { Bitmap } from '../bitmap.js'
import { mergeCalls, toCalls, withoutCarriers } from '../calls.js'
import { isStructural } from '../structural.js'
import type { Recorded } from '../unite-calls.js'
import type { Variant } from '../variant.js'
import { ALLELE_COLUMNS, isLongAllele, SET_COLUMNS, type AlleleRow, type BlockRow, type SetColumn } from './layout.js'
import type { SegmentHandles, Statement } from './segment-handles.js'
import type { SetsRow, StoredSets } from './stored-sets.js'

/** An allele of a segment whose sets are decoded on demand. */
export interface StoredAllele {
  readonly variant: Variant
  readonly anchor: string
  /** What the records of the allele say. */
  recorded(): Recorded
}

/** What the files of a segment say of one allele and of its place. */
export interface FoundRecords {
  readonly own: StoredAllele | undefined
  /** Who was called at the place, by records of other alleles of the same bases and by those without an allele. */
  readonly nearby: () => Recorded | undefined
}

/** The records of one segment. */
export interface SegmentRecords {
  at(variant: Variant): FoundRecords
  /** Every allele that starts at a position. */
  readonly startingAt: (contig: number, start: number) => StoredAllele[]
}

/** The columns of RECORDS: arrays cost half of what objects do. */
type RecordColumns = readonly [
  alt: string,
  anchor: string,
  heterozygous: SetColumn,
  homozygous: SetColumn,
  hemizygous: SetColumn,
  noCall: SetColumn,
  oneAllele: SetColumn,
  somatic: SetColumn,
  fractions: SetColumn,
  covered: SetColumn,
]

const RECORDS = `SELECT alt, anchor, ${SET_COLUMNS.join(', ')}, covered`
/** The allele's own record comes with those of the others: to look for them apart would take as long again. */
const SAME_BASES: Statement<RecordColumns> = {
  sql: `${RECORDS} FROM allele WHERE contig = ? AND start = ? AND ref = ?`,
  raw: true,
}
const FIND: Statement<RecordColumns> = { sql: `${SAME_BASES.sql} AND alt = ?`, raw: true }
const FIND_LONG: Statement<RecordColumns> = {
  sql: `${RECORDS} FROM long_allele WHERE contig = ? AND start = ? AND ref = ? AND alt = ?`,
  raw: true,
}
const STARTING_AT: Statement<AlleleRow> = {
  sql: `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ? AND start = ?
        UNION ALL SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE contig = ? AND start = ?`,
}
const HAS_BLOCKS: Statement<number> = { sql: 'SELECT EXISTS (SELECT 1 FROM reference_block)', pluck: true }
const BLOCKS_AT: Statement<BlockRow> = {
  sql: `SELECT b.* FROM block_span s JOIN reference_block b ON b.id = s.id
        WHERE s.contig = ? AND s.start <= ? AND s."end" > ?`,
}

/** @param everybody of the segment's germline cohorts */
export function openSegmentRecords(
  path: string,
  handles: SegmentHandles,
  { toBitmap, toRecordedCalls }: StoredSets,
  everybody: Bitmap,
): SegmentRecords {
  const hasBlocks = handles.use(path).get(HAS_BLOCKS) === 1

  function toRecorded(row: SetsRow & Pick<AlleleRow, 'covered'>): Recorded {
    const covered = row.covered === null ? everybody : toBitmap(row.covered)
    return { calls: toCalls(toRecordedCalls(row), covered), covered }
  }

  function fromColumns(columns: RecordColumns): Recorded {
    const [, , heterozygous, homozygous, hemizygous, no_call, one_allele, somatic, fractions, covered] = columns
    return toRecorded({ heterozygous, homozygous, hemizygous, no_call, one_allele, somatic, fractions, covered })
  }

  function unite(recorded: readonly Recorded[]): Recorded | undefined {
    const [first, second] = recorded
    if (!first || !second) return first && { ...first, calls: withoutCarriers(first.calls) }
    return {
      calls: withoutCarriers(mergeCalls(recorded.map(({ calls }) => calls))),
      covered: Bitmap.orMany(recorded.map(({ covered }) => covered)),
    }
  }

  return {
    at(variant) {
      const { contig, start, referenceBases, alternateBases } = variant
      const file = handles.use(path)
      const isLong = isLongAllele(variant)
      // Alleles without reference bases are inserted at the place, and say nothing of each other.
      const isAlone = isLong || referenceBases === ''
      const rows = isAlone
        ? file.all(isLong ? FIND_LONG : FIND, contig, start, referenceBases, alternateBases)
        : file.all(SAME_BASES, contig, start, referenceBases)
      const row = rows.find(([alt]) => alt === alternateBases)
      return {
        own: row && { variant, anchor: row[1], recorded: () => fromColumns(row) },
        nearby: () => {
          if (isStructural(alternateBases)) return undefined
          const blocks = hasBlocks ? handles.use(path).all(BLOCKS_AT, contig, start, start) : []
          return unite([...(isAlone ? [] : rows.map(fromColumns)), ...blocks.map(toRecorded)])
        },
      }
    },
    startingAt: (contig, start) =>
      handles
        .use(path)
        .all(STARTING_AT, contig, start, contig, start)
        .map((row) => ({
          variant: { contig: row.contig, start: row.start, referenceBases: row.ref, alternateBases: row.alt },
          anchor: row.anchor,
          recorded: () => toRecorded(row),
        })),
  }
}
