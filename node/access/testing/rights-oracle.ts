import type { AssemblyId, Granularity } from '../../../schemas/index.js'
import type { Purpose } from '../caller.js'
import type { StatusEffect, StatusKind } from '../consent/status.js'
import type { Audience, GrantLevel } from '../rules.js'

/** A region as tables of plain values, and who asks it what: all that an answer may follow from. */
export interface RightsWorld {
  readonly datasets: readonly {
    readonly id: string
    readonly access: 'public' | 'registered' | 'controlled'
    readonly granularity: Granularity
    readonly assembly: AssemblyId
    readonly controller: string
    readonly isPreCounted: boolean
    readonly people: readonly number[]
  }[]
  readonly tagged: readonly { readonly tag: string; readonly controller: string; readonly object: string | number }[]
  readonly grants: readonly {
    readonly id: string
    readonly project: string
    readonly controller: string
    readonly scope: { readonly tag: string } | { readonly dataset: string }
    readonly level: GrantLevel
    readonly purposes: readonly Purpose[]
    readonly region: readonly [number, number] | undefined
    readonly waivesConsent: boolean
    readonly ehdsPermitAt: number | undefined
    readonly audience: Audience | undefined
  }[]
  /** Organisations by territory, as `node.yaml` names them. */
  readonly organisations: Readonly<Partial<Record<'region' | 'national' | 'EEA', readonly string[]>>>
  /** Projects of which the one person is a member. */
  readonly memberOf: readonly string[]
  readonly statuses: readonly {
    readonly person: number
    readonly kind: StatusKind
    readonly effect: StatusEffect
    readonly scope: string | undefined
    readonly from: number
  }[]
  readonly removed: readonly number[]
  readonly paused: readonly { readonly scope: 'network' | 'controller' | 'dataset'; readonly name: string }[]
  readonly care: boolean
}

export interface RightsAsked {
  readonly who: 'nobody' | 'somebody' | 'registered'
  readonly project: string | undefined
  readonly purpose: Purpose | undefined
  readonly hub: string | undefined
  /** Home organisations, by visas. */
  readonly homes: readonly string[]
  readonly granularity: Granularity
  readonly assembly: AssemblyId | undefined
  readonly place: readonly [number, number] | undefined
  readonly named: readonly string[] | undefined
}

export interface Told {
  readonly granularity: Granularity
  readonly people: readonly number[]
}

export type RightsExpected =
  | { readonly kind: 'denied'; readonly code: string }
  | {
      readonly kind: 'granted'
      readonly datasets: ReadonlyMap<string, Told>
      readonly paused: readonly string[]
      readonly access: number
      readonly assembly: number
    }

type Dataset = RightsWorld['datasets'][number]
type WorldGrant = RightsWorld['grants'][number]

const LEVELS = ['boolean', 'count', 'record'] as const
const rank = (level: string) => (level === 'file' ? 2 : LEVELS.indexOf(level as Granularity))

/** The last thing said of a person, of a kind, for a scope. */
function saidOf({ statuses }: RightsWorld, person: number): RightsWorld['statuses'] {
  const last = new Map<string, RightsWorld['statuses'][number]>()
  for (const one of statuses) if (one.person === person) last.set(`${one.kind} ${one.scope}`, one)
  return [...last.values()]
}

function mayServe(
  world: RightsWorld,
  person: number,
  purpose: Purpose | undefined,
  grant: WorldGrant | undefined,
): boolean {
  const said = saidOf(world, person)
  const no = said.filter(({ effect }) => effect === 'deny')
  const says = (kind: StatusKind) => no.some((one) => one.kind === kind)
  const isOfGrant = (scope: string | undefined) =>
    scope === undefined ||
    (grant !== undefined &&
      (scope === `project:${grant.project}` || ('tag' in grant.scope && scope === `tag:${grant.scope.tag}`)))
  const refusesResearch = no.some(({ kind, scope }) => kind === 'research_consent' && isOfGrant(scope))
  const refusesBiobank = no.some(
    ({ kind, scope }) => kind === 'biobank_consent' && (scope === undefined || scope === 'part:genomics'),
  )
  if (!grant) return !refusesResearch && !refusesBiobank && !says('ehds_optout')
  if (purpose === 'PATRQT') return true
  const permit = grant.ehdsPermitAt
  if (permit !== undefined && no.some(({ kind, from }) => kind === 'ehds_optout' && from <= permit)) return false
  if (purpose === 'TREAT' || purpose === 'HQUALIMP') return !says('sparr_inre') && !says('sparr_yttre')
  if (says('sparr_yttre') || says('deceased') || refusesResearch || refusesBiobank) return false
  const agrees = said.some(
    ({ kind, effect, scope }) => kind === 'research_consent' && effect === 'allow' && isOfGrant(scope),
  )
  return grant.waivesConsent || agrees
}

/** Whether what carries a grant's tag, or what it names, is a person's data in a dataset. */
function covers({ tagged }: RightsWorld, grant: WorldGrant, dataset: Dataset, person: number | undefined): boolean {
  if (grant.controller !== dataset.controller) return false
  const { scope } = grant
  if ('dataset' in scope) return scope.dataset === dataset.id
  return tagged.some(
    ({ tag, controller, object }) =>
      tag === scope.tag && controller === grant.controller && (object === dataset.id || object === person),
  )
}

