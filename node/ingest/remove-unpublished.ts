import { readdirSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { datasetDirectory, segmentsDirectory, type DatasetManifest } from '../variants/dataset-manifest.js'
import { tryLock } from './file-lock.js'

/** Ending of a segment that a compaction is writing. */
export const COMPACTING = '.compacting'

/** The lock of a dataset's compactions, when it is free: one at a time. */
export function tryLockCompaction(nodeDirectory: string, datasetId: string): (() => void) | undefined {
  return tryLock(join(datasetDirectory(nodeDirectory, datasetId), 'compact.lock'))
}

/**
 * Removes what commands that were killed left behind, and segments that were compacted. The caller holds the ingest lock, so
 * that no ingest writes here; what a compaction is writing is left alone as long as one runs.
 */
export function removeUnpublished(nodeDirectory: string, { id, segments }: DatasetManifest): void {
  const directory = segmentsDirectory(nodeDirectory, id)
  const published = new Set(segments.map(({ file }) => file))
  const unpublished = readdirSync(directory).filter((file) => !published.has(file))
  if (unpublished.length === 0) return
  const unlock = tryLockCompaction(nodeDirectory, id)
  try {
    // Another process may remove the same file: one that is gone is what was wanted.
    for (const file of unpublished) {
      if (unlock || extname(file) !== COMPACTING) rmSync(join(directory, file), { force: true })
    }
  } finally {
    unlock?.()
  }
}
