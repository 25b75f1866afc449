import addFormats from 'ajv-formats'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { SCHEMAS, type JsonSchema, type SchemaPath } from '../../schemas/index.js'
import { mergePatch } from '../support/merge-patch.js'
import { show } from './json.js'
import { cohort, dataset } from './model/collection-records.js'
import { analysis, biosample, individual, run } from './model/people-records.js'
import { CURIE_MARK } from './model/terms.js'
import { genomicVariant } from './model/variant-records.js'

/** Only a base for the references between our schemas. */
const BASE = 'https://suite.invalid/'

/**
 * Where our schemas ask more than Beacon v2.1.1 does, because our own answers keep more, or where a case of its own judges a
 * part of a document: merge patches (RFC 7396) that leave the standard's share.
 */
const TO_STANDARD: Readonly<Partial<Record<SchemaPath, unknown>>> = {
  // The texts and every implementation differ on the words; the standard's schema takes any.
  'beacon/filteringTermsResponse.json': {
    properties: {
      response: {
        required: null,
        properties: {
          filteringTerms: {
            items: { properties: { type: { enum: null, type: 'string' }, values: { type: 'array', minItems: 1 } } },
          },
        },
      },
    },
  },
  // `$schema` and productionStatus, and environment below, have cases of their own.
  'beacon/configurationResponse.json': {
    properties: {
      response: {
        required: ['maturityAttributes', 'entryTypes'],
        properties: {
          $schema: null,
          maturityAttributes: { properties: { productionStatus: { enum: null, type: 'string' } } },
          securityAttributes: { required: null },
          entryTypes: {
            additionalProperties: {
              required: ['id', 'name', 'partOfSpecification', 'defaultSchema'],
              properties: { ontologyTermForThisType: { properties: { id: { pattern: null } } } },
            },
          },
        },
      },
    },
  },
  'beacon/entryTypesResponse.json': {
    properties: {
      response: {
        properties: {
          entryTypes: {
            additionalProperties: {
              required: ['id', 'name', 'partOfSpecification', 'defaultSchema'],
              properties: { ontologyTermForThisType: { properties: { id: { pattern: null } } } },
            },
          },
        },
      },
    },
  },
  'beacon/infoResponse.json': {
    properties: { response: { properties: { environment: { enum: null, type: 'string' } } } },
  },
  'beacon/mapResponse.json': {
    properties: {
      response: {
        required: ['endpointSets'],
        properties: {
          $schema: null,
          // Whether the URLs are absolute is a case of its own.
          endpointSets: { additionalProperties: { properties: { rootUrl: { format: null } } } },
        },
      },
    },
  },
  // A case of its own again.
  'beacon/serviceInfo.json': { properties: { contactUrl: { format: null } } },
  // The echo's own form is judged apart from what meta must have.
  'beacon/receivedRequestSummary.json': { properties: { filters: null, requestParameters: null } },
  'beacon/booleanResponse.json': { required: ['responseSummary'], properties: { meta: null } },
  'beacon/countResponse.json': { required: ['responseSummary'], properties: { meta: null } },
  'beacon/collectionsResponse.json': { required: ['responseSummary', 'response'], properties: { meta: null } },
  'beacon/resultSetsResponse.json': {
    required: ['responseSummary', 'response'],
    properties: { meta: null, info: { properties: null } },
  },
  'beacon/resultSet.json': {
    required: ['id', 'setType', 'exists'],
    properties: { info: { properties: null } },
  },
  'beacon/errorResponse.json': {
    required: ['error'],
    properties: {
      meta: null,
      error: {
        required: ['errorCode'],
        properties: { errorCode: { type: 'integer', minimum: null, maximum: null }, reason: null },
      },
    },
  },
}

/** The records of the default model by entry type. */
export const MODEL_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  analysis,
  biosample,
  cohort,
  dataset,
  genomicVariant,
  individual,
  run,
}

function createValidator(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true, validateSchema: false })
  addFormats.default(ajv)
  for (const [path, schema] of Object.entries(SCHEMAS)) {
    const standard = mergePatch(schema, TO_STANDARD[path as SchemaPath] ?? {}) as JsonSchema
    ajv.addSchema({ ...standard, $id: BASE + path })
  }
  for (const [entryType, schema] of Object.entries(MODEL_SCHEMAS)) {
    ajv.addSchema({ ...schema, $id: `${BASE}model/${entryType}.json` })
  }
  return ajv
}

const validator = createValidator()

/** One thing wrong with a document. */
export interface SchemaError {
  readonly pointer: string
  readonly message: string
  /** It is the id of an ontology term, and no CURIE. */
  readonly isOntologyId: boolean
}

/** Words for ajv's error, with the value that is there. */
export function toSchemaError(error: ErrorObject): SchemaError {
  const { instancePath, keyword, message = 'is not valid', data, params } = error
  const allowed = (params as { allowedValues?: readonly unknown[] }).allowedValues
  const extra = (params as { additionalProperty?: string }).additionalProperty
  const isOntologyId = (error.parentSchema as { $comment?: string } | undefined)?.$comment === CURIE_MARK
  const detail = allowed ? ` (${allowed.join(', ')})` : extra === undefined ? '' : ` ("${show(extra)}")`
  const seen = keyword === 'required' || keyword === 'additionalProperties' ? '' : `, and is ${show(data)}`
  return { pointer: instancePath || '/', message: `${message}${detail}${seen}`, isOntologyId }
}

/** `if` only says that the branch it chose failed, which has said why. */
export function errorsOf(check: ValidateFunction, document: unknown): readonly SchemaError[] {
  if (check(document)) return []
  return (check.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(toSchemaError)
}

/** Errors of a framework document, or a part of one, against the standard's share of our schema. */
export function frameworkErrors(path: SchemaPath, document: unknown): readonly SchemaError[] {
  return errorsOf(validator.getSchema(BASE + path)!, document)
}

/** Errors of a record against the default model; none for entry types that the standard does not know. */
export function recordErrors(entryType: string, record: unknown): readonly SchemaError[] {
  const check = validator.getSchema(`${BASE}model/${entryType}.json`)
  return check ? errorsOf(check, record) : []
}
