import type { NodeConfig } from '../../schemas/index.js'
import type { Authenticate, Credentials } from '../access/caller.js'
import type { Realm } from '../access/challenges.js'
import type { RemsGrants } from '../access/rems/rems-grants.js'
import type { AccessRules, Consent } from '../access/rules.js'
import type { AuditLog } from '../audit/audit-log.js'
import type { InterpretationSource } from '../interpretations/open-interpretations.js'
import type { Terms } from '../metadata/ontologies/open-terms.js'
import type { Individuals } from '../metadata/individuals.js'
import type { Metadata } from '../metadata/metadata.js'
import type { VariantStore } from '../variants/variant-store.js'
import type { DatasetFiles } from './offered-files.js'
import type { QuestionSources } from './resolve-question.js'
import type { VrsNamer } from '../variants/vrs/vrs-namer.js'

/** The people, and what questions about them are answered from. */
export type Register = Pick<
  Individuals,
  'findByPseudonym' | 'findByName' | 'byNumber' | 'visible' | 'everybody' | 'countFamilies' | 'sexes'
>

/** All that one kind of request is answered from: the node's own data, or the synthetic data of testMode. */
export interface BeaconData {
  readonly store: VariantStore
  readonly metadata: Metadata
  readonly individuals: Register
  readonly terms: Terms
  /** What laboratories say of alleles. */
  readonly interpretations: InterpretationSource
  /** To which answers refer. */
  readonly files: DatasetFiles
}

/** What the request path works with. */
export interface BeaconContext extends QuestionSources {
  readonly config: NodeConfig
  /** URL of this Beacon API, without a slash at the end; known once the node listens. */
  readonly baseUrl: () => string
  /** URL of the node's htsget API, likewise. */
  readonly htsgetUrl: () => string
  readonly data: BeaconData
  /** Fixed synthetic data: all that a request in testMode ever sees. */
  readonly testData: BeaconData
  /** What VRS calls the alleles of the references that the node has; not asked in testMode. */
  readonly vrs: VrsNamer
  readonly authenticate: Authenticate
  /** Who asks for another Passport, or another login. */
  readonly realm: Realm
  /** What the region has decided. */
  readonly rules: AccessRules
  /** Of a node that relies on a REMS. */
  readonly remsGrants?: RemsGrants
  /** Whom their own word, or the law, keeps out. */
  readonly consent: Consent
  readonly audit: AuditLog
  readonly now: () => Date
}

export interface Envelope {
  readonly requestId: string
  readonly credentials: Credentials
}
