import type { Purpose } from '../caller.js'
import type { Audience, Delivery, GrantedRegion, GrantLevel, Pause } from '../rules.js'

/** Somebody as a broker calls them, spelled as in tokens. */
export interface Identity {
  readonly iss: string
  readonly sub: string
}

/** From when until when, ISO 8601 in UTC; `to` is the first moment after. */
export interface Period {
  readonly from: string
  readonly to: string
}

/** Who changed something, and when. */
export interface Stamp {
  readonly by: string
  readonly at: string
}

export interface Project extends Period {
  /** A URN, which requests name in `NGP-Project`. */
  readonly id: string
  readonly title: string
  readonly principalInvestigator: Identity
  /** Diary number of the ethics approval. */
  readonly ethicsNumber?: string
  readonly purposes: readonly Purpose[]
  /** Terms of the Data Use Ontology, `DUO:0000007`. */
  readonly duo: readonly string[]
  readonly closed?: Stamp
}

export const MEMBER_ROLES = ['principal-investigator', 'member'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

export interface Member extends Identity {
  readonly id: number
  readonly project: string
  readonly role: MemberRole
  readonly from: string
  /** Absent: as long as the project. */
  readonly to?: string
  readonly removed?: Stamp
}

/** A name by which a region releases data for a shared use. */
export interface Tag {
  readonly name: string
  /** The data access committee that decides on it: a URL, or its name. */
  readonly dac: string
  readonly purposes: readonly Purpose[]
  /** The most that any grant on it may let out. */
  readonly highestLevel: GrantLevel
  readonly to: string
}

export const OBJECT_KINDS = ['dataset', 'individual', 'file'] as const
export type ObjectKind = (typeof OBJECT_KINDS)[number]

/** Something that carries a tag. */
export interface TaggedObject {
  readonly tag: string
  readonly kind: ObjectKind
  /** Id of a dataset or a file, number of an individual. */
  readonly object: string
  /** Whose decision it was to add it. */
  readonly controller: string
  readonly decision: string
  readonly from: string
  readonly to?: string
  readonly added: Stamp
  readonly removed?: Stamp
}

/** What a project asks for, or was granted. */
export interface Want {
  readonly tag?: string
  readonly dataset?: string
  readonly level: GrantLevel
  /** Absent: the whole genome. */
  readonly regions?: readonly GrantedRegion[]
}

export const APPLICATION_STATES = [
  'draft',
  'submitted',
  'returned',
  'in_review',
  'approved',
  'rejected',
  'closed',
  'revoked',
  'expired',
] as const
export type ApplicationState = (typeof APPLICATION_STATES)[number]

/** A project's application to one controller. */
export interface Application {
  readonly id: string
  readonly project: string
  readonly controller: string
  readonly wants: readonly Want[]
  readonly state: ApplicationState
  readonly steps: readonly (Stamp & { readonly state: ApplicationState; readonly note?: string })[]
}

export const LEGAL_BASES = ['research', 'antalsberakning', 'ehds', 'care', 'quality', 'public-health'] as const
export type LegalBasis = (typeof LEGAL_BASES)[number]

/** What every decision states. */
interface DecisionHead {
  /** The deciders, two at least. */
  readonly by: readonly string[]
  readonly diaryNumber: string
}

export interface Approval extends DecisionHead {
  readonly outcome: 'approve'
  /** The research body that is responsible (forskningshuvudman). */
  readonly responsibleBody: string
  readonly ethics?: {
    readonly number: string
    readonly authority?: string
    readonly amendments?: readonly { readonly number: string; readonly date?: string }[]
    readonly from?: string
    readonly to: string
  }
  readonly legalBasis: LegalBasis
  /** What the secrecy review found (Public Access to Information and Secrecy Act). */
  readonly secrecyReview: string
  readonly reservations?: readonly string[]
  readonly biobankAgreement?: string
  /** Counting before a planned clinical study (Patient Data Act 2:4). */
  readonly antalsberakning?: {
    readonly requestingResearcher: string
    readonly plannedStudy: string
    readonly criteria: string
  }
  /** The ethics approval is without consent. */
  readonly waivesConsent?: boolean
  readonly ehdsPermitAt?: string
  readonly audience: Audience
  readonly deliverTo?: readonly Delivery[]
  /** Less than was applied for; absent: what was. */
  readonly wants?: readonly Want[]
  /** Absent: those of the project. */
  readonly purposes?: readonly Purpose[]
  readonly from?: string
  /** Absent: as long as the project and its ethics approval. */
  readonly to?: string
  readonly conditions?: string
}

export interface Refusal extends DecisionHead {
  readonly outcome: 'reject'
  readonly reasons: readonly string[]
  /** How to appeal. */
  readonly appeal: string
}

export type DecisionText = Approval | Refusal

/** A decision as it is kept; it is never changed. */
export type Decision = DecisionText & {
  readonly id: string
  readonly application: string
  readonly controller: string
  readonly added: Stamp
}

/** A decision that one administrator put down, and another has not confirmed, or has. It is never changed. */
export interface Proposal {
  readonly id: string
  readonly application: string
  /** As it was sent; the deciders are who proposed and who confirmed it. */
  readonly decision: Readonly<Record<string, unknown>>
  readonly proposed: Stamp
  readonly ended?: Stamp & { readonly as: 'confirmed' | 'withdrawn'; readonly note?: string }
}

/** What a decision let out; in force only while project, application and tag are too. */
export interface StoredGrant extends Period {
  readonly id: string
  readonly project: string
  readonly controller: string
  readonly application: string
  readonly decision: string
  readonly tag?: string
  readonly dataset?: string
  readonly level: GrantLevel
  readonly regions?: readonly GrantedRegion[]
  readonly purposes: readonly Purpose[]
  readonly audience: Audience
  readonly deliverTo?: readonly Delivery[]
  readonly waivesConsent: boolean
  readonly ehdsPermitAt?: string
  readonly revoked?: Stamp & { readonly reason?: string }
}

export interface PauseScope {
  readonly scope: Pause['scope']
  /** Id of the dataset, or name of the controller. */
  readonly name?: string
}

export interface StoredPause extends PauseScope {
  readonly reason: string
  readonly paused: Stamp
  readonly resumed?: Stamp & { readonly reason: string }
}
