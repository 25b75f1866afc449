/** Where records of a BAM, VCF or BCF file end and what they stand on. All read a record that begins at `at` in decompressed bytes. */
export interface RecordFormat {
  /**
   * Where the record ends: the first byte of the next.
   *
   * @param isLast nothing follows the bytes
   * @returns undefined while the bytes end before the record does
   * @throws FormatError this is no record
   */
  endOf(bytes: Buffer, at: number, isLast: boolean): number | undefined
  /** Number of its contig in the index; `UNPLACED`, `NO_RECORD`. @throws FormatError there is no such contig */
  contigOf(bytes: Buffer, at: number, end: number): number
  /** First base, 0-based; -1 before the contig. */
  startOf(bytes: Buffer, at: number, end: number): number
  /** The base behind the last one that it is said to overlap. */
  stopOf(bytes: Buffer, at: number, end: number): number
}

/** A record without a place. */
export const UNPLACED = -1
/** A line that is no record: empty, or a comment. */
export const NO_RECORD = -2

/** A record that claims more is damage, not to be waited for: the longest nanopore reads take some MB, a cohort's line some 100 MB. */
export const MOST_RECORD_BYTES = 1 << 28
