import {
  GENOMIC_VARIANT_SCHEMA,
  type AssemblyId,
  type BeaconRequest,
  type DataResponse,
  type GenomicVariation,
  type Granularity,
  type Handover,
  type NodeSummary,
} from '../../schemas/index.js'
import type { PausedDataset } from '../access/authorise.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { DatasetRelease, Release } from '../privacy/disclose.js'
import type { HgvsNamer } from '../variants/hgvs/hgvs-namer.js'
import type { VrsNamer } from '../variants/vrs/vrs-namer.js'
import { toGenomicVariation, type RecordStyle } from './genomic-variation.js'
import { boundWithPaused, toPausedSummary } from './paused.js'
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
  /** Datasets that were left out because they are paused. */
  readonly paused: readonly PausedDataset[]
  /** Absent: records have no VRS identifiers. */
  readonly vrs: VrsNamer | undefined
  /** Absent: records have the HGVS ids of their files alone. */
  readonly hgvs: HgvsNamer | undefined
  /** Filters or the path leave only some people of each dataset. */
  readonly isNarrowed: boolean
  /** Files of datasets where the records of the answer are to be had, by dataset. */
  readonly handovers: ReadonlyMap<string, readonly Handover[]>
  /** How the request was understood, where that needs saying. */
  readonly notes: readonly string[]
  /** What the question was resolved by, and to, where it names no place. */
  readonly info?: object
}

/** Records written between two turns of the event loop: each may name many transcripts. */
const RECORDS_OF_A_TURN = 10

/** Builds the Beacon answer to a variant query from what was disclosed, and from nothing else. */
export async function presentVariants(release: Disclosed<Release>, presentation: Presentation): Promise<DataResponse> {
  const { beaconId, request, requestedGranularity, notes } = presentation
  const style = toStyle(presentation)
  const written: (readonly GenomicVariation[])[] = []
  for (const dataset of release.datasets) written.push(await writeRecords(dataset, style))
  return presentData({
    beaconId,
    request,
    requestedGranularity,
    schema: GENOMIC_VARIANT_SCHEMA,
    exists: release.exists,
    sets: release.datasets.map(
      ({ dataset, granularity, exists, variants, counts, individuals, interpretations, annotation }, index) => ({
        datasetId: dataset.id,
        granularity,
        exists,
        count: variants,
        handovers: presentation.handovers.get(dataset.id),
        results: written[index]!,
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

async function writeRecords(
  { dataset, records }: DatasetRelease,
  style: RecordStyle,
): Promise<readonly GenomicVariation[]> {
  const written: GenomicVariation[] = []
  for (const record of records) {
    written.push(toGenomicVariation(record, dataset, style))
    if (written.length % RECORDS_OF_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return written
}

/** Records are VRS objects for who names a schema of VRS among `requestedSchemas`, e.g. `ga4gh-vrs-1.3`. */
const VRS_SCHEMA = /^(ga4gh-)?vrs\b/i

function toStyle({ baseUrl, vrs, hgvs, isNarrowed, request }: Presentation): RecordStyle {
  const asksVrs = request.summary.requestedSchemas.some(({ schema }) => schema !== undefined && VRS_SCHEMA.test(schema))
  return { baseUrl, vrs, hgvs, isNarrowed, form: asksVrs ? 'vrs' : 'legacy' }
}

function toNodeSummary(release: Release, { assembly, notAsked, paused }: Presentation): NodeSummary {
  return {
    assemblyId: assembly,
    datasetsAsked: release.datasets.length,
    datasetsNotAsked: addUndecidable(notAsked, release.undecidable ?? 0),
    ...(release.counts ? { counts: release.counts } : {}),
    ...toPausedSummary(paused),
    bounds: { individuals: boundWithPaused(release.individuals, paused) },
    normalised: release.datasets.every(({ dataset }) => dataset.normalisation === 'left-aligned'),
  }
}
