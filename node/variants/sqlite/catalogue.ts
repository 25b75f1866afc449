import { statSync } from 'node:fs'
import { join } from 'node:path'
import {
  listDatasetIds,
  manifestPath,
  readManifest,
  segmentsDirectory,
  type DatasetManifest,
} from '../dataset-manifest.js'
import { openSegment, type Segment } from './segment.js'

/** How often published manifests are looked for. */
const POLL_MS = 500

/** A dataset as published at one moment, with its segments open. */
export interface OpenDataset {
  readonly manifest: DatasetManifest
  readonly segments: readonly Segment[]
}

/** The node's datasets at one moment, by id in order. Its segments stay open until every holder released it. */
export interface Snapshot {
  readonly datasets: ReadonlyMap<string, OpenDataset>
  release(): void
}

export interface Catalogue {
  /** The newest snapshot; release it when done. */
  acquire(): Snapshot
  close(): void
}

interface Generation {
  readonly datasets: ReadonlyMap<string, OpenDataset>
  readonly files: ReadonlySet<string>
  /** Changes whenever a manifest was replaced. */
  readonly fingerprint: string
  holders: number
}

/**
 * Opens all published datasets of a node and follows what other processes publish.
 *
 * @param onProblem told when a manifest or segment cannot be read; the datasets then stay as they were
 */
export function openCatalogue(nodeDirectory: string, onProblem: (error: unknown) => void): Catalogue {
  const open = new Map<string, { readonly segment: Segment; generations: number }>()
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
        datasets.set(id, { manifest, segments: paths.map((path) => hold(path, files)) })
      }
      return { datasets, files, fingerprint: seen, holders: 1 }
    } catch (error) {
      letGo(files)
      throw error
    }
  }

  function hold(path: string, files: Set<string>): Segment {
    const known = open.get(path) ?? { segment: openSegment(path), generations: 0 }
    open.set(path, known)
    if (!files.has(path)) known.generations += 1
    files.add(path)
    return known.segment
  }

  function letGo(files: ReadonlySet<string>): void {
    for (const path of files) {
      const held = open.get(path)!
      held.generations -= 1
      if (held.generations > 0) continue
      open.delete(path)
      held.segment.close()
    }
  }

  function release(generation: Generation): void {
    generation.holders -= 1
    if (generation.holders === 0) letGo(generation.files)
  }

  const timer = setInterval(() => {
    try {
      if (fingerprint() === current.fingerprint) return
      const next = load()
      const previous = current
      current = next
      release(previous)
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
    close() {
      clearInterval(timer)
      release(current)
    },
  }
}
