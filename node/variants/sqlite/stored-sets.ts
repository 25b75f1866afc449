import { EMPTY, fromBytes, type Bitmap } from '../bitmap.js'
import type { RecordedCalls } from '../calls.js'
import type { AlleleRow, SetColumn } from './layout.js'
import type { SegmentHandles, Statement } from './segment-handles.js'

const READ_BITMAP: Statement<Buffer> = { sql: 'SELECT bytes FROM bitmap WHERE id = ?', pluck: true }

/** The sets of people of one segment's rows. */
export interface StoredSets {
  readonly toBitmap: (column: SetColumn) => Bitmap
  /** As `readRecordedCalls`. */
  readonly toRecordedCalls: (row: SetsRow) => RecordedCalls
}

export type SetsRow = Pick<AlleleRow, 'no_call' | 'one_allele'> & Partial<AlleleRow>

export function createStoredSets(path: string, handles: SegmentHandles): StoredSets {
  const owner = handles.bitmaps.newOwner()

  function toBitmap(column: SetColumn): Bitmap {
    if (column === null) return EMPTY
    if (typeof column !== 'number') return fromBytes(column)
    return handles.bitmaps.get(owner, column, () => {
      const bytes = handles.use(path).get(READ_BITMAP, column)!
      return { bitmap: fromBytes(bytes), bytes: bytes.length }
    })
  }

  return {
    toBitmap,
    toRecordedCalls: (row) => readRecordedCalls(row, toBitmap),
  }
}

/** The sets of an allele's row, or of a block's, which has no carriers. */
export function readRecordedCalls(row: SetsRow, toBitmap: (column: SetColumn) => Bitmap): RecordedCalls {
  return {
    heterozygous: toBitmap(row.heterozygous ?? null),
    homozygous: toBitmap(row.homozygous ?? null),
    hemizygous: toBitmap(row.hemizygous ?? null),
    noCall: toBitmap(row.no_call),
    oneAllele: toBitmap(row.one_allele),
    somatic: toBitmap(row.somatic ?? null),
    fractions: toBitmap(row.fractions ?? null),
  }
}
