import {
  DATASETS,
  LEVELS,
  ORGANISATIONS,
  PROJECTS,
  SITES_OF_WORLD,
  STATUSES,
  TAGS,
  TERRITORIES,
  USERS,
  type Requested,
  type WorldAudience,
  type WorldDataset,
  type WorldGrant,
  type WorldUser,
} from './world.js'

/** What somebody asks, and with which words about themselves. */
export interface RightsQuestion {
  readonly user: string
  readonly project?: string
  readonly purpose?: string
  readonly requested: Requested
  /** Of the genome's first chromosome, 0-based, half-open; one base: the allele there. */
  readonly start: number
  readonly end: number
  readonly isRange: boolean
  /** Datasets that are named; absent: whichever there are. */
  readonly named?: readonly string[]
}

/** The most that one dataset may say, worked out from the tables of the world by going through everybody. */
export interface Expected {
  readonly granularity: Requested
  readonly exists: boolean
  /** Of one allele. */
  readonly allele?: {
    readonly individuals: number
    readonly heterozygotes: number
    readonly homozygotes: number
    readonly alleleNumber: number
  }
  /** Of a range. */
  readonly several?: { readonly variants: number; readonly individuals: number }
}

export type ExpectedAnswer =
  { readonly status: 200; readonly datasets: ReadonlyMap<string, Expected> } | { readonly status: 403 | 404 }

function has(person: string, kind: string, effect: 'allow' | 'deny'): boolean {
  return STATUSES.some((status) => status.person === person && status.kind === kind && status.effect === effect)
}

function isShownToAll(person: string): boolean {
  return !has(person, 'research_consent', 'deny') && !has(person, 'ehds_optout', 'deny')
}

function isShownUnder(person: string, purpose: string, grant: WorldGrant): boolean {
  if (has(person, 'sparr_yttre', 'deny')) return false
  if (purpose !== 'HRESCH') return true
  if (has(person, 'research_consent', 'deny')) return false
  return grant.waivesConsent || has(person, 'research_consent', 'allow')
}

/** People of a dataset to whom a grant's tag opens it. */
function peopleUnder({ tag }: WorldGrant, dataset: WorldDataset): readonly string[] {
  const { datasets, people } = TAGS.find(({ name }) => name === tag)!
  return datasets.includes(dataset.id) ? dataset.people : dataset.people.filter((person) => people.includes(person))
}

/** Where somebody works or studies, as their organisation says. */
function homesOf({ affiliations = [] }: WorldUser): readonly string[] {
  return affiliations.flatMap(({ value, by }) => {
    const [role, ...rest] = value.split('@')
    const isAtHome = ['faculty', 'student', 'member'].includes(role!) || /^\w+\.\w+$/.test(role!)
    return isAtHome && (by === 'so' || by === 'system') ? [rest.join('@').toLowerCase()] : []
  })
}

function isAmong(user: WorldUser, audience: WorldAudience): boolean {
  if (typeof audience === 'object') return user.network === audience.network
  const named = TERRITORIES.slice(0, TERRITORIES.indexOf(audience) + 1).flatMap((one) => ORGANISATIONS[one])
  const isOf = (home: string, name: string) => (name[0] === '*' ? home.endsWith(name.slice(1)) : home === name)
  return homesOf(user).some((home) => named.some((name) => isOf(home, name)))
}

function grantsOf(
  { user, project, purpose, start, end }: RightsQuestion,
  dataset: WorldDataset,
): readonly WorldGrant[] {
  if (project === undefined || purpose === undefined) return []
  const asker = USERS.find(({ id }) => id === user)!
  const joined = PROJECTS.find(({ id, members }) => id === project && members.includes(user))
  return (joined?.grants ?? []).filter(
    ({ purposes, region, isRevoked, hasExpired, ...grant }) =>
      !isRevoked &&
      !hasExpired &&
      purposes.includes(purpose) &&
      isAmong(asker, grant.audience) &&
      (!region || (region[0] <= start && end <= region[1])) &&
      peopleUnder({ ...grant, purposes }, dataset).length > 0,
  )
}

