import {
  API_VERSION,
  type BeaconRequest,
  type DataResponse,
  type Dataset,
  type Granularity,
} from '../../schemas/index.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { DATASET_SCHEMA } from './entry-types.js'

/** The catalogue entry of a dataset. It tells nothing of the people in it, and so is shown for controlled datasets too. */
export function toDataset(manifest: DatasetManifest): Dataset {
  return {
    id: manifest.id,
    name: manifest.name,
    createDateTime: manifest.createDateTime,
    updateDateTime: manifest.updateDateTime,
    info: {
      assemblyId: manifest.assembly,
      access: manifest.access,
      granularity: manifest.granularity,
      ...(manifest.basis === undefined ? {} : { basis: manifest.basis }),
      controller: manifest.controller,
      contact: manifest.contact,
      ...(manifest.content === undefined ? {} : { content: manifest.content }),
      ...(manifest.sites === undefined ? {} : { sites: manifest.sites }),
      normalised: manifest.normalisation === 'left-aligned',
      callPolicy: { filter: ['PASS', '.'], minimumGenotypeQuality: manifest.minimumGenotypeQuality },
    },
  }
}

/** The answer of `/datasets` and `/datasets/{id}`: a collection, unless less was asked for. */
export function presentDatasets(
  beaconId: string,
  request: BeaconRequest,
  manifests: readonly DatasetManifest[],
): DataResponse {
  const granularity: Granularity = request.requestedGranularity ?? 'record'
  const { skip, limit } = request.pagination
  const page = manifests.slice(skip * limit, (skip + 1) * limit)
  return {
    meta: {
      beaconId,
      apiVersion: API_VERSION,
      returnedGranularity: granularity,
      returnedSchemas: [DATASET_SCHEMA],
      receivedRequestSummary: request.summary,
      ...(request.testMode ? { testMode: true } : {}),
    },
    responseSummary: {
      exists: manifests.length > 0,
      ...(granularity === 'boolean' ? {} : { numTotalResults: manifests.length }),
    },
    ...(granularity === 'record' ? { response: { collections: page.map(toDataset) } } : {}),
  }
}
