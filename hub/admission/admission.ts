import { HubError } from '../errors.js'

/** Why a question was turned away: as many as may be are in flight, or the process is late already. */
export type RefusalReason = 'full' | 'late'

export interface AdmissionLimits {
  readonly maximumQuestions: number
  /** Lag of the event loop above which no second question is let in, milliseconds. */
  readonly maximumLagMs: number
}

export interface AdmissionRecord {
  onChange(inFlight: number): void
  onRefusal(reason: RefusalReason): void
}

/** Who may ask the regions. A question that is turned away has cost nothing, and one that is let in has its whole deadline. */
export interface Admission {
  /**
   * Does the work of one question, or refuses it at once; nothing ever waits.
   *
   * @throws HubError rate_limited
   */
  admit<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Calls in flight that a hub is allowed by default. A call costs the hub half a millisecond of one core (21 regions: 10 ms a question
 * on a busy machine), so that all of them are served in half a second, a sixth of the default deadline.
 */
const MAXIMUM_CALLS = 1_000
const LEAST_QUESTIONS = 8
const MOST_QUESTIONS = 64

/** Questions in flight for a network of this many regions, when hub.yaml does not say. */
export function defaultMaximumQuestions(regions: number): number {
  return Math.min(MOST_QUESTIONS, Math.max(LEAST_QUESTIONS, Math.floor(MAXIMUM_CALLS / Math.max(1, regions))))
}

/** The refusal, for questions that could not be let in and for those that the hub could not serve in time. */
export function tooManyQuestions(reason: string): HubError {
  return new HubError('rate_limited', 'this hub has too many questions at once; ask again in a moment', reason)
}

/** @param currentLag how late the event loop is now, milliseconds */
export function createAdmission(
  { maximumQuestions, maximumLagMs }: AdmissionLimits,
  currentLag: () => number,
  record: AdmissionRecord,
): Admission {
  let inFlight = 0
  /** The first question is always let in: a process that is late without any would otherwise never recover. */
  const whyRefused = (): RefusalReason | undefined => {
    if (inFlight >= maximumQuestions) return 'full'
    return inFlight > 0 && currentLag() > maximumLagMs ? 'late' : undefined
  }
  return {
    async admit(work) {
      const reason = whyRefused()
      if (reason !== undefined) {
        record.onRefusal(reason)
        throw tooManyQuestions(reason)
      }
      record.onChange(++inFlight)
      try {
        return await work()
      } finally {
        record.onChange(--inFlight)
      }
    },
  }
}
