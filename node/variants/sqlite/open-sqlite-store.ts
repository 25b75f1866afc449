import type { VariantStore } from '../variant-store.js'
import type { References } from './answer-one-allele.js'
import { openCatalogue } from './catalogue.js'
import { createQueryThreads } from './query-threads.js'
import { createSegmentHandles, MAIN_BUDGET, THREADS_BUDGET } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

/** One: a process has as many workers as it wants cores, and each of them this thread for long questions. */
const THREADS = 1

export interface SqliteStoreOptions {
  readonly references?: References
  /** Told when a published dataset cannot be read. */
  readonly onProblem: (error: unknown) => void
}

/**
 * Opens a node's datasets: short questions on this thread, long ones on another, within the process's budget of open files and caches.
 *
 * @throws Error a published dataset cannot be read at the start
 */
export function openSqliteStore(
  nodeDirectory: string,
  { references = {}, onProblem }: SqliteStoreOptions,
): VariantStore {
  const threads = createQueryThreads({ threads: THREADS, budget: THREADS_BUDGET })
  const catalogue = openCatalogue(nodeDirectory, {
    onProblem,
    handles: createSegmentHandles(MAIN_BUDGET),
    onForgotten: (paths) => threads.forget(paths),
  })
  return createSqliteVariantStore(catalogue, { threads, references })
}
