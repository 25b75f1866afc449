import { readdirSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MOST_SEGMENTS } from './compact-in-background.js'
import { DatasetError, requireManifest } from './dataset.js'
import { tryLockIngest } from './ingest/ingest-lock.js'
import { COMPACTING, removeUnpublished, tryLockCompaction } from './ingest/remove-unpublished.js'
import { openIndividuals } from './metadata/individuals.js'
import {
  moveSegment,
  newSegmentName,
  readManifest,
  segmentsDirectory,
  writeManifest,
  type DatasetManifest,
  type SegmentEntry,
} from './variants/dataset-manifest.js'
import type { Bitmap } from './variants/bitmap.js'
import { compactSegments, holdsAnyOf } from './variants/sqlite/compact-segments.js'

/** Of a segment to all smaller ones together: a larger one is left as it is when only the number has to come down. */
const LARGEST_RATIO = 2
/** How often the ingest lock is tried: an ingest holds it as long as it runs. */
const LOCK_RETRY_MS = 250
/** How long replaced segments are kept: readers look for new manifests every 500 ms. One that comes later asks anew. */
const GRACE_MS = 2_000

export interface CompactOptions {
  /** Only when there are more than MOST_SEGMENTS, and then the small ones. */
  readonly ifNeeded?: boolean
  readonly now: () => Date
  readonly graceMs?: number
}

export interface CompactReport {
  readonly dataset: string
  readonly segmentsBefore: number
  readonly segments: number
  /** In the new segment. */
  readonly alleles: number
}

/**
 * Merges segments of a dataset into one, and leaves nothing in it of people who were removed from the node. No answer changes. The dataset can be asked, withdrawn and ingested into meanwhile: the
 * ingest lock is held for the moment of publishing alone, and exactly the segments that were read are replaced.
 *
 * @returns undefined when there is nothing to merge
 * @throws DatasetError there is no such dataset, another compaction of it runs, or it was removed meanwhile
 */
export async function compactDataset(
  directory: string,
  id: string,
  { ifNeeded = false, now, graceMs = GRACE_MS }: CompactOptions,
): Promise<CompactReport | undefined> {
  requireManifest(directory, id)
  const unlock = tryLockCompaction(directory, id)
  if (!unlock) throw new DatasetError(`another compaction of ${id} is running`)
  const segments = segmentsDirectory(directory, id)
  const name = newSegmentName(now())
  const partial = join(segments, `${name}${COMPACTING}`)
  try {
    removeLeftovers(directory, id)
    const { assembly, segments: entries } = requireManifest(directory, id)
    const chosen = ifNeeded ? chooseSmall(entries) : entries
    const paths = chosen.map(({ file }) => join(segments, file))
    const removed = readRemoved(directory)
    if (chosen.length < 2 && !paths.some((path) => holdsAnyOf(path, removed))) return undefined
    const { alleles, individuals } = compactSegments(paths, partial, assembly, removed)
    const entry = { file: `${name}.sqlite`, alleles, individuals, createDateTime: now().toISOString() }
    const manifest = await publish(directory, id, chosen, entry, partial)
    await sleep(graceMs)
    for (const path of paths) rmSync(path, { force: true })
    return { dataset: id, segmentsBefore: entries.length, segments: manifest.segments.length, alleles }
  } finally {
    rmSync(partial, { force: true })
    unlock()
  }
}

/** Numbers of the people who were removed from the node. */
function readRemoved(directory: string): Bitmap {
  const register = openIndividuals(directory)
  try {
    return register.removed()
  } finally {
    register.close()
  }
}

/** What commands that were killed left behind. This one holds the lock of compactions; an ingest that runs now does the rest. */
function removeLeftovers(directory: string, id: string): void {
  const segments = segmentsDirectory(directory, id)
  for (const file of readdirSync(segments)) {
    if (extname(file) === COMPACTING) rmSync(join(segments, file), { force: true })
  }
  const unlock = tryLockIngest(directory)
  if (!unlock) return
  try {
    removeUnpublished(directory, requireManifest(directory, id))
  } finally {
    unlock()
  }
}

/** As many of the smallest as bring the number down, and the next ones as long as they are not much larger than these together. */
export function chooseSmall(entries: readonly SegmentEntry[]): readonly SegmentEntry[] {
  if (entries.length <= MOST_SEGMENTS) return []
  const bySize = [...entries].sort((a, b) => a.alleles - b.alleles)
  let count = entries.length - MOST_SEGMENTS + 1
  let alleles = bySize.slice(0, count).reduce((sum, entry) => sum + entry.alleles, 0)
  while (count < bySize.length && bySize[count]!.alleles <= LARGEST_RATIO * alleles) alleles += bySize[count++]!.alleles
  const chosen = new Set(bySize.slice(0, count))
  return entries.filter((entry) => chosen.has(entry))
}

/** The new segment takes the place of those that were read; what was published meanwhile stays. */
async function publish(
  directory: string,
  id: string,
  replaced: readonly SegmentEntry[],
  entry: SegmentEntry,
  partial: string,
): Promise<DatasetManifest> {
  const unlock = await waitForIngestLock(directory)
  try {
    const files = new Set(replaced.map(({ file }) => file))
    const manifest = readManifest(directory, id)
    const stillThere = manifest?.segments.filter(({ file }) => files.has(file)) ?? []
    if (!manifest || stillThere.length < files.size) {
      throw new DatasetError(`dataset ${id} was removed or replaced during its compaction`)
    }
    moveSegment(directory, id, partial, entry.file)
    const place = manifest.segments.findIndex(({ file }) => files.has(file))
    const segments = manifest.segments.flatMap((known, index) => {
      if (index === place) return [entry]
      return files.has(known.file) ? [] : [known]
    })
    // The data are the same, so updateDateTime stays.
    const next = { ...manifest, segments }
    writeManifest(directory, next)
    return next
  } finally {
    unlock()
  }
}

async function waitForIngestLock(directory: string): Promise<() => void> {
  for (;;) {
    const unlock = tryLockIngest(directory)
    if (unlock) return unlock
    await sleep(LOCK_RETRY_MS)
  }
}
