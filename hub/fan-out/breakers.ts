import { createHmac, randomBytes } from 'node:crypto'
import type { RegionConfig } from '../../schemas/index.js'
import { createCircuitBreaker, type BreakerLimits, type BreakerState, type CircuitBreaker } from './circuit-breaker.js'
import { toPath, toRequestBody, type Question } from './question.js'

const KEY_BYTES = 32

/** Five slow answers are no accident; after ten seconds a restarted node is asked again. */
export const DEFAULT_BREAKER: BreakerLimits = { failures: 5, coolDownMs: 10_000 }

/** The circuit breakers of all regions. */
export interface Breakers {
  of(region: RegionConfig): CircuitBreaker
  /** What tells questions apart. A digest under a key of this process: what was asked is not kept. */
  digest(question: Question): string
}

/**
 * @param now monotonic milliseconds
 * @param onChange called when a region's breaker changes its state
 */
export function createBreakers(
  limits: BreakerLimits,
  now: () => number,
  onChange: (region: RegionConfig, state: BreakerState) => void = () => {},
  key: Buffer = randomBytes(KEY_BYTES),
): Breakers {
  const breakers = new Map<string, CircuitBreaker>()
  return {
    of(region) {
      const known = breakers.get(region.id)
      if (known) return known
      const created = createCircuitBreaker(limits, now, (state) => onChange(region, state))
      breakers.set(region.id, created)
      return created
    },
    digest: (question) =>
      createHmac('sha256', key)
        .update(JSON.stringify([toPath(question), toRequestBody(question)]))
        .digest('base64'),
  }
}