/** By the last labels of the names, territory by territory from the inside. */
function isAmong({ organisations }: RightsWorld, audience: Audience | undefined, { hub, homes }: RightsAsked): boolean {
  if (audience === undefined) return true
  if (audience.kind === 'network') return audience.network === hub
  const wide = { region: ['region'], national: ['region', 'national'], EEA: ['region', 'national', 'EEA'] } as const
  const labels = (name: string) => name.split('.').toReversed()
  const isOf = (home: string, name: string) => {
    const wanted = labels(name).filter((label) => label !== '*')
    const own = labels(home)
    const isBelow = wanted.every((label, index) => own[index] === label)
    return isBelow && (name.startsWith('*') ? own.length > wanted.length : own.length === wanted.length)
  }
  return wide[audience.kind].some((kind) =>
    (organisations[kind] ?? []).some((name) => homes.some((home) => isOf(home, name))),
  )
}

function rightsOf(world: RightsWorld, asked: RightsAsked, dataset: Dataset, ignoresPlace: boolean) {
  const present = dataset.people.filter((person) => !world.removed.includes(person))
  const isIn = (region: readonly [number, number] | undefined) =>
    region === undefined ||
    ignoresPlace ||
    (asked.place !== undefined && region[0] <= asked.place[0] && asked.place[1] <= region[1])
  const open = dataset.access === 'public' ? ['record'] : []
  if (dataset.access === 'registered' && asked.who === 'registered') open.push('count')
  const rights: { level: string; grant?: WorldGrant; isFor: (person: number) => boolean }[] = open.map((level) => ({
    level,
    isFor: () => true,
  }))
  const mayUseGrants = asked.who !== 'nobody' && asked.project !== undefined && world.memberOf.includes(asked.project)
  if (dataset.access !== 'public' && mayUseGrants) {
    for (const grant of world.grants) {
      const purpose = asked.purpose
      if (grant.project !== asked.project || purpose === undefined || !grant.purposes.includes(purpose)) continue
      if ((purpose === 'TREAT' && !world.care) || !isIn(grant.region)) continue
      if (!isAmong(world, grant.audience, asked)) continue
      const isFor = (person: number) => covers(world, grant, dataset, person)
      const isWhole = covers(world, grant, dataset, undefined)
      if (isWhole || (!dataset.isPreCounted && present.some(isFor))) rights.push({ level: grant.level, grant, isFor })
    }
  }
  return { rights, present }
}

function isListed({ tagged, grants }: RightsWorld, { id, access }: Dataset): boolean {
  if (access !== 'controlled') return true
  return (
    tagged.some(({ object }) => object === id) || grants.some(({ scope }) => 'dataset' in scope && scope.dataset === id)
  )
}

function told(world: RightsWorld, asked: RightsAsked, dataset: Dataset): Told | undefined {
  const { rights, present } = rightsOf(world, asked, dataset, false)
  if (rights.length === 0) return undefined
  const most = Math.min(rank(dataset.granularity), Math.max(...rights.map(({ level }) => rank(level))))
  const effective = Math.min(rank(asked.granularity), most)
  const isProtected = (person: number) =>
    saidOf(world, person).some(({ kind, effect }) => kind === 'protected_identity' && effect === 'deny')
  const people = present.filter(
    (person) =>
      !(most === rank('record') && isProtected(person)) &&
      rights.some(
        ({ level, grant, isFor }) =>
          rank(level) >= effective && isFor(person) && mayServe(world, person, asked.purpose, grant),
      ),
  )
  return { granularity: LEVELS[effective]!, people: dataset.isPreCounted ? dataset.people : people }
}

/** What may be told, by going through everybody and everything. */
export function expectedRights(world: RightsWorld, asked: RightsAsked): RightsExpected {
  const denied = (code: string): RightsExpected => ({ kind: 'denied', code })
  if (world.paused.some(({ scope }) => scope === 'network')) return denied('unavailable')
  const isPaused = ({ id, controller }: Dataset) =>
    world.paused.some(({ scope, name }) => name === (scope === 'controller' ? controller : id))
  const wanted = world.datasets.filter(({ id }) => asked.named?.includes(id) ?? true)
  const isAsked = ({ assembly }: Dataset) => asked.assembly === undefined || assembly === asked.assembly
  if (asked.named) {
    const known = (id: string) => wanted.find((dataset) => dataset.id === id)
    const mayAsk = (dataset: Dataset) => rightsOf(world, asked, dataset, !isAsked(dataset)).rights.length > 0
    const isThere = (dataset: Dataset) => mayAsk(dataset) || isListed(world, dataset)
    if (asked.named.some((id) => !known(id) || !isThere(known(id)!))) return denied('not_found')
    if (wanted.some((dataset) => !mayAsk(dataset))) return denied('permission_denied')
    if (wanted.some(isPaused)) return denied('unavailable')
  }
  const datasets = new Map<string, Told>()
  const paused: string[] = []
  let access = 0
  for (const dataset of wanted.filter(isAsked)) {
    const answer = told(world, asked, dataset)
    if (!answer) access++
    else if (isPaused(dataset)) paused.push(dataset.id)
    else datasets.set(dataset.id, answer)
  }
  return { kind: 'granted', datasets, paused, access, assembly: wanted.filter((one) => !isAsked(one)).length }
}
