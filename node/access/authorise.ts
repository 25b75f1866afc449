import type { AccessLevel, AssemblyId, Granularity, IdentifierPolicy } from '../../schemas/index.js'
import type { NodeErrorCode } from '../errors.js'
import type { Caller } from './caller.js'
import { Grant, type DatasetGrant } from './grant.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'

/** What a decision needs to know of a dataset. */
export interface DatasetPolicy {
  readonly id: string
  readonly assembly: AssemblyId
  readonly access: AccessLevel
  readonly granularity: Granularity
  /** `sites`: alleles that were counted elsewhere, with nobody behind them who could be seen or not. */
  readonly content?: 'genotypes' | 'sites'
  /** Absent: pseudonymous. */
  readonly identifiers?: IdentifierPolicy
  /** Whether its alleles may be told with the people who have them; absent: they may not. */
  readonly caseLevelData?: boolean
  /** Whose data they are, to whom a pause can apply. */
  readonly controller?: string
}

/** Datasets that hold data but were left out of the question. */
export interface NotAsked {
  /** Of the assembly asked, but not for this caller. */
  readonly access: number
  readonly assembly: number
}

export type Decision =
  | { readonly kind: 'granted'; readonly grant: Grant; readonly notAsked: NotAsked }
  | { readonly kind: 'denied'; readonly code: NodeErrorCode; readonly message: string }

/** Whether a caller may ask a dataset at all. */
export function mayAsk(_caller: Caller, policy: DatasetPolicy): boolean {
  switch (policy.access) {
    case 'public':
      return true
    case 'registered':
    case 'controlled':
      // Nobody is known to the node yet, so nobody is registered or was granted anything.
      return false
  }
}

/**
 * Decides which datasets a caller may ask, and how much each may tell.
 *
 * @param assembly of which the question is; absent: it is not about a place of the genome, and every dataset can be asked
 * @param named the datasets that the request names; absent: all
 * @param visible the people of the node that may be seen at all
 */
export function authorise(
  caller: Caller,
  policies: readonly DatasetPolicy[],
  assembly: AssemblyId | undefined,
  named: readonly string[] | undefined,
  visible: VisibleSet,
): Decision {
  const unknown = named?.find((id) => !policies.some((policy) => policy.id === id))
  if (unknown !== undefined) return { kind: 'denied', code: 'not_found', message: 'there is no such dataset' }
  const wanted = named ? policies.filter((policy) => named.includes(policy.id)) : policies
  const refused = wanted.filter((policy) => !mayAsk(caller, policy))
  if (named && refused.length > 0) {
    const ids = refused.map((policy) => policy.id).join(', ')
    return { kind: 'denied', code: 'permission_denied', message: `you may not ask dataset ${ids}` }
  }
  const inAssembly = wanted.filter((policy) => assembly === undefined || policy.assembly === assembly)
  const granted = inAssembly.filter((policy) => mayAsk(caller, policy))
  return {
    kind: 'granted',
    // Consent and blocks come with a later version; until then a dataset that may be asked shows everybody who was not removed.
    grant: Grant.mint(new Map(granted.map((policy) => [policy.id, toDatasetGrant(policy, visible)]))),
    notAsked: { access: inAssembly.length - granted.length, assembly: wanted.length - inAssembly.length },
  }
}

function toDatasetGrant(policy: DatasetPolicy, visible: VisibleSet): DatasetGrant {
  const { granularity, content, identifiers, caseLevelData = false } = policy
  return {
    granularity,
    visible: content === 'sites' ? EVERYBODY : visible,
    keepsIdentifiers: identifiers === 'keep',
    caseLevelData,
  }
}
