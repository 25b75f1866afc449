import { createHash } from 'node:crypto'
import type { ExchangeRequest } from '../../schemas/index.js'
import type { ExchangeOutcome, ExchangeToken } from './exchange-token.js'

/** A Passport is used no longer than this before its end, milliseconds: the node's clock, and the way to it. */
const MARGIN_MS = 30_000
/** Ten thousand of them are some tens of megabytes. */
const MAXIMUM_PASSPORTS = 10_000

interface Kept {
  readonly outcome: ExchangeOutcome
  readonly useUntil: number
}

/** Names a Passport without holding the token that it was made of. */
function keyOf({ accessToken, audience, purpose, project }: ExchangeRequest): string {
  const token = createHash('sha256').update(accessToken).digest('base64url')
  return JSON.stringify([token, audience, purpose, project])
}

/**
 * Remembers Passports until shortly before they are over; who asks for one that is being made waits for that one. What was refused
 * is asked again.
 *
 * @param wallClock milliseconds since 1970
 */
export function createPassportCache(exchange: ExchangeToken, wallClock: () => number): ExchangeToken {
  const kept = new Map<string, Kept>()
  const underWay = new Map<string, Promise<ExchangeOutcome>>()

  const forget = () => {
    const now = wallClock()
    for (const [key, { useUntil }] of kept) if (useUntil <= now) kept.delete(key)
    for (const key of kept.keys()) {
      if (kept.size < MAXIMUM_PASSPORTS) return
      kept.delete(key)
    }
  }

  const make = async (key: string, request: ExchangeRequest): Promise<ExchangeOutcome> => {
    try {
      const outcome = await exchange(request)
      if (outcome.kind === 'passport') {
        if (kept.size >= MAXIMUM_PASSPORTS) forget()
        kept.set(key, { outcome, useUntil: outcome.expiresAt - MARGIN_MS })
      }
      return outcome
    } finally {
      underWay.delete(key)
    }
  }

  return (request) => {
    const key = keyOf(request)
    const known = kept.get(key)
    if (known && known.useUntil > wallClock()) return Promise.resolve(known.outcome)
    kept.delete(key)
    const joined = underWay.get(key)
    if (joined) return joined
    const made = make(key, request)
    underWay.set(key, made)
    return made
  }
}
