import type { VisibleSet } from '../../variants/visible-set.js'
import { Grant } from '../grant.js'

/** A grant that a test needs: these datasets at record granularity, and whom they show. */
export function grantFor(visible: ReadonlyMap<string, VisibleSet>): Grant {
  return Grant.mint(new Map([...visible].map(([id, set]) => [id, { granularity: 'record', visible: set }])))
}
