import type { Bounds, NodeSummary } from '../../schemas/index.js'
import type { PausedDataset } from '../access/authorise.js'

/** For `info.node`: what was left out because it is paused. */
export function toPausedSummary(paused: readonly PausedDataset[]): Pick<NodeSummary, 'paused'> {
  const told = paused.flatMap(({ id, scope, reason, since }) =>
    scope === 'network' ? [] : [{ id, scope, reason, since: since.toISOString() }],
  )
  return told.length > 0 ? { paused: told } : {}
}

/** Who stands in paused datasets is not known: nothing is an upper bound. */
export function boundWithPaused(bounds: Bounds, paused: readonly PausedDataset[]): Bounds {
  return paused.length > 0 ? { ...bounds, upper: null } : bounds
}
