import { lesserGranularity, type Bounds, type Granularity } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import type { DatasetRecords } from '../metadata/find-records.js'
import type { Document } from '../metadata/record.js'
import { Bitmap } from '../variants/bitmap.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { Disclosed } from './disclosed.js'

/** What one dataset tells of its records. */
export interface DatasetRecordRelease {
  readonly dataset: DatasetManifest
  readonly granularity: Granularity
  readonly exists: boolean
  /** Matching records; absent below count. */
  readonly count?: number
  /** Empty below record. */
  readonly records: readonly Document[]
}

export interface RecordRelease {
  readonly datasets: readonly DatasetRecordRelease[]
  readonly exists: boolean
  /** People whose records match, each once. */
  readonly individuals: Bounds
}

/** Turns the records that were found into what may be told: each dataset at the lesser of what was asked and what it allows. */
export function discloseRecords(
  found: readonly DatasetRecords[],
  grant: Grant,
  requested: Granularity,
  manifests: readonly DatasetManifest[],
): Disclosed<RecordRelease> {
  const datasets = found.map(({ datasetId, count, page }): DatasetRecordRelease => {
    const dataset = manifests.find((manifest) => manifest.id === datasetId)
    const allowed = grant.granularityOf(datasetId)
    if (!dataset || !allowed) throw new TypeError(`records of ${datasetId}, which was not granted`)
    const granularity = lesserGranularity(requested, allowed)
    const exists = count > 0
    if (granularity === 'boolean') return { dataset, granularity, exists, records: [] }
    return { dataset, granularity, exists, count, records: granularity === 'record' ? page : [] }
  })
  const counted = Bitmap.orMany(
    found.filter((_, index) => datasets[index]!.granularity !== 'boolean').map(({ people }) => people),
  ).size
  // Datasets that tell only yes or no bound the people from below, and from above only when they say no.
  const saysYes = datasets.some(({ granularity, exists }) => granularity === 'boolean' && exists)
  const release: RecordRelease = {
    datasets,
    exists: datasets.some(({ exists }) => exists),
    individuals: saysYes ? { lower: Math.max(1, counted), upper: null } : { lower: counted, upper: counted },
  }
  return release as Disclosed<RecordRelease>
}
