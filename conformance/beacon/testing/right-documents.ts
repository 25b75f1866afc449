import { MODEL_SCHEMAS } from '../standard-schemas.js'
import { RIGHT_TERMS } from './right-filters.js'

export const RIGHT_BASE = 'http://right.invalid/beacon/v2'
export const RIGHT_ID = 'org.example.right'

/** Entry types by path name, with what each is related to. Beacon v2.1.1, endpoints.json and beaconMap.json together. */
export const RIGHT_PATHS: Readonly<
  Record<string, { readonly entryType: string; readonly related: readonly string[] }>
> = {
  analyses: { entryType: 'analysis', related: ['g_variants'] },
  biosamples: { entryType: 'biosample', related: ['analyses', 'g_variants', 'runs'] },
  cohorts: { entryType: 'cohort', related: ['analyses', 'biosamples', 'g_variants', 'individuals', 'runs'] },
  datasets: { entryType: 'dataset', related: ['analyses', 'biosamples', 'g_variants', 'individuals', 'runs'] },
  g_variants: { entryType: 'genomicVariant', related: ['analyses', 'biosamples', 'individuals', 'runs'] },
  individuals: { entryType: 'individual', related: ['analyses', 'biosamples', 'g_variants', 'runs'] },
  runs: { entryType: 'run', related: ['analyses', 'g_variants'] },
}

const ONTOLOGY_TERMS: Readonly<Record<string, object>> = {
  analysis: { id: 'edam:operation_2945', label: 'Analysis' },
  biosample: { id: 'NCIT:C70699', label: 'Biospecimen' },
  cohort: { id: 'NCIT:C61512', label: 'Cohort' },
  dataset: { id: 'NCIT:C47824', label: 'Data set' },
  genomicVariant: { id: 'ENSGLOSSARY:0000092', label: 'Variant' },
  individual: { id: 'NCIT:C25190', label: 'Person' },
  run: { id: 'NCIT:C148088', label: 'Sequencing run' },
}

export interface DocumentOptions {
  readonly base: string
  /** Path names of the entry types that the beacon has. */
  readonly paths: readonly string[]
  /** Names schemas of its own, which it serves. */
  readonly servesSchemas: boolean
}

function entryTypes({ base, paths, servesSchemas }: DocumentOptions): object {
  return Object.fromEntries(
    paths.map((path) => {
      const id = RIGHT_PATHS[path]!.entryType
      const definition = {
        id,
        name: id,
        partOfSpecification: 'Beacon v2.1.1',
        ontologyTermForThisType: ONTOLOGY_TERMS[id],
        defaultSchema: {
          id: `ga4gh-beacon-${id}-v2.1.1`,
          name: `Default schema of ${id}`,
          referenceToSchemaDefinition: servesSchemas
            ? `${base}/schemas/${id}.json`
            : `https://schemas.invalid/${id}.json`,
          schemaVersion: 'v2.1.1',
        },
        ...(id === 'dataset' ? { aCollectionOf: [{ id: 'genomicVariant', name: 'Genomic variants' }] } : {}),
      }
      return [id, definition]
    }),
  )
}

function endpointSets({ base, paths }: DocumentOptions): object {
  return Object.fromEntries(
    paths.map((path) => {
      const { entryType, related } = RIGHT_PATHS[path]!
      const endpoints = related
        .filter((other) => paths.includes(other))
        .map((other) => [
          RIGHT_PATHS[other]!.entryType,
          { returnedEntryType: RIGHT_PATHS[other]!.entryType, url: `${base}/${path}/{id}/${other}` },
        ])
      const set = {
        entryType,
        rootUrl: `${base}/${path}`,
        singleEntryUrl: `${base}/${path}/{id}`,
        endpoints: Object.fromEntries(endpoints) as object,
      }
      return [entryType, set]
    }),
  )
}

const SERVICE_INFO = {
  id: RIGHT_ID,
  name: 'Right beacon',
  type: { group: 'org.ga4gh', artifact: 'beacon', version: '2.1.1' },
  organization: { name: 'Nobody', url: 'https://right.invalid/' },
  contactUrl: 'mailto:nobody@right.invalid',
  environment: 'test',
  version: '1.0.0',
}

/** The framework documents of the right beacon by path; undefined for other paths. */
export function rightDocument(path: string, query: URLSearchParams, options: DocumentOptions): object | undefined {
  const wrap = (response: object) => ({
    meta: { beaconId: RIGHT_ID, apiVersion: 'v2.1.1', returnedSchemas: [] },
    response,
  })
  const $schema = 'https://json-schema.org/draft/2020-12/schema'
  const schema = /^\/schemas\/(\w+)\.json$/.exec(path)?.[1]
  if (schema !== undefined && options.servesSchemas) return MODEL_SCHEMAS[schema]
  switch (path) {
    case '/':
    case '/info':
      if (query.get('requestedSchema')?.startsWith('ga4gh-service-info')) return SERVICE_INFO
      return wrap({
        id: RIGHT_ID,
        name: 'Right beacon',
        apiVersion: 'v2.1.1',
        environment: 'test',
        organization: { id: 'nobody', name: 'Nobody' },
      })
    case '/service-info':
      return SERVICE_INFO
    case '/configuration':
      return wrap({
        $schema,
        maturityAttributes: { productionStatus: 'TEST' },
        securityAttributes: { defaultGranularity: 'boolean', securityLevels: ['PUBLIC'] },
        entryTypes: entryTypes(options),
      })
    case '/entry_types':
      return wrap({ entryTypes: entryTypes(options) })
    case '/map':
      return wrap({ $schema, endpointSets: endpointSets(options) })
    case '/filtering_terms': {
      const types = options.paths.map((name) => RIGHT_PATHS[name]!.entryType)
      const terms = RIGHT_TERMS.filter(({ scopes }) => scopes.some((scope) => types.includes(scope)))
      const limit = Number(query.get('limit') ?? 10)
      return wrap({
        filteringTerms: limit === 0 ? terms : terms.slice(0, limit),
        resources: [{ id: 'hp', namespacePrefix: 'HP' }],
      })
    }
    default:
      return undefined
  }
}
