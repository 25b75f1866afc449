import { statSync } from 'node:fs'
import { join } from 'node:path'
import {
  listDatasetIds,
  manifestPath,
  readManifest,
  segmentsDirectory,
  type DatasetManifest,
} from '../dataset-manifest.js'
import { createSegmentHandles, type SegmentHandles } from './segment-handles.js'
import { openSegment, type Segment } from './segment.js'
import { openSitesSegment, type SitesSegment } from './sites-segment.js'

/** How often published manifests are looked for. */
const POLL_MS = 500

/** A dataset as published at one moment. */
export interface OpenDataset {
  readonly manifest: DatasetManifest
  /** Empty for a pre-counted dataset. */
  readonly segments: readonly Segment[]
  /** Of a pre-counted dataset: its only file. */
  readonly sites?: SitesSegment
}

/** The node's datasets at one moment, by id in order. Its segments may be asked until every holder released it. */
export interface Snapshot {
  readonly datasets: ReadonlyMap<string, OpenDataset>
  release(): void
}

export interface Catalogue {
  /** The newest snapshot; release it when done. */
  acquire(): Snapshot
  /** Looks for what was published at once, not only when it is time. @throws Error a manifest or segment cannot be read */
  refresh(): void
  close(): void
}

interface Generation {
  readonly datasets: ReadonlyMap<string, OpenDataset>
  readonly files: ReadonlySet<string>
  /** Changes whenever a manifest was replaced. */
  readonly fingerprint: string
  holders: number
}

export interface CatalogueOptions {
  /** Told when a manifest or segment cannot be read; the datasets then stay as they were. */
  readonly onProblem: (error: unknown) => void
  readonly handles?: SegmentHandles
  /** Told which segment files nobody needs any more. */
  readonly onForgotten?: (paths: readonly string[]) => void
}

/** Opens all published datasets of a node and follows what other processes publish. */
export function openCatalogue(nodeDirectory: string, options: CatalogueOptions): Catalogue {
  const { onProblem, handles = createSegmentHandles(), onForgotten } = options
  const open = new Map<string, { readonly segment: Segment | SitesSegment; generations: number }>()
  let current = load()

  /** A manifest is replaced by rename, so its inode or its time changes. */
  function fingerprint(): string {
    return listDatasetIds(nodeDirectory)
      .map((id) => {
        const { ino, mtimeMs, size } = statSync(manifestPath(nodeDirectory, id))
        return `${id}:${ino}:${mtimeMs}:${size}`
      })
      .join('|')
  }

  function load(): Generation {
    const seen = fingerprint()
    const files = new Set<string>()
    try {
      const datasets = new Map<string, OpenDataset>()
      for (const id of listDatasetIds(nodeDirectory)) {
        const manifest = readManifest(nodeDirectory, id)
        if (!manifest?.published) continue
        const paths = manifest.segments.map((entry) => join(segmentsDirectory(nodeDirectory, id), entry.file))
        if (manifest.content === 'sites') {
          const sites = paths.map((path) => hold(path, files, openSitesSegment)).at(-1)
          datasets.set(id, { manifest, segments: [], ...(sites ? { sites } : {}) })
        } else {
          datasets.set(id, { manifest, segments: paths.map((path) => hold(path, files, openSegment)) })
        }
      }
      return { datasets, files, fingerprint: seen, holders: 1 }
    } catch (error) {
      letGo(files)
      throw error
    }
  }

  /** @param openFile the same for one path each time: what a file is never changes */
  function hold<S extends Segment | SitesSegment>(
    path: string,
    files: Set<string>,
    openFile: (path: string, handles: SegmentHandles) => S,
  ): S {
    const known = open.get(path) ?? { segment: openFile(path, handles), generations: 0 }
    open.set(path, known)
    if (!files.has(path)) known.generations += 1
    files.add(path)
    return known.segment as S
  }

  function letGo(files: ReadonlySet<string>): void {
    const forgotten = [...files].filter((path) => --open.get(path)!.generations === 0)
    for (const path of forgotten) {
      open.get(path)!.segment.close()
      open.delete(path)
    }
    if (forgotten.length > 0) onForgotten?.(forgotten)
  }

  function release(generation: Generation): void {
    generation.holders -= 1
    if (generation.holders === 0) letGo(generation.files)
  }

  function refresh(): void {
    if (fingerprint() === current.fingerprint) return
    const next = load()
    const previous = current
    current = next
    release(previous)
  }

  const timer = setInterval(() => {
    try {
      refresh()
    } catch (error) {
      onProblem(error)
    }
  }, POLL_MS)
  timer.unref()

  return {
    acquire() {
      const generation = current
      generation.holders += 1
      return { datasets: generation.datasets, release: () => release(generation) }
    },
    refresh,
    close() {
      clearInterval(timer)
      release(current)
    },
  }
}
