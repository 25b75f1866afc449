import type { AssemblyId } from '../../schemas/index.js'
import { EMPTY, type Bitmap } from '../variants/bitmap.js'
import type { Purpose } from './caller.js'
import type { Subject } from './person.js'

/** How much a grant lets out, from least to most. */
export const GRANT_LEVELS = ['boolean', 'count', 'record', 'file'] as const
export type GrantLevel = (typeof GRANT_LEVELS)[number]

export const AUDIENCES = ['region', 'national', 'EEA', 'network'] as const

/** Who may be told. */
export type Audience =
  | { readonly kind: Exclude<(typeof AUDIENCES)[number], 'network'> }
  | { readonly kind: 'network'; readonly network: string }

/** Where files of a grant may go. */
export type Delivery =
  { readonly kind: 'crypt4gh'; readonly publicKey: string } | { readonly kind: 'client'; readonly client: string }

/** A stretch of the genome, 0-based, half-open. */
export interface GrantedRegion {
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly end: number
}

/** A grant in force: decided by two, not revoked, within its time, of a project within its. */
export interface GrantInForce {
  readonly id: string
  readonly project: string
  /** Who decided: the grant is worth nothing for the data of another controller. Absent: it is bound to none. */
  readonly controller?: string
  readonly scope: { readonly tag: string } | { readonly dataset: string }
  /** Of a grant for `antalsberakning` (Swedish Patient Data Act 2:4) at most `count`. */
  readonly level: GrantLevel
  readonly purposes: readonly Purpose[]
  /** Absent: the whole genome. */
  readonly regions?: readonly GrantedRegion[]
  /** Absent: no file leaves. */
  readonly deliverTo?: readonly Delivery[]
  /** Absent: not said. */
  readonly audience?: Audience
  /** ISO 8601: when the first of what it rests on ends, by what is known now. Absent: not said. */
  readonly ends?: string
  /** The decision says that research consent need not be known (ethics approval without consent). */
  readonly waivesConsent: boolean
  /** Terms of the Data Use Ontology of the project; absent: not known. */
  readonly duo?: readonly string[]
  /** The permit is of the European Health Data Space, issued then. */
  readonly ehdsPermitAt?: Date
}

/** What carries a tag. */
export interface Tagged {
  readonly datasets: ReadonlySet<string>
  /** People whose data of every dataset carry it, by number. */
  readonly individuals: Bitmap
  readonly files: ReadonlySet<string>
}

/** Why nothing is told for now. */
export interface Pause {
  readonly scope: 'network' | 'controller' | 'dataset'
  readonly reason: string
  readonly since: Date
}

/** What the region has decided, as it stands now; read anew for every request. */
export interface AccessRules {
  /** Grants of a project of which one of these subjects is an active member now; none when it is not. */
  grantsOf(subjects: readonly Subject[], project: string, now: Date): readonly GrantInForce[]
  /** @param controller what carries the tag by decisions of this controller alone; absent: by anybody's */
  tagged(tag: string, controller?: string): Tagged
  /** Whether a tag is on the dataset itself, or a grant in force names it: then the catalogue describes it to everybody. */
  isReleased(datasetId: string, now: Date): boolean
  pauseOf(datasetId: string, controller: string | undefined): Pause | undefined
  /** Grows with every change of grants and tags, so that what was prepared for one state never serves another. */
  readonly version: string
}

/** Of a node where nothing was decided: nobody was granted anything, and nothing is paused. */
export const NO_RULES: AccessRules = {
  grantsOf: () => [],
  tagged: () => ({ datasets: new Set(), individuals: EMPTY, files: new Set() }),
  isReleased: () => false,
  pauseOf: () => undefined,
  version: 'none',
}

/** Whom a person's own word, or the law, keeps out. */
export interface Consent {
  /**
   * The people who may not be told of, for a purpose. Everybody else may.
   *
   * @param purpose undefined: of public and registered data, which name none
   * @param grant what the request relies on; undefined: public or registered access
   * @param everybody of the node, so that those of whom nothing is known can be told
   */
  hiddenFrom(purpose: Purpose | undefined, grant: GrantInForce | undefined, everybody: Bitmap): Bitmap
  /** People of protected identity: numbers may count them, records and files never show them. Not to be changed. */
  protectedPeople(): Bitmap
  /** Grows with every change, so that what was prepared for one state never serves another. */
  readonly version: string
}

/** Of synthetic data: nobody is there who could have said anything. */
export const NO_CONSENT: Consent = {
  hiddenFrom: () => EMPTY,
  protectedPeople: () => EMPTY,
  version: 'none',
}
