import { setMaxListeners } from 'node:events'
import type { RegionConfig } from '../../schemas/index.js'
import type { Agents } from './agents.js'
import { askRegion, type Passage } from './ask-region.js'
import type { NodeOutcome, RegionOutcome } from './outcome.js'
import type { Limits } from './post-json.js'
import type { Question } from './question.js'

export interface FanOutOptions extends Limits {
  /** One deadline for connecting, headers and bodies of all regions, milliseconds. */
  readonly deadlineMs: number
  readonly agents: Agents
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** The caller's; when the caller leaves, the regions are let go. */
  readonly signal: AbortSignal
  /** Called once for each region, as it settles. */
  readonly onOutcome?: (outcome: RegionOutcome) => void
}

/** Asks all regions at once. Always resolves, with one outcome for each region, at the latest at the deadline. */
export async function fanOut(
  regions: readonly RegionConfig[],
  question: Question,
  passage: Passage,
  options: FanOutOptions,
): Promise<readonly RegionOutcome[]> {
  const { agents, now, deadlineMs, onOutcome } = options
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), deadlineMs)
  const signal = AbortSignal.any([deadline.signal, options.signal])
  // Every region listens to it, and Node warns of a leak at more than ten listeners.
  setMaxListeners(0, signal)
  const started = now()
  const ask = async (region: RegionConfig): Promise<RegionOutcome> => {
    const untimed = await askRegion(region, question, passage, agents, options, signal)
    const outcome: NodeOutcome = { ...untimed, elapsedMs: Math.max(0, Math.round(now() - started)) }
    onOutcome?.({ region, outcome })
    return { region, outcome }
  }
  try {
    return await Promise.all(regions.map(ask))
  } finally {
    clearTimeout(timer)
  }
}
