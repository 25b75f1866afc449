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

export const TERRITORIES = ['region', 'national', 'EEA'] as const
/** To whom a grant is: who is of an organisation of a territory, or who asks by way of a network. */
export type WorldAudience = (typeof TERRITORIES)[number] | { readonly network: string }

export interface WorldGrant {
  readonly audience: WorldAudience
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
  /** Visas that say where the person works or studies. */
  readonly affiliations?: readonly { readonly value: string; readonly by: 'so' | 'system' | 'peer' | 'self' }[]
  /** The client that uses the Passport of the person. */
  readonly network?: string
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
const NETWORK = 'urn:network:one'
const research = { purposes: ['HRESCH'], waivesConsent: false, audience: 'EEA' } as const
const waived = { ...research, waivesConsent: true }

/** As the configuration of the node names them; the region's are national too, and national ones of the EEA. */
export const ORGANISATIONS = {
  region: ['norr.example', '*.norr.example'],
  national: ['*.university.example'],
  EEA: ['lab.eea.example'],
} as const

export const PROJECTS: readonly WorldProject[] = [
  {
    id: 'urn:ngp:project:blood',
    members: ['u2', 'u3'],
    grants: [{ ...waived, tag: HEMATOLOGY, level: 'record' }],
  },
  {
    id: 'urn:ngp:project:consented',
    members: ['u3', 'u4'],
    grants: [
      { ...research, tag: HEMATOLOGY, level: 'count', audience: 'national' },
      { ...waived, tag: FAMILIES, level: 'record' },
    ],
  },
  {
    id: 'urn:ngp:project:quality',
    members: ['u5'],
    grants: [{ tag: RARE, level: 'count', purposes: ['HQUALIMP'], waivesConsent: false, audience: 'region' }],
  },
  {
    id: 'urn:ngp:project:gene',
    members: ['u6'],
    grants: [{ ...waived, tag: HEMATOLOGY, level: 'file', region: [10_900, 13_050], audience: { network: NETWORK } }],
  },
  {
    id: 'urn:ngp:project:planned',
    members: ['u7'],
    grants: [{ ...waived, tag: RARE, level: 'count', isCountingOnly: true, audience: 'national' }],
  },
  {
    id: 'urn:ngp:project:ended',
    members: ['u8', 'u9'],
    grants: [
      { ...waived, tag: RARE, level: 'record', isRevoked: true },
      { ...waived, tag: HEMATOLOGY, level: 'record', hasExpired: true },
      { ...waived, tag: FAMILIES, level: 'boolean' },
    ],
  },
  // Everybody is a member, and what they may see depends on where they are from alone.
  {
    id: 'urn:ngp:project:borders',
    members: ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'],
    grants: [
      { ...waived, tag: HEMATOLOGY, level: 'record', audience: 'region' },
      { ...waived, tag: HEMATOLOGY, level: 'count', audience: 'EEA' },
      { ...waived, tag: RARE, level: 'record', audience: 'national' },
      { ...waived, tag: FAMILIES, level: 'record', audience: { network: NETWORK } },
    ],
  },
]

export const USERS: readonly WorldUser[] = [
  { id: 'u0', isAnonymous: true, isRegistered: false },
  { id: 'u1', isRegistered: true },
  { id: 'u2', isRegistered: true, affiliations: [{ value: 'faculty@norr.example', by: 'so' }] },
  { id: 'u3', isRegistered: false, affiliations: [{ value: 'student@med.university.example', by: 'system' }] },
  { id: 'u4', isRegistered: true, affiliations: [{ value: 'member@lab.eea.example', by: 'so' }] },
  { id: 'u5', isRegistered: false, affiliations: [{ value: 'fyr.nurse@clinic.norr.example', by: 'system' }] },
  // Of no organisation that is named, but by way of the network.
  { id: 'u6', isRegistered: true, affiliations: [{ value: 'faculty@elsewhere.example', by: 'so' }], network: NETWORK },
  // A former student, and what a colleague says, are worth nothing; one of the two others is.
  {
    id: 'u7',
    isRegistered: false,
    affiliations: [
      { value: 'alum@norr.example', by: 'so' },
      { value: 'faculty@norr.example', by: 'peer' },
      { value: 'faculty@elsewhere.example', by: 'so' },
      { value: 'faculty@law.university.example', by: 'so' },
    ],
    network: 'urn:network:two',
  },
  // Names that only look like those that are named.
  {
    id: 'u8',
    isRegistered: true,
    affiliations: [
      { value: 'faculty@evilnorr.example', by: 'so' },
      { value: 'faculty@university.example', by: 'so' },
      { value: 'faculty@norr.example.evil.example', by: 'so' },
      { value: 'faculty@sub.lab.eea.example', by: 'so' },
    ],
  },
  {
    id: 'u9',
    isRegistered: false,
    affiliations: [
      { value: 'faculty@norr.example', by: 'self' },
      { value: 'faculty@LAB.eea.example', by: 'so' },
    ],
  },
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
