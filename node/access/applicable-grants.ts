import { EMPTY, type Bitmap } from '../variants/bitmap.js'
import type { Caller } from './caller.js'
import type { DatasetPolicy } from './dataset-policy.js'
import type { AccessRules, Audience, GrantInForce, GrantedRegion } from './rules.js'

/** Stretches of one assembly, 0-based, half-open; a question is about all of them. */
export type Places = readonly GrantedRegion[]

/** What of a dataset a grant is about: by its tag, or because it names the dataset. */
export interface Coverage {
  /** Everybody and every file of the dataset. */
  readonly isWhole: boolean
  /** Where it is not the whole: the people whose data of every dataset carry the tag. They need not be in this one. */
  readonly people: Bitmap
  /** Files that carry the tag, of any dataset. */
  readonly files: ReadonlySet<string>
}

/** A grant on which a request may rely, and what of the dataset it is about. */
export interface ApplicableGrant {
  readonly grant: GrantInForce
  readonly covers: Coverage
}

/**
 * The grants of the project that a request names, if the person is an active member of it now: whatever they are for, and
 * whatever they are about.
 */
export function grantsOf(caller: Caller, rules: AccessRules, now: Date): readonly GrantInForce[] {
  const { principal, project } = caller
  if (principal.kind === 'anonymous' || project === undefined) return []
  return rules.grantsOf(principal.subjects, project, now).filter(({ audience }) => isAmong(audience, caller, now))
}

/**
 * Whether the person is of those to whom a grant may tell anything, by what was verified of the request: a network by the hub that
 * passes it on, a territory by the person's home organisation. What is not known is no.
 */
function isAmong(audience: Audience | undefined, { hub, principal, audiences }: Caller, now: Date): boolean {
  if (!audience) return true
  if (audience.kind === 'network') {
    const actor = principal.kind === 'person' ? principal.actor : undefined
    return audience.network === (hub ?? actor)
  }
  const until = audiences?.[audience.kind]
  return until !== undefined && now.getTime() < until * 1000
}

/** Until when a caller may rely on a grant by what is known now, seconds since 1970: its own end, and that of the affiliation. */
export function endOf({ ends, audience }: GrantInForce, { audiences }: Caller): number {
  const end = ends === undefined ? Infinity : Date.parse(ends) / 1000
  return audience === undefined || audience.kind === 'network' ? end : Math.min(end, audiences?.[audience.kind] ?? 0)
}

/** @param care whether the region lets data serve the care of other patients (TREAT) */
export function servesPurpose({ purposes }: GrantInForce, { purpose }: Caller, care: boolean): boolean {
  return purpose !== undefined && purposes.includes(purpose) && (purpose !== 'TREAT' || care)
}

/**
 * Whether a question lies whole in what a grant is for.
 *
 * @param places undefined: the question is about no place, or it is not known which; only a grant without regions serves it
 */
export function servesPlaces({ regions }: Pick<GrantInForce, 'regions'>, places: Places | undefined): boolean {
  if (!regions) return true
  if (!places || places.length === 0) return false
  return places.every((place) => isWithin(place, regions))
}

/** Regions that meet or overlap serve what lies over both. */
function isWithin({ assembly, contig, start, end }: GrantedRegion, regions: readonly GrantedRegion[]): boolean {
  let covered = start
  for (;;) {
    const from = covered
    const ends = regions
      .filter((region) => region.assembly === assembly && region.contig === contig && region.start <= from)
      .map((region) => region.end)
    covered = ends.reduce((most, one) => Math.max(most, one), -1)
    if (covered <= from) return false
    if (covered >= end) return true
  }
}

const NO_FILES: ReadonlySet<string> = new Set()

/** A grant is worth nothing for data of which its controller has not to decide. */
export function coverageOf(
  { scope, controller }: GrantInForce,
  dataset: Pick<DatasetPolicy, 'id' | 'controller'>,
  rules: AccessRules,
): Coverage | undefined {
  if (controller !== undefined && controller !== dataset.controller) return undefined
  if ('dataset' in scope) {
    return scope.dataset === dataset.id ? { isWhole: true, people: EMPTY, files: NO_FILES } : undefined
  }
  const { datasets, individuals, files } = rules.tagged(scope.tag, controller)
  const isWhole = datasets.has(dataset.id)
  return isWhole || !individuals.isEmpty || files.size > 0 ? { isWhole, people: individuals, files } : undefined
}

/** Grants of a dataset that a caller may rely on, whatever the place of the question. */
export function grantsFor(
  caller: Caller,
  rules: AccessRules,
  dataset: Pick<DatasetPolicy, 'id' | 'controller'>,
  { now, care }: { readonly now: Date; readonly care: boolean },
): readonly ApplicableGrant[] {
  return grantsOf(caller, rules, now)
    .filter((grant) => servesPurpose(grant, caller, care))
    .flatMap((grant) => {
      const covers = coverageOf(grant, dataset, rules)
      return covers ? [{ grant, covers }] : []
    })
}
