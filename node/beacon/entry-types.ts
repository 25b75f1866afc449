import { API_VERSION, toGenomicVariantEntryType, type EndpointSet, type EntryType } from '../../schemas/index.js'

export const DATASET_SCHEMA = { entityType: 'dataset', schema: `ga4gh-beacon-dataset-${API_VERSION}` }

/** @param baseUrl URL of this Beacon API, without a slash at the end */
export function toEntryTypes(baseUrl: string): { readonly [id: string]: EntryType } {
  return {
    genomicVariant: toGenomicVariantEntryType(baseUrl),
    dataset: {
      id: 'dataset',
      name: 'Dataset',
      description: 'Data of people that one controller is responsible for',
      partOfSpecification: `Beacon ${API_VERSION}`,
      ontologyTermForThisType: { id: 'NCIT:C47824', label: 'Data set' },
      defaultSchema: {
        id: DATASET_SCHEMA.schema,
        name: 'Default schema of a dataset',
        referenceToSchemaDefinition: `${baseUrl}/schemas/beacon/dataset.json`,
        schemaVersion: API_VERSION,
      },
      aCollectionOf: [{ id: 'genomicVariant', name: 'Genomic variants' }],
      nonFilteredQueriesAllowed: true,
    },
  }
}

/** Exactly the endpoints that work: networks drop a beacon whose map has dead URLs. */
export function toEndpointSets(baseUrl: string): { readonly [id: string]: EndpointSet } {
  return {
    genomicVariant: {
      entryType: 'genomicVariant',
      rootUrl: `${baseUrl}/g_variants`,
      singleEntryUrl: `${baseUrl}/g_variants/{id}`,
    },
    dataset: {
      entryType: 'dataset',
      rootUrl: `${baseUrl}/datasets`,
      singleEntryUrl: `${baseUrl}/datasets/{id}`,
    },
  }
}
