import { lesserGranularity, type Granularity } from '../../schemas/index.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { coverageOf, servesPlaces, servesPurpose, type Places } from './applicable-grants.js'
import type { Caller } from './caller.js'
import type { DatasetPolicy } from './dataset-policy.js'
import type { DatasetGrant } from './grant.js'
import type { AccessRules, Consent, GrantInForce, GrantLevel } from './rules.js'

/** All that rights follow from, as it stands now. */
export interface AccessState {
  readonly rules: AccessRules
  readonly consent: Consent
  readonly register: {
    /** Everybody who was not removed. */
    visible(): VisibleSet
    everybody(): Bitmap
  }
  /** Everybody of whom a dataset has alleles or records, whoever may see them. */
  readonly peopleOf: (datasetId: string) => Bitmap
  /** Whether the region's data may serve the care of other patients (TREAT). */
  readonly care: boolean
  readonly now: Date
}

/** What somebody asks for, as far as rights depend on it. */
export interface DatasetQuestion {
  readonly caller: Caller
  /** The most that is wanted. */
  readonly granularity: Granularity
  /**
   * Of which the question is; undefined: it is about no place, or it is not known which. `any`: whether there is a place of
   * which it could be asked.
   */
  readonly places: Places | 'any' | undefined
}

export type DatasetAccess =
  /** @property relied ids of the grants whose people are shown */
  | { readonly kind: 'granted'; readonly grant: DatasetGrant; readonly relied: readonly string[] }
  /** The caller may know that it is there. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknown' }

/** On what somebody may see something of a dataset: what anybody may, what every registered researcher may, or a grant. */
interface Basis {
  readonly granularity: Granularity
  /** Absent: open to more than the members of a project. */
  readonly grant?: GrantInForce
  /** Absent: everybody. */
  readonly people?: Bitmap
}

/** A grant that is about something of the dataset. */
type Covering = Basis & { readonly grant: GrantInForce }

/** Whether the catalogue describes a dataset to everybody: all but controlled data on which nobody has decided anything. */
export function isListed({ id, access }: DatasetPolicy, { rules, now }: Pick<AccessState, 'rules' | 'now'>): boolean {
  return access !== 'controlled' || rules.isReleased(id, now)
}

/**
 * Whether somebody may know that a dataset is there: everybody may, or there is a place of which they could ask it.
 *
 * @param held the grants of the project that the request names
 */
export function mayKnow(
  policy: DatasetPolicy,
  caller: Caller,
  held: readonly GrantInForce[],
  state: AccessState,
): boolean {
  if (isListed(policy, state)) return true
  return coveringGrants(policy, held, state).some(({ grant }) => servesPurpose(grant, caller, state.care))
}

/** What a caller may see of a dataset in one request. Pure but for the state. @param held as of `mayKnow` */
export function accessTo(
  policy: DatasetPolicy,
  question: DatasetQuestion,
  held: readonly GrantInForce[],
  state: AccessState,
): DatasetAccess {
  const open = openBasis(policy, question.caller)
  const covering = policy.access === 'public' || held.length === 0 ? [] : coveringGrants(policy, held, state)
  const inPurpose = covering.filter(({ grant }) => servesPurpose(grant, question.caller, state.care))
  const { places } = question
  const inPlace = places === 'any' ? inPurpose : inPurpose.filter(({ grant }) => servesPlaces(grant, places))
  const bases: readonly Basis[] = open ? [open, ...inPlace] : inPlace
  if (bases.length > 0) return grantDataset(policy, question, bases, state)
  if (!isListed(policy, state)) return { kind: 'unknown' }
  return { kind: 'refused', message: explainRefusal(policy, question.caller, covering, inPurpose.length > 0, state) }
}

function openBasis({ access }: DatasetPolicy, { principal }: Caller): Basis | undefined {
  if (access === 'public') return { granularity: 'record' }
  const isRegistered = principal.kind === 'person' && principal.isRegistered
  return access === 'registered' && isRegistered ? { granularity: 'count' } : undefined
}

const TOLD: Readonly<Record<GrantLevel, Granularity>> = {
  boolean: 'boolean',
  count: 'count',
  record: 'record',
  file: 'record',
}

