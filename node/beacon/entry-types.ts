import {
  API_VERSION,
  GENOMIC_VARIANT_SCHEMA,
  toGenomicVariantEntryType,
  type EndpointSet,
  type EntryType,
  type SchemaPerEntity,
} from '../../schemas/index.js'
import { BELOW, ENTRY_TYPES, PATH_NAMES, type EntryTypeId } from './entry-point.js'

type SchemaName = SchemaPerEntity & { readonly schema: string }

/** How answers name the schema of their records. */
export function schemaOf(type: EntryTypeId): SchemaName {
  if (type === 'genomicVariant') return GENOMIC_VARIANT_SCHEMA
  return { entityType: type, schema: `ga4gh-beacon-${type}-${API_VERSION}` }
}

interface Description {
  readonly name: string
  readonly description: string
  /** Terms of the Beacon v2 default model. */
  readonly term: EntryType['ontologyTermForThisType']
  readonly aCollectionOf?: NonNullable<EntryType['aCollectionOf']>
}

const DESCRIPTIONS: Readonly<Record<Exclude<EntryTypeId, 'genomicVariant'>, Description>> = {
  individual: {
    name: 'Individual',
    description: 'A person: sex, phenotypes, diseases, measures',
    term: { id: 'NCIT:C25190', label: 'Person' },
  },
  biosample: {
    name: 'Biological sample',
    description: 'What was taken from a person',
    term: { id: 'NCIT:C70699', label: 'Biospecimen' },
  },
  run: {
    name: 'Sequencing run',
    description: 'How a sample was sequenced',
    term: { id: 'NCIT:C148088', label: 'Sequencing run' },
  },
  analysis: {
    name: 'Bioinformatics analysis',
    description: 'How alleles were called',
    term: { id: 'edam:operation_2945', label: 'Analysis' },
  },
  cohort: {
    name: 'Cohort',
    description: 'A group of people',
    term: { id: 'NCIT:C61512', label: 'Cohort' },
    aCollectionOf: [{ id: 'individual', name: 'Individuals' }],
  },
  dataset: {
    name: 'Dataset',
    description: 'Data of people that one controller is responsible for',
    term: { id: 'NCIT:C47824', label: 'Data set' },
    aCollectionOf: [{ id: 'genomicVariant', name: 'Genomic variants' }],
  },
}

/** @param baseUrl URL of this Beacon API, without a slash at the end */
export function toEntryTypes(baseUrl: string): { readonly [id: string]: EntryType } {
  return Object.fromEntries(ENTRY_TYPES.map((id) => [id, toEntryType(id, baseUrl)]))
}

function toEntryType(id: EntryTypeId, baseUrl: string): EntryType {
  if (id === 'genomicVariant') return toGenomicVariantEntryType(baseUrl)
  const { name, description, term, aCollectionOf } = DESCRIPTIONS[id]
  return {
    id,
    name,
    description,
    partOfSpecification: `Beacon ${API_VERSION}`,
    ontologyTermForThisType: term,
    defaultSchema: {
      id: schemaOf(id).schema,
      name: `Default schema of ${id === 'individual' || id === 'analysis' ? 'an' : 'a'} ${id}`,
      referenceToSchemaDefinition: `${baseUrl}/schemas/beacon/${id}.json`,
      schemaVersion: API_VERSION,
    },
    ...(aCollectionOf ? { aCollectionOf } : {}),
    nonFilteredQueriesAllowed: true,
  }
}

/** Exactly the endpoints that work: networks drop a beacon whose map has dead URLs. */
export function toEndpointSets(baseUrl: string): { readonly [id: string]: EndpointSet } {
  return Object.fromEntries(ENTRY_TYPES.map((id) => [id, toEndpointSet(id, `${baseUrl}/${PATH_NAMES[id]}`)]))
}

function toEndpointSet(entryType: EntryTypeId, rootUrl: string): EndpointSet {
  return {
    entryType,
    rootUrl,
    singleEntryUrl: `${rootUrl}/{id}`,
    endpoints: Object.fromEntries(
      BELOW[entryType].map((below) => [
        below,
        { returnedEntryType: below, url: `${rootUrl}/{id}/${PATH_NAMES[below]}` },
      ]),
    ),
  }
}
