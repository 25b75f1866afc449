import type { AssemblyId } from '../assembly.js'
import { closed, count, dateTime, objectSchema, text } from '../json-schema.js'
import type { Bounds, Counts } from './counts.js'

/**
 * What a node says of itself as a whole in `info.node` of a variant answer: the union over the datasets that were asked,
 * each person once, and what it holds but was not asked about.
 */
export interface NodeSummary {
  /** The assembly that was asked; absent when the question needs none. */
  readonly assemblyId?: AssemblyId
  readonly datasetsAsked: number
  readonly datasetsNotAsked: {
    /** Datasets of this assembly that the caller may not ask. */
    readonly access: number
    /** Datasets of another assembly. */
    readonly assembly: number
    /** Pre-counted datasets that were asked something of which only people can tell, such as a phenotype; absent: none. */
    readonly undecidable?: number
    /** Datasets without the records that a filter speaks of, so that nothing can be said of their people; absent: none. */
    readonly metadata?: number
    /** Datasets that the caller might ask, but that their controller or the region has paused; absent: none. */
    readonly paused?: number
  }
  /** Those of `datasetsNotAsked.paused`; absent: none. No number is then complete. */
  readonly paused?: readonly PausedDatasetSummary[]
  /** Absent when a dataset that was asked does not release counts, or when carriers of several datasets may be the same people. */
  readonly counts?: Counts
  /** People with the allele in the datasets asked, inherited or in a tumour. */
  readonly bounds: { readonly individuals: Bounds }
  /** False when some dataset is trimmed but not left-aligned: another spelling of an indel may be missed. */
  readonly normalised: boolean
}

export interface PausedDatasetSummary {
  readonly id: string
  readonly scope: (typeof PAUSE_SCOPES)[number]
  readonly reason: string
  /** RFC 3339. */
  readonly since: string
}

/** What a pause is of: of one dataset, or of all that one controller answers for. */
const PAUSE_SCOPES = ['dataset', 'controller'] as const

export const nodeSummarySchema = objectSchema(
  'What a node says of itself as a whole',
  ['datasetsAsked', 'datasetsNotAsked', 'bounds', 'normalised'],
  {
    assemblyId: { enum: ['GRCh37', 'GRCh38'] },
    datasetsAsked: count,
    datasetsNotAsked: {
      type: 'object',
      required: ['access', 'assembly'],
      properties: { access: count, assembly: count, metadata: count, paused: count, undecidable: count },
      ...closed,
    },
    paused: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'scope', 'reason', 'since'],
        properties: { id: text, scope: { enum: PAUSE_SCOPES }, reason: text, since: dateTime },
        ...closed,
      },
    },
    counts: { $ref: 'counts.json' },
    bounds: {
      type: 'object',
      required: ['individuals'],
      properties: { individuals: { $ref: 'bounds.json' } },
      ...closed,
    },
    normalised: { type: 'boolean' },
  },
  closed,
)