/** Grants of people are about a dataset that has one of them; pre-counted data have nobody. */
function coveringGrants(
  policy: DatasetPolicy,
  held: readonly GrantInForce[],
  { rules, register, peopleOf }: AccessState,
): readonly Covering[] {
  const { id, content } = policy
  return held.flatMap((grant): readonly Covering[] => {
    const covers = coverageOf(grant, policy, rules)
    if (!covers) return []
    const basis = { granularity: TOLD[grant.level], grant }
    if (covers.isWhole) return [basis]
    if (content === 'sites' || covers.people.isEmpty) return []
    const known = register.visible()
    const people = Bitmap.and(covers.people, peopleOf(id))
    if (known.kind === 'some') people.andInPlace(known.people)
    return people.isEmpty ? [] : [{ ...basis, people }]
  })
}

/**
 * The level is the lesser of what is wanted, what the dataset tells, and the most that any basis gives; the people are those
 * of every basis that gives as much.
 */
function grantDataset(
  policy: DatasetPolicy,
  { granularity: wanted, caller }: DatasetQuestion,
  bases: readonly Basis[],
  state: AccessState,
): DatasetAccess {
  const highest = bases.map(({ granularity }) => granularity).reduce(greaterGranularity)
  const most = lesserGranularity(policy.granularity, highest)
  const told = lesserGranularity(wanted, most)
  const used = bases.filter(({ granularity }) => lesserGranularity(granularity, told) === told)
  const { content, identifiers, caseLevelData = false } = policy
  const grant: DatasetGrant = {
    // What may be told of everybody who is shown.
    granularity: used.map(({ granularity }) => granularity).reduce(lesserGranularity, policy.granularity),
    visible: content === 'sites' ? EVERYBODY : showPeople(used, caller, most, state),
    keepsIdentifiers: identifiers === 'keep',
    caseLevelData,
  }
  return { kind: 'granted', grant, relied: used.flatMap((basis) => (basis.grant ? [basis.grant.id] : [])) }
}

function greaterGranularity(a: Granularity, b: Granularity): Granularity {
  return lesserGranularity(a, b) === a ? b : a
}

/**
 * The people of every basis, without those whom consent keeps out of it.
 *
 * @param most that could be told at all: to whom sees records, people of protected identity are not there in numbers either,
 *   so that these and the records have no difference
 */
function showPeople(
  used: readonly Basis[],
  { purpose }: Caller,
  most: Granularity,
  { consent, register, rules }: AccessState,
): VisibleSet {
  const known = register.visible()
  const isUnnamed = most === 'record' ? consent.protectedPeople() : EMPTY
  const shown = used.map(({ grant, people }) => ({
    people,
    // Who is not known by name is looked for only where a grant makes that matter.
    hidden: grant
      ? consent.hiddenFrom(purpose, grant, register.everybody())
      : consent.hiddenFrom(undefined, undefined, EMPTY),
  }))
  const isWhole = shown.some(({ people, hidden }) => !people && hidden.isEmpty)
  if (isWhole && isUnnamed.isEmpty) return known
  const everybody = known.kind === 'some' ? known.people : register.everybody()
  const people = isWhole
    ? everybody
    : Bitmap.orMany(shown.map((one) => Bitmap.andNot(one.people ?? everybody, one.hidden)))
  return {
    kind: 'some',
    people: isUnnamed.isEmpty ? Bitmap.and(people, everybody) : Bitmap.andNot(people, isUnnamed).andInPlace(everybody),
    version: [
      known.kind === 'some' ? known.version : 'everybody',
      `consent-${consent.version}`,
      `rules-${rules.version}`,
      purpose ?? '',
      most,
      ...used.map(({ grant }) => grant?.id ?? 'open'),
    ].join('/'),
  }
}

/** What the project may do is told only to who may use the dataset for something. */
function explainRefusal(
  { id }: DatasetPolicy,
  { purpose, project }: Caller,
  covering: readonly Covering[],
  isOutside: boolean,
  { care }: AccessState,
): string {
  if (covering.length === 0) return `you may not ask dataset ${id}`
  if (isOutside) return `project ${project} may not ask dataset ${id} of this place of the genome`
  const allowed = [...new Set(covering.flatMap(({ grant }) => grant.purposes))].filter((one) => one !== 'TREAT' || care)
  const asked = purpose === undefined ? 'say what for' : `not for ${purpose}`
  if (allowed.length === 0) return `you may not ask dataset ${id}: the region does not let its data serve care`
  return `project ${project} may ask dataset ${id} for ${allowed.sort().join(', ')}: ${asked}`
}
