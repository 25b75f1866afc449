import type { Bounds, RegionAnswer, RegionStatus } from '../../schemas/index.js'
import type { NodeAnswer, NodeOutcome, RegionOutcome } from '../fan-out/outcome.js'

type HubGranularity = 'boolean' | 'count'

function toRefusedStatus(refusal: Extract<NodeOutcome, { kind: 'refused' }>['refusal']): RegionStatus {
  return refusal === 'access' ? 'refused' : refusal
}

interface StatusAndReason {
  readonly status: RegionStatus
  readonly reason?: string
}

const ANSWERED: StatusAndReason = { status: 'answered' }

/** A node that answered without asking any of its datasets has not answered the question. */
function toAnsweredStatus({ node }: NodeAnswer): StatusAndReason {
  if (!node || node.datasetsAsked > 0) return ANSWERED
  if ((node.datasetsNotAsked.paused ?? 0) > 0)
    return { status: 'paused', reason: 'the data that you may ask are paused' }
  if (node.datasetsNotAsked.access > 0) return { status: 'refused', reason: 'holds data that you may not ask' }
  if ((node.datasetsNotAsked.metadata ?? 0) > 0)
    return { status: 'not-applicable', reason: 'holds no records of the kind that a filter speaks of' }
  if (node.datasetsNotAsked.assembly > 0)
    return { status: 'other-assembly', reason: 'holds only data of another assembly' }
  if ((node.datasetsNotAsked.undecidable ?? 0) > 0)
    return { status: 'withheld', reason: 'holds only pre-counted data, which cannot answer for chosen people' }
  return ANSWERED
}

/** A region's status, and in words why it is not `answered`. */
export function toRegionStatus(outcome: NodeOutcome): StatusAndReason {
  switch (outcome.kind) {
    case 'refused':
      return { status: toRefusedStatus(outcome.refusal), reason: outcome.reason }
    case 'timed-out':
    case 'unreachable':
    case 'invalid':
      return { status: outcome.kind, reason: outcome.reason }
    case 'answered':
      return toAnsweredStatus(outcome.answer)
  }
}

/** People of a Beacon that says nothing of people: a hit is at least one. */
function foreignBounds(exists: boolean): Bounds {
  return { lower: exists ? 1 : 0, upper: null }
}

/** Bounds that say no more than yes or no. */
function booleanBounds({ lower, upper }: Bounds): Bounds {
  return { lower: Math.min(lower, 1), upper: upper === 0 ? 0 : null }
}

/** One region's part of the answer, no finer than was asked. */
export function toRegionAnswer({ region, outcome }: RegionOutcome, granularity: HubGranularity): RegionAnswer {
  const base = { beaconId: region.id, name: region.name, elapsedMs: outcome.elapsedMs }
  if (outcome.kind !== 'answered') return { ...base, ...toRegionStatus(outcome) }
  return { ...base, ...toAnsweredPart(outcome.answer, granularity) }
}

function toAnsweredPart(
  answer: NodeAnswer,
  granularity: HubGranularity,
): Omit<RegionAnswer, 'beaconId' | 'name' | 'elapsedMs'> {
  const { exists, numTotalResults, node, matching } = answer
  const datasetsNotAsked = node ? { datasetsNotAsked: node.datasetsNotAsked } : {}
  const { status, reason } = toAnsweredStatus(answer)
  if (reason !== undefined) return { status, reason, ...datasetsNotAsked }
  const bounds = node?.bounds.individuals ?? foreignBounds(exists)
  const mayCount = granularity === 'count'
  return {
    status,
    exists,
    ...(mayCount && numTotalResults !== undefined ? { numTotalResults } : {}),
    ...(mayCount && node?.counts ? { counts: node.counts } : {}),
    bounds: { individuals: mayCount ? bounds : booleanBounds(bounds) },
    ...datasetsNotAsked,
    ...(node ? { normalised: node.normalised } : {}),
    ...matching,
  }
}
