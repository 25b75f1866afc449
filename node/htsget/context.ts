import type { NodeConfig } from '../../schemas/index.js'
import type { FilePolicy } from '../access/authorise-file.js'
import type { DatasetPolicy } from '../access/authorise.js'
import type { Authenticate, Credentials } from '../access/caller.js'
import type { Realm } from '../access/challenges.js'
import type { AccessRules, Consent } from '../access/rules.js'
import type { AuditLog } from '../audit/audit-log.js'
import type { SliceableFile, SliceFormat } from '../formats/slice.js'
import type { Individuals } from '../metadata/individuals.js'
import type { NodeMetrics } from '../metrics/metrics.js'
import type { ReadableFile } from '../privacy/disclose-file.js'
import type { Capabilities } from './capability.js'

/** A file that can be asked for by its id. */
export interface KnownFile extends FilePolicy {
  readonly format: SliceFormat
}

/** A file that was opened, of one version. */
export interface OpenFile extends ReadableFile {
  /** Other content has another version. */
  readonly version: string
  /** Of CRAM: the same records as BAM. */
  readonly asBam?: () => Promise<SliceableFile>
}

/** The files of the node. */
export interface FileSource {
  find(id: string): KnownFile | undefined
  /**
   * The file as it is now; kept open for the next who asks.
   *
   * @throws Error it cannot be opened or read: our fault, not the caller's
   */
  open(file: KnownFile): Promise<OpenFile>
}

/** What the request path works with. */
export interface HtsgetContext {
  readonly config: NodeConfig
  /** URL of this API, without a slash at the end; known once the node listens. */
  readonly baseUrl: () => string
  readonly files: FileSource
  /** Of the published datasets. */
  readonly policies: () => readonly DatasetPolicy[]
  readonly individuals: Pick<Individuals, 'visible' | 'everybody' | 'byNumber'>
  readonly capabilities: Capabilities
  readonly authenticate: Authenticate
  /** Of its challenges. */
  readonly realm: Realm
  /** What the region has decided. */
  readonly rules: AccessRules
  /** Whom their own word, or the law, keeps out. */
  readonly consent: Consent
  readonly audit: AuditLog
  readonly metrics: Pick<NodeMetrics, 'tickets' | 'fileBytes'>
  readonly now: () => Date
}

export interface Envelope {
  readonly requestId: string
  readonly credentials: Credentials
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
}
