import type { UntimedOutcome } from './outcome.js'

/** When a region that fails is left alone, and for how long. */
export interface BreakerLimits {
  /** Failures in a row until the region is not asked. */
  readonly failures: number
  /** Milliseconds until one question is let through again. */
  readonly coolDownMs: number
}

/** An outcome that speaks against the region. */
export type Failure = Extract<UntimedOutcome, { kind: 'timed-out' | 'unreachable' | 'invalid' }>

/** Values of the metric. */
export const BREAKER_STATES = { closed: 0, 'half-open': 1, open: 2 } as const
export type BreakerState = keyof typeof BREAKER_STATES

/** Leave to ask the region once; to be handed back with what came of it. */
export interface Leave {
  readonly kind: 'ask' | 'probe'
  /** `undefined`: nothing that speaks for or against the region, because the caller left or the hub itself was late. */
  settle(outcome: UntimedOutcome | undefined): void
}

export interface Skip {
  readonly kind: 'skip'
  readonly failures: number
  readonly last: Failure
}

export interface CircuitBreaker {
  /** @param question a digest, equal for equal questions */
  admit(question: string): Leave | Skip
  state(): BreakerState
}

const FIRST_CLIENT_ERROR = 400
const FIRST_SERVER_ERROR = 500

/**
 * Whether an outcome speaks against the region. A refusal is an answer. So is HTTP 4xx: it came at once, it blames the
 * question, and it may do so for this question alone.
 */
export function toFailure(outcome: UntimedOutcome): Failure | undefined {
  if (outcome.kind === 'answered' || outcome.kind === 'refused') return undefined
  const { httpStatus } = outcome.kind === 'invalid' ? outcome : {}
  const blamesQuestion = httpStatus !== undefined && httpStatus >= FIRST_CLIENT_ERROR && httpStatus < FIRST_SERVER_ERROR
  return blamesQuestion ? undefined : outcome
}

const SEVERAL = Symbol('several questions')

interface Row {
  readonly failures: number
  readonly last: Failure
  /** The one question that failed, or several did. */
  readonly question: string | typeof SEVERAL
  /** Start of the cool-down; undefined while the row is short. */
  readonly openedAt: number | undefined
}

/**
 * The circuit breaker of one region. After a row of failures the region is not asked; after the cool-down one question
 * goes through as a probe, and any success closes the breaker. Two rules keep one bad question from shutting out everybody:
 *
 * - a failure does not count when the region has answered another question since the failing one was asked;
 * - when the whole row is one and the same question, only that question is kept from the region.
 *
 * @param now monotonic milliseconds
 * @param onChange called with the new state
 */
export function createCircuitBreaker(
  { failures: limit, coolDownMs }: BreakerLimits,
  now: () => number,
  onChange: (state: BreakerState) => void = () => {},
): CircuitBreaker {
  let row: Row | undefined
  let succeededAt = -Infinity
  let probe: symbol | undefined
  let told: BreakerState = 'closed'

  const state = (): BreakerState =>
    row?.openedAt === undefined ? 'closed' : probe === undefined ? 'open' : 'half-open'

  const tell = () => {
    if (state() === told) return
    told = state()
    onChange(told)
  }

  const succeed = () => {
    row = undefined
    probe = undefined
    succeededAt = now()
  }

  const fail = (last: Failure, question: string, isProbe: boolean) => {
    const failures = (row?.failures ?? 0) + 1
    const isAnother = row !== undefined && row.question !== SEVERAL && row.question !== question
    // Questions that were on their way when the breaker opened do not prolong the cool-down; a failing probe does, and so
    // does the second question that fails, because it is the first to shut out everybody.
    const opensNow = failures >= limit && (row?.openedAt === undefined || isProbe || isAnother)
    row = {
      failures,
      last,
      question: row === undefined || row.question === question ? question : SEVERAL,
      openedAt: opensNow ? now() : row?.openedAt,
    }
  }

  const leave = (kind: Leave['kind'], question: string): Leave => {
    const askedAt = now()
    const token = Symbol(kind)
    if (kind === 'probe') probe = token
    let isSettled = false
    return {
      kind,
      settle(outcome) {
        if (isSettled) throw new TypeError('this leave has been handed back')
        isSettled = true
        const isProbe = probe === token
        if (isProbe) probe = undefined
        const failure = outcome && toFailure(outcome)
        if (failure && (isProbe || askedAt >= succeededAt)) fail(failure, question, isProbe)
        else if (outcome && !failure) succeed()
        tell()
      },
    }
  }

  return {
    state,
    admit(question) {
      const isOpenFor = row?.openedAt !== undefined && (row.question === SEVERAL || row.question === question)
      if (row?.openedAt === undefined || !isOpenFor) return leave('ask', question)
      const mayProbe = probe === undefined && now() - row.openedAt >= coolDownMs
      if (!mayProbe) return { kind: 'skip', failures: row.failures, last: row.last }
      const given = leave('probe', question)
      tell()
      return given
    },
  }
}

/** What is said of a region that was left alone: its last failure, and that it was not asked this time. */
export function toSkippedOutcome({ failures, last }: Skip): UntimedOutcome {
  const times = failures === 1 ? 'time' : `${failures} times`
  const reason = `was not asked, because it failed the last ${times} (${last.reason})`
  return { kind: last.kind, reason, skipped: true }
}
