import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createScanPool, type ScanPool } from './scan-pool.js'

/** What scans the files of an ingest. */
export interface ScanMeans {
  /** Threads beside the one that reads and writes; absent: that one scans too. Whoever started them ends them. */
  readonly pool: ScanPool | undefined
  /** About how many decompressed bytes are scanned at a time. */
  readonly pieceBytes: number
}

/** Large enough that messages cost little, small enough that a few pieces for each worker are little memory. */
const PIECE_BYTES = 4 << 20
/** More would wait for the one writer. */
const MOST_WORKERS = 4
/** Stored bytes of all files below which starting threads (a tenth of a second) takes more time than it gives. */
const WORTH_WORKERS_BYTES = 1 << 20

export const ON_THIS_THREAD: ScanMeans = { pool: undefined, pieceBytes: PIECE_BYTES }

/** As many threads as the machine and the files are worth; what is wrong with the files is found by those who read them. */
export function startScan(paths: readonly string[]): ScanMeans {
  const bytes = paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  const workers = countWorkers(bytes, availableParallelism())
  return workers > 0 ? { pool: createScanPool(workers), pieceBytes: PIECE_BYTES } : ON_THIS_THREAD
}

/** @param bytes stored bytes of all files */
export function countWorkers(bytes: number, cores: number): number {
  return cores < 2 || bytes < WORTH_WORKERS_BYTES ? 0 : Math.min(cores, MOST_WORKERS)
}
