import { availableParallelism } from 'node:os'
import type { VcfFile } from './vcf-file.js'

export interface ScanSettings {
  /** Scan workers beside the thread that reads and writes; 0: that thread scans too. */
  readonly workers: number
  /** About how many decompressed bytes are scanned at a time. */
  readonly pieceBytes: number
}

/** Large enough that messages cost little, small enough that a few pieces for each worker are little memory. */
const PIECE_BYTES = 4 << 20
/** More would wait for the one writer. */
const MOST_WORKERS = 4
/** Stored bytes of all files below which starting threads (a tenth of a second) takes more time than it gives. */
const WORTH_WORKERS_BYTES = 1 << 20

export function chooseScanSettings(files: readonly VcfFile[], cores = availableParallelism()): ScanSettings {
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const workers = cores < 2 || bytes < WORTH_WORKERS_BYTES ? 0 : Math.min(cores, MOST_WORKERS)
  return { workers, pieceBytes: PIECE_BYTES }
}
