/** A worker that took requests for less than this counts as one that failed at its start, however long that took. */
export const YOUNG_MS = 5_000
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 10_000
/** So many failed starts in a row, without a single worker that serves, are not going to get better. */
const MOST_FAILED_STARTS = 5

/** What is to be done about a worker that ended. */
export type Restart =
  { readonly kind: 'restart'; readonly afterMs: number; readonly failedStarts: number } | { readonly kind: 'give-up' }

/**
 * Replaces a worker that had served at once, and one that fails at its start after longer and longer waits.
 *
 * @param failedStarts of this slot in a row, before this one
 * @param servedMs from when the worker took requests to its end; 0: it never did
 * @param othersServe whether another worker takes requests: it is never brought down by one that cannot start
 */
export function planRestart(failedStarts: number, servedMs: number, othersServe: boolean): Restart {
  if (servedMs >= YOUNG_MS) return { kind: 'restart', afterMs: 0, failedStarts: 0 }
  const failed = failedStarts + 1
  if (failed >= MOST_FAILED_STARTS && !othersServe) return { kind: 'give-up' }
  return {
    kind: 'restart',
    // The first is not waited for: it may have been killed.
    afterMs: failed === 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failed - 2), LONGEST_DELAY_MS),
    failedStarts: failed,
  }
}
