import { createRandom } from '../support/random.js'

/** A made-up region with people in several datasets, what it decided, and who asks: nothing of it is read from a node. */

export const LEVELS = ['boolean', 'count', 'record', 'file'] as const
export type Level = (typeof LEVELS)[number]
export const REQUESTED = ['boolean', 'count', 'record'] as const
export type Requested = (typeof REQUESTED)[number]

export interface WorldDataset {
  readonly id: string
  readonly access: 'public' | 'registered' | 'controlled'
  readonly granularity: Requested
  readonly people: readonly string[]
}

export interface WorldGrant {
  readonly tag: string
  readonly level: Level
  readonly purposes: readonly string[]
  readonly waivesConsent: boolean
  /** On chromosome 1, 0-based, half-open; absent: the whole genome. */
  readonly region?: readonly [start: number, end: number]
  /** Counting before a planned study: never more than counts. */
  readonly isCountingOnly?: boolean
  readonly isRevoked?: boolean
  readonly hasExpired?: boolean
}

export interface WorldProject {
  readonly id: string
  readonly members: readonly string[]
  readonly grants: readonly WorldGrant[]
}

export interface WorldStatus {
  readonly person: string
  readonly kind: 'research_consent' | 'ehds_optout' | 'sparr_yttre'
  readonly effect: 'allow' | 'deny'
}

export interface WorldUser {
  readonly id: string
  /** Has no token at all. */
  readonly isAnonymous?: boolean
  readonly isRegistered: boolean
}

export interface WorldTag {
  readonly name: string
  readonly datasets: readonly string[]
  readonly people: readonly string[]
}

export interface Site {
  /** 1-based. */
  readonly pos: number
  /** GT by person. */
  readonly calls: ReadonlyMap<string, string>
}

const PEOPLE = 40
const SITES = 60
const STEP = 100
const GENOTYPES = ['0/0', '0/0', '0/0', '0/0', '0/1', '0/1', '1/1', './.'] as const

const random = createRandom(2_026)
const name = (index: number) => `lab-${String(index).padStart(2, '0')}`
const between = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => name(from + index))
export const PERSONS = between(0, PEOPLE)

export const SITES_OF_WORLD: readonly Site[] = Array.from({ length: SITES }, (_, index) => ({
  pos: 10_001 + index * STEP,
  calls: new Map(PERSONS.map((person) => [person, GENOTYPES[Math.floor(random() * GENOTYPES.length)]!])),
}))

/** Overlapping, so that a person of two datasets is one person. `dark` has no tag: nobody may know of it. */
export const DATASETS: readonly WorldDataset[] = [
  { id: 'open', access: 'public', granularity: 'record', people: between(30, 40) },
  { id: 'known', access: 'registered', granularity: 'record', people: between(20, 32) },
  { id: 'blood', access: 'controlled', granularity: 'record', people: between(0, 24) },
  { id: 'rare', access: 'controlled', granularity: 'record', people: between(12, 30) },
  { id: 'vague', access: 'controlled', granularity: 'boolean', people: between(4, 20) },
  { id: 'dark', access: 'controlled', granularity: 'record', people: between(0, 40) },
]

export const TAGS: readonly WorldTag[] = [
  { name: 'Gemensamt.Hematologi', datasets: ['blood', 'vague'], people: [] },
  { name: 'Gemensamt.Sallsynt', datasets: ['rare'], people: [] },
  // Of single people, in whichever dataset they are; some of them in `dark` alone.
  { name: 'Gemensamt.Familjer', datasets: [], people: [...between(10, 16), name(38)] },
]

const HEMATOLOGY = 'Gemensamt.Hematologi'
const RARE = 'Gemensamt.Sallsynt'
const FAMILIES = 'Gemensamt.Familjer'
const research = { purposes: ['HRESCH'], waivesConsent: false }

export const PROJECTS: readonly WorldProject[] = [
  {
    id: 'urn:ngp:project:blood',
    members: ['u2', 'u3'],
    grants: [{ ...research, tag: HEMATOLOGY, level: 'record', waivesConsent: true }],
  },
  {
    id: 'urn:ngp:project:consented',
    members: ['u3', 'u4'],
    grants: [
      { ...research, tag: HEMATOLOGY, level: 'count' },
      { ...research, tag: FAMILIES, level: 'record', waivesConsent: true },
    ],
  },
  {
    id: 'urn:ngp:project:quality',
    members: ['u5'],
    grants: [{ tag: RARE, level: 'count', purposes: ['HQUALIMP'], waivesConsent: false }],
  },
  {
    id: 'urn:ngp:project:gene',
    members: ['u6'],
    grants: [{ ...research, tag: HEMATOLOGY, level: 'file', waivesConsent: true, region: [10_900, 13_050] }],
  },
  {
    id: 'urn:ngp:project:planned',
    members: ['u7'],
    grants: [{ ...research, tag: RARE, level: 'count', waivesConsent: true, isCountingOnly: true }],
  },
  {
    id: 'urn:ngp:project:ended',
    members: ['u8', 'u9'],
    grants: [
      { ...research, tag: RARE, level: 'record', waivesConsent: true, isRevoked: true },
      { ...research, tag: HEMATOLOGY, level: 'record', waivesConsent: true, hasExpired: true },
      { ...research, tag: FAMILIES, level: 'boolean', waivesConsent: true },
    ],
  },
]

export const USERS: readonly WorldUser[] = [
  { id: 'u0', isAnonymous: true, isRegistered: false },
  { id: 'u1', isRegistered: true },
  { id: 'u2', isRegistered: true },
  { id: 'u3', isRegistered: false },
  { id: 'u4', isRegistered: true },
  { id: 'u5', isRegistered: false },
  { id: 'u6', isRegistered: true },
  { id: 'u7', isRegistered: false },
  { id: 'u8', isRegistered: true },
  { id: 'u9', isRegistered: false },
]

/** Of a third nothing is known. */
export const STATUSES: readonly WorldStatus[] = PERSONS.flatMap((person, index): readonly WorldStatus[] => {
  const statuses: WorldStatus[] = []
  if (index % 3 === 0) statuses.push({ person, kind: 'research_consent', effect: 'allow' })
  if (index % 7 === 1) statuses.push({ person, kind: 'research_consent', effect: 'deny' })
  if (index % 11 === 5) statuses.push({ person, kind: 'ehds_optout', effect: 'deny' })
  if (index % 6 === 2) statuses.push({ person, kind: 'sparr_yttre', effect: 'deny' })
  return statuses
})
