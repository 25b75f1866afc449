import {
  GENOMIC_VARIANT_SCHEMA,
  type AssemblyId,
  type BeaconRequest,
  type DataResponse,
  type Granularity,
  type Handover,
  type NodeSummary,
} from '../../schemas/index.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { Release } from '../privacy/disclose.js'
import type { VrsNamer } from '../variants/vrs/vrs-namer.js'
import { toGenomicVariation, type RecordStyle } from './genomic-variation.js'
import { addUndecidable } from './pre-counted.js'
import { presentData } from './present-data.js'

export interface Presentation {
  readonly beaconId: string
  /** URL of this Beacon API, without a slash at the end. */
  readonly baseUrl: string
  readonly request: BeaconRequest
  readonly requestedGranularity: Granularity
  readonly assembly: AssemblyId
  readonly notAsked: NodeSummary['datasetsNotAsked']
  /** Absent: records have no VRS identifiers. */
  readonly vrs: VrsNamer | undefined
  /** Filters or the path leave only some people of each dataset. */
  readonly isNarrowed: boolean
  /** Files of datasets where the records of the answer are to be had, by dataset. */
  readonly handovers: ReadonlyMap<string, readonly Handover[]>
  /** How the request was understood, where that needs saying. */
  readonly notes: readonly string[]
  /** What the question was resolved by, and to, where it names no place. */
  readonly info?: object
}

/** Builds the Beacon answer to a variant query from what was disclosed, and from nothing else. */
export function presentVariants(release: Disclosed<Release>, presentation: Presentation): DataResponse {
  const { beaconId, request, requestedGranularity, notes } = presentation
  const style = toStyle(presentation)
  return presentData({
    beaconId,
    request,
    requestedGranularity,
    schema: GENOMIC_VARIANT_SCHEMA,
    exists: release.exists,
    sets: release.datasets.map(
      ({ dataset, granularity, exists, variants, counts, individuals, interpretations, records, annotation }) => ({
        datasetId: dataset.id,
        granularity,
        exists,
        count: variants,
        handovers: presentation.handovers.get(dataset.id),
        results: records.map((record) => toGenomicVariation(record, dataset, style)),
        info: {
          assemblyId: dataset.assembly,
          normalised: dataset.normalisation === 'left-aligned',
          ...(counts ? { counts } : {}),
          ...(individuals ? { bounds: { individuals } } : {}),
          ...(interpretations ? { interpretations } : {}),
          ...(annotation ? { annotation } : {}),
          ...(dataset.content === 'sites' ? { content: 'sites' } : {}),
        },
      }),
    ),
    info: {
      node: toNodeSummary(release, presentation),
      ...presentation.info,
      ...(notes.length > 0 ? { notes } : {}),
    },
  })
}

/** Records are VRS objects for who names a schema of VRS among `requestedSchemas`, e.g. `ga4gh-vrs-1.3`. */
const VRS_SCHEMA = /^(ga4gh-)?vrs\b/i

function toStyle({ baseUrl, vrs, isNarrowed, request }: Presentation): RecordStyle {
  const asksVrs = request.summary.requestedSchemas.some(({ schema }) => schema !== undefined && VRS_SCHEMA.test(schema))
  return { baseUrl, vrs, isNarrowed, form: asksVrs ? 'vrs' : 'legacy' }
}

function toNodeSummary(release: Release, { assembly, notAsked }: Presentation): NodeSummary {
  return {
    assemblyId: assembly,
    datasetsAsked: release.datasets.length,
    datasetsNotAsked: addUndecidable(notAsked, release.undecidable ?? 0),
    ...(release.counts ? { counts: release.counts } : {}),
    bounds: { individuals: release.individuals },
    normalised: release.datasets.every(({ dataset }) => dataset.normalisation === 'left-aligned'),
  }
}
