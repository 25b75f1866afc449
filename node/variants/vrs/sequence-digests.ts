import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ASSEMBLY_IDS, type AssemblyId } from '../../../schemas/assembly.js'
import type { ReferencePaths } from '../reference.js'
import type { ContigDigests } from './digest-reference.js'
import type { DigestTask } from './digest-thread.js'

/** How often a process looks for the digests that another one computes. */
const POLL_MS = 1_000

/** The digests of references, as soon as they are known. */
export interface SequenceDigests {
  /** `ga4gh:SQ.…`; undefined while it is not known. */
  sequenceId(assembly: AssemblyId, contig: number): string | undefined
  /** Fulfilled when every reference is known or given up, never rejected. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** What is kept of a reference: its file as it was, and its digests. */
interface Kept {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly digests: ContigDigests
}

export interface SequenceDigestsOptions {
  /** Of several processes of a node one computes; the others wait for its file. */
  readonly computes: boolean
  readonly onProblem: (error: unknown) => void
}

function cachePath(nodeDirectory: string, assembly: AssemblyId): string {
  return join(nodeDirectory, `reference-digests-${assembly}.json`)
}

function stampOf(path: string): Omit<Kept, 'digests'> {
  const { size, mtimeMs } = statSync(path)
  return { path, size, mtimeMs }
}

/** What is kept of this file; undefined when nothing is, or the file has changed since. */
function readKept(nodeDirectory: string, assembly: AssemblyId, path: string): ContigDigests | undefined {
  let kept: Kept
  try {
    kept = JSON.parse(readFileSync(cachePath(nodeDirectory, assembly), 'utf8')) as Kept
  } catch {
    // Not there, or not whole: it is computed again.
    return undefined
  }
  const stamp = stampOf(path)
  const isSame = kept.path === stamp.path && kept.size === stamp.size && kept.mtimeMs === stamp.mtimeMs
  return isSame ? kept.digests : undefined
}

function keep(nodeDirectory: string, assembly: AssemblyId, kept: Kept): void {
  const path = cachePath(nodeDirectory, assembly)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, JSON.stringify(kept))
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * Reads the digests that the node keeps of its references, and computes missing ones in a thread: some ten seconds for a
 * whole genome, once.
 */
export function openSequenceDigests(
  nodeDirectory: string,
  paths: ReferencePaths,
  { computes, onProblem }: SequenceDigestsOptions,
): SequenceDigests {
  const known = new Map<AssemblyId, ContigDigests>()
  const stops: (() => Promise<void>)[] = []

  function compute(task: DigestTask): Promise<void> {
    const stamp = stampOf(task.path)
    const worker = new Worker(new URL('./digest-thread.js', import.meta.url), { workerData: task })
    worker.unref()
    return new Promise((resolve) => {
      stops.push(async () => {
        await worker.terminate()
        resolve()
      })
      worker.once('message', (digests: ContigDigests) => {
        known.set(task.assembly, digests)
        try {
          keep(nodeDirectory, task.assembly, { ...stamp, digests })
        } catch (error) {
          onProblem(error)
        }
        resolve()
      })
      worker.once('error', (error) => {
        onProblem(error)
        resolve()
      })
    })
  }

  function waitFor({ assembly, path }: DigestTask): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const digests = readKept(nodeDirectory, assembly, path)
        if (!digests) return
        known.set(assembly, digests)
        clearInterval(timer)
        resolve()
      }, POLL_MS)
      timer.unref()
      stops.push(() => {
        clearInterval(timer)
        resolve()
        return Promise.resolve()
      })
    })
  }

  const pending = ASSEMBLY_IDS.flatMap((assembly) => {
    const path = paths[assembly]
    if (path === undefined) return []
    const kept = readKept(nodeDirectory, assembly, path)
    if (!kept) return [computes ? compute({ assembly, path }) : waitFor({ assembly, path })]
    known.set(assembly, kept)
    return []
  })

  return {
    sequenceId(assembly, contig) {
      const digest = known.get(assembly)?.[contig]
      return digest === undefined ? undefined : `ga4gh:SQ.${digest}`
    },
    ready: Promise.all(pending).then(() => undefined),
    async close() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}