const rank = (granularity: string) => LEVELS.indexOf(granularity as Requested)
const lowest = (...all: readonly string[]) => LEVELS[Math.min(...all.map(rank))]!
/** Of a grant in Beacon: a file is a record there, and counting before a study gives counts. */
const levelOf = ({ level, isCountingOnly }: WorldGrant) => lowest(level, 'record', isCountingOnly ? 'count' : 'record')

interface Right {
  readonly granularity: Requested
  readonly people: ReadonlySet<string>
}

/** Everything that opens a dataset to who asks, each with how far and whom. */
function rightsOf(question: RightsQuestion, dataset: WorldDataset): readonly Right[] {
  const user = USERS.find(({ id }) => id === question.user)!
  const cap = (granularity: string) => lowest(granularity, dataset.granularity) as Requested
  const shown = new Set(dataset.people.filter(isShownToAll))
  const open: Right[] = []
  if (dataset.access === 'public') open.push({ granularity: cap('record'), people: shown })
  if (dataset.access === 'registered' && user.isRegistered) open.push({ granularity: cap('count'), people: shown })
  if (dataset.access === 'public') return open
  const granted = grantsOf(question, dataset).map((grant): Right => {
    const people = peopleUnder(grant, dataset).filter((person) => isShownUnder(person, question.purpose!, grant))
    return { granularity: cap(levelOf(grant)), people: new Set(people) }
  })
  return [...open, ...granted]
}

/** A dataset is in the catalogue when anybody can be let in, or a tag is on it. */
function isListed({ id, access }: WorldDataset): boolean {
  return access !== 'controlled' || TAGS.some(({ datasets }) => datasets.includes(id))
}

function isAskable(question: RightsQuestion, dataset: WorldDataset): boolean {
  return rightsOf(question, dataset).length > 0
}

function answerOf(question: RightsQuestion, dataset: WorldDataset): Expected | undefined {
  const rights = rightsOf(question, dataset)
  if (rights.length === 0) return undefined
  const best = LEVELS[Math.max(...rights.map(({ granularity }) => rank(granularity)))]!
  const granularity = lowest(question.requested, best) as Requested
  const counted = rights.filter((right) => rank(right.granularity) >= rank(granularity))
  const people = dataset.people.filter((person) => counted.some((right) => right.people.has(person)))
  return { granularity, ...countAmong(question, people) }
}

function countAmong({ start, end, isRange }: RightsQuestion, people: readonly string[]): Omit<Expected, 'granularity'> {
  const sites = SITES_OF_WORLD.filter(({ pos }) => pos - 1 >= start && pos - 1 < end)
  const carries = (call: string) => call === '0/1' || call === '1/1'
  if (isRange) {
    const carriers = new Set(sites.flatMap(({ calls }) => people.filter((person) => carries(calls.get(person)!))))
    const variants = sites.filter(({ calls }) => people.some((person) => carries(calls.get(person)!))).length
    return { exists: variants > 0, several: { variants, individuals: carriers.size } }
  }
  const calls = people.map((person) => sites[0]?.calls.get(person) ?? '0/0')
  const count = (text: string) => calls.filter((call) => call === text).length
  const [heterozygotes, homozygotes] = [count('0/1'), count('1/1')]
  const individuals = heterozygotes + homozygotes
  const alleleNumber = 2 * (calls.length - count('./.'))
  return { exists: individuals > 0, allele: { individuals, heterozygotes, homozygotes, alleleNumber } }
}

/** What the node must answer, exactly. */
export function expectedOf(question: RightsQuestion): ExpectedAnswer {
  const { named } = question
  const wanted = DATASETS.filter(({ id }) => named?.includes(id) ?? true)
  const refused = named ? wanted.filter((dataset) => !isAskable(question, dataset)) : []
  if (refused.some((dataset) => !isListed(dataset))) return { status: 404 }
  if (refused.length > 0) return { status: 403 }
  const answers = wanted.flatMap((dataset) => {
    const answer = answerOf(question, dataset)
    return answer ? [[dataset.id, answer] as const] : []
  })
  return { status: 200, datasets: new Map(answers) }
}
