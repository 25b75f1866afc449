import { closed } from '../json-schema.js'
import { VERIFIER_KEY_PATTERN } from '../witness/signed-note.js'

/** Who is sent the checkpoints of the audit log, and cosigns them. */
export interface WitnessConfig {
  /** What metrics, logs and files call it; once in the list. */
  readonly name: string
  /** Its prefix (c2sp.org/tlog-witness), `https://…/witness`. */
  readonly url: string
  /** The key of its cosignatures, as `fyr-hub witness key` and `fyr-node witness key` print it. */
  readonly publicKey: string
}

/** `audit` of `node.yaml` */
export interface AuditConfig {
  /** Absent: checkpoints stay here. */
  readonly witnesses?: readonly WitnessConfig[]
  /** Keys of the logs that this node cosigns, as `fyr-node audit key` prints them. */
  readonly cosigns?: readonly string[]
  /** Allow witnesses on private and loopback addresses and without TLS: for tests and demonstrations. */
  readonly allowPrivate?: boolean
}

export const verifierKey = { type: 'string', pattern: VERIFIER_KEY_PATTERN }

export const auditSchema = {
  type: 'object',
  properties: {
    witnesses: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'url', 'publicKey'],
        properties: {
          name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,39}$' },
          url: { type: 'string', format: 'uri', pattern: '^https?://' },
          publicKey: verifierKey,
        },
        ...closed,
      },
    },
    cosigns: { type: 'array', items: verifierKey, uniqueItems: true },
    allowPrivate: { type: 'boolean' },
  },
  ...closed,
}
