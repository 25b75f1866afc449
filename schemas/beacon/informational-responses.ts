import { count, dateTime, objectSchema, text } from '../json-schema.js'
import { GRANULARITIES, type Granularity } from './granularity.js'

export const ENVIRONMENTS = ['prod', 'test', 'dev', 'staging'] as const

export type Environment = (typeof ENVIRONMENTS)[number]

export interface EntryType {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly partOfSpecification: string
  readonly ontologyTermForThisType: { readonly id: string; readonly label: string }
  readonly defaultSchema: {
    readonly id: string
    readonly name: string
    readonly referenceToSchemaDefinition: string
    readonly schemaVersion: string
  }
  readonly aCollectionOf?: readonly { readonly id: string; readonly name: string }[]
  readonly nonFilteredQueriesAllowed?: boolean
}

export interface EndpointSet {
  readonly entryType: string
  readonly rootUrl: string
  readonly singleEntryUrl?: string
  readonly endpoints?: { readonly [name: string]: { readonly returnedEntryType: string; readonly url: string } }
}

export interface Configuration {
  readonly $schema: string
  readonly maturityAttributes: { readonly productionStatus: 'DEV' | 'TEST' | 'PROD' }
  readonly securityAttributes: {
    readonly defaultGranularity: Granularity
    readonly securityLevels: readonly ('PUBLIC' | 'REGISTERED' | 'CONTROLLED')[]
  }
  readonly entryTypes: { readonly [id: string]: EntryType }
}

const entryType = {
  type: 'object',
  required: ['id', 'name', 'partOfSpecification', 'defaultSchema', 'ontologyTermForThisType'],
  properties: {
    id: text,
    name: text,
    description: text,
    partOfSpecification: text,
    ontologyTermForThisType: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', pattern: String.raw`^\w[^:]+:.+$` }, label: text },
    },
    defaultSchema: {
      type: 'object',
      required: ['id', 'name', 'referenceToSchemaDefinition'],
      properties: { id: text, name: text, referenceToSchemaDefinition: { type: 'string', format: 'uri' } },
    },
    aCollectionOf: { type: 'array', items: { type: 'object', required: ['id', 'name'] } },
    nonFilteredQueriesAllowed: { type: 'boolean' },
  },
}

function informational(title: string, response: object) {
  return objectSchema(title, ['meta', 'response'], { meta: { $ref: 'informationalMeta.json' }, response })
}

export const infoResponseSchema = informational('Info answer', {
  type: 'object',
  required: ['id', 'name', 'apiVersion', 'environment', 'organization'],
  properties: {
    id: text,
    name: text,
    apiVersion: text,
    environment: { enum: ENVIRONMENTS },
    description: text,
    version: text,
    welcomeUrl: { type: 'string', format: 'uri' },
    updateDateTime: dateTime,
    organization: {
      type: 'object',
      required: ['id', 'name'],
      properties: { id: text, name: text, contactUrl: text, welcomeUrl: { type: 'string', format: 'uri' } },
    },
    info: { type: 'object' },
  },
})

export const configurationResponseSchema = informational('Configuration answer', {
  type: 'object',
  required: ['$schema', 'maturityAttributes', 'entryTypes'],
  properties: {
    $schema: text,
    maturityAttributes: {
      type: 'object',
      required: ['productionStatus'],
      properties: { productionStatus: { enum: ['DEV', 'TEST', 'PROD'] } },
    },
    securityAttributes: {
      type: 'object',
      required: ['defaultGranularity', 'securityLevels'],
      properties: {
        defaultGranularity: { enum: GRANULARITIES },
        securityLevels: { type: 'array', items: { enum: ['PUBLIC', 'REGISTERED', 'CONTROLLED'] } },
      },
    },
    entryTypes: { type: 'object', minProperties: 1, additionalProperties: entryType },
  },
})

export const entryTypesResponseSchema = informational('Entry types answer', {
  type: 'object',
  required: ['entryTypes'],
  properties: { entryTypes: { type: 'object', additionalProperties: entryType } },
})

export const mapResponseSchema = informational('Map answer', {
  type: 'object',
  required: ['$schema', 'endpointSets'],
  properties: {
    $schema: text,
    endpointSets: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'object',
        required: ['entryType', 'rootUrl'],
        properties: {
          entryType: text,
          rootUrl: { type: 'string', format: 'uri' },
          singleEntryUrl: { type: 'string', format: 'uri-template' },
          endpoints: {
            type: 'object',
            additionalProperties: {
              type: 'object',
              required: ['returnedEntryType', 'url'],
              properties: { returnedEntryType: text, url: { type: 'string', format: 'uri-template' } },
            },
          },
        },
      },
    },
  },
})

export const filteringTermsResponseSchema = informational('Filtering terms answer', {
  type: 'object',
  required: ['filteringTerms'],
  properties: {
    filteringTerms: {
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'id'],
        properties: {
          type: { enum: ['ontology', 'alphanumeric', 'custom'] },
          id: text,
          label: text,
          scopes: { type: 'array', items: text },
        },
      },
    },
    resources: { type: 'array', items: { type: 'object', required: ['id'] } },
  },
})

export const serviceInfoSchema = objectSchema(
  'GA4GH service-info 1.0.0',
  ['id', 'name', 'type', 'organization', 'version'],
  {
    id: text,
    name: text,
    type: {
      type: 'object',
      required: ['group', 'artifact', 'version'],
      properties: { group: text, artifact: text, version: text },
    },
    description: text,
    organization: {
      type: 'object',
      required: ['name', 'url'],
      properties: { name: text, url: { type: 'string', format: 'uri' } },
    },
    contactUrl: { type: 'string', format: 'uri' },
    documentationUrl: { type: 'string', format: 'uri' },
    createdAt: dateTime,
    updatedAt: dateTime,
    environment: text,
    version: text,
  },
)

export const externalServiceSchema = {
  title: 'GA4GH service-registry 1.0.0 ExternalService',
  allOf: [
    { $ref: 'serviceInfo.json' },
    { type: 'object', required: ['url'], properties: { url: { type: 'string', format: 'uri' } } },
  ],
}

export const problemSchema = objectSchema('Problem details (RFC 9457)', ['type', 'title', 'status'], {
  type: text,
  title: text,
  status: count,
  detail: text,
})
