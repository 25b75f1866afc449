import type { VariantStore } from '../variant-store.js'
import { openCatalogue } from './catalogue.js'
import { createQueryThreads } from './query-threads.js'
import { createSegmentHandles, PROCESS_BUDGET, type CacheBudget } from './segment-handles.js'
import { createSqliteVariantStore, type References } from './sqlite-variant-store.js'

/** One: a process has as many workers as it wants cores, and each of them this thread for long questions. */
const THREADS = 1

export interface SqliteStoreOptions {
  readonly references?: References
  /** Told when a published dataset cannot be read. */
  readonly onProblem: (error: unknown) => void
}

/**
 * Opens a node's datasets: short questions on this thread, long ones on another, each with half of the process's cache budget.
 *
 * @throws Error a published dataset cannot be read at the start
 */
export function openSqliteStore(
  nodeDirectory: string,
  { references = {}, onProblem }: SqliteStoreOptions,
): VariantStore {
  const half: CacheBudget = { handles: PROCESS_BUDGET.handles / 2, bytes: PROCESS_BUDGET.bytes / 2 }
  const threads = createQueryThreads({ threads: THREADS, budget: half })
  const catalogue = openCatalogue(nodeDirectory, {
    onProblem,
    handles: createSegmentHandles(half),
    onForgotten: (paths) => threads.forget(paths),
  })
  return createSqliteVariantStore(catalogue, { threads, references })
}
