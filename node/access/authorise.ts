import type { AssemblyId } from '../../schemas/index.js'
import type { NodeErrorCode } from '../errors.js'
import { grantsOf } from './applicable-grants.js'
import type { Caller } from './caller.js'
import { accessTo, mayKnow, type AccessState, type DatasetQuestion } from './dataset-access.js'
import type { DatasetPolicy } from './dataset-policy.js'
import { Grant, type DatasetGrant } from './grant.js'
import type { Pause } from './rules.js'

export type { DatasetPolicy } from './dataset-policy.js'

/** Datasets that hold data but were left out of the question. */
export interface NotAsked {
  /** Of the assembly asked, but not for this caller. */
  readonly access: number
  readonly assembly: number
  /** Which the caller might ask if they were not paused. Absent: none. */
  readonly paused?: number
}

export interface PausedDataset extends Pause {
  readonly id: string
}

export interface AccessQuestion extends DatasetQuestion {
  /** Of which the question is; undefined: it is not about a place of the genome, and every dataset can be asked. */
  readonly assembly: AssemblyId | undefined
  /** The datasets that the request names; undefined: all. */
  readonly named: readonly string[] | undefined
}

export type Decision =
  | {
      readonly kind: 'granted'
      readonly grant: Grant
      readonly notAsked: NotAsked
      /** Those of `notAsked.paused`. */
      readonly paused: readonly PausedDataset[]
      /** Ids of the grants that the request relies on. */
      readonly relied: readonly string[]
    }
  | Denied

export interface Denied {
  readonly kind: 'denied'
  readonly code: NodeErrorCode
  readonly message: string
  /** A word for programs. */
  readonly detail?: string
}

/** `error.reason` of what is paused by the region's administrator. */
export const PAUSED = 'paused'

/** The datasets that a caller may know of. What is not among them must be answered as if it did not exist. */
export function knownTo<Policy extends DatasetPolicy>(
  caller: Caller,
  policies: readonly Policy[],
  state: AccessState,
): readonly Policy[] {
  if (policies.every(({ access }) => access !== 'controlled')) return policies
  const held = grantsOf(caller, state.rules, state.now)
  return policies.filter((policy) => mayKnow(policy, caller, held, state))
}

/**
 * Decides which datasets a caller may ask, how much each may tell, and of whom.
 *
 * @param policies of all published datasets
 */
export function authorise(policies: readonly DatasetPolicy[], question: AccessQuestion, state: AccessState): Decision {
  const { assembly, named, caller } = question
  const { rules } = state
  const pauses = new Map<string, Pause>()
  for (const { id, controller } of policies) {
    const pause = rules.pauseOf(id, controller)
    if (pause?.scope === 'network') return denyPaused('this node is paused by its administrator')
    if (pause) pauses.set(id, pause)
  }
  const held = grantsOf(caller, rules, state.now)
  const wanted = named ? policies.filter(({ id }) => named.includes(id)) : policies
  const accesses = wanted.map((policy) => {
    const isAsked = assembly === undefined || policy.assembly === assembly
    // Regions of a grant say nothing of a dataset in which the question has no place.
    const access = accessTo(policy, isAsked ? question : { ...question, places: 'any' }, held, state)
    return { policy, isAsked, access }
  })
  if (named) {
    const isThere = (id: string) => accesses.some(({ policy, access }) => policy.id === id && access.kind !== 'unknown')
    if (!named.every(isThere)) return { kind: 'denied', code: 'not_found', message: 'there is no such dataset' }
    const refused = accesses.flatMap(({ access }) => (access.kind === 'refused' ? [access.message] : []))
    if (refused.length > 0) return { kind: 'denied', code: 'permission_denied', message: refused.join('; ') }
    const stopped = named.filter((id) => pauses.has(id))
    if (stopped.length > 0) return denyPaused(`paused by its administrator: dataset ${stopped.join(', ')}`)
  }
  const asked = accesses.filter(({ isAsked }) => isAsked)
  const datasets = new Map<string, DatasetGrant>()
  const relied = new Set<string>()
  const paused: PausedDataset[] = []
  for (const { policy, access } of asked) {
    if (access.kind !== 'granted') continue
    const pause = pauses.get(policy.id)
    if (pause) {
      paused.push({ id: policy.id, ...pause })
      continue
    }
    datasets.set(policy.id, access.grant)
    for (const id of access.relied) relied.add(id)
  }
  return {
    kind: 'granted',
    grant: Grant.mint(datasets),
    notAsked: {
      access: asked.length - datasets.size - paused.length,
      assembly: wanted.length - asked.length,
      ...(paused.length > 0 ? { paused: paused.length } : {}),
    },
    paused,
    relied: [...relied],
  }
}

function denyPaused(message: string): Decision {
  return { kind: 'denied', code: 'unavailable', message, detail: PAUSED }
}
