import { validate, type SchemaPath } from '../index.js'
import { answerKind, isObject, recordsIn, type AnswerKind } from './answer-kind.js'

const BY_KIND: Readonly<Record<Exclude<AnswerKind['kind'], 'data' | 'services'>, SchemaPath>> = {
  info: 'beacon/infoResponse.json',
  serviceInfo: 'beacon/serviceInfo.json',
  configuration: 'beacon/configurationResponse.json',
  entryTypes: 'beacon/entryTypesResponse.json',
  map: 'beacon/mapResponse.json',
  filteringTerms: 'beacon/filteringTermsResponse.json',
  networkEvent: 'network/networkAnswer.json',
  error: 'beacon/errorResponse.json',
}
const BY_GRANULARITY = {
  boolean: ['beacon/booleanResponse.json'],
  count: ['beacon/countResponse.json'],
  record: [],
} as const
const BY_BODY = {
  none: [],
  resultSets: ['beacon/resultSetsResponse.json'],
  collections: ['beacon/collectionsResponse.json'],
} as const
const RECORDS = { genomicVariation: 'beacon/genomicVariation.json', dataset: 'beacon/dataset.json' } as const

function ourErrors(schema: SchemaPath, document: unknown, place = ''): readonly string[] {
  const result = validate(schema, document)
  return result.ok ? [] : [`${schema}: ${place}${result.violation.pointer || '/'} ${result.violation.message}`]
}

/** Only the hub says how many regions it asked. */
function isNetworkAnswer(document: unknown): boolean {
  return isObject(document) && isObject(document['info']) && 'regionsAsked' in document['info']
}

/**
 * Errors of an answer against our own schemas, chosen as for the official ones; empty when it is valid.
 *
 * @param path path or URL that was asked
 */
export function validateOurs(path: string, document: unknown): readonly string[] {
  const answer = answerKind(path, document)
  if (answer.kind === 'services') {
    if (!Array.isArray(document)) return ['beacon/externalService.json: / must be an array of services']
    return document.flatMap((service: unknown, i) => ourErrors('beacon/externalService.json', service, `/${i}`))
  }
  if (answer.kind !== 'data') return ourErrors(BY_KIND[answer.kind], document)
  const body = answer.granularity === 'record' && answer.body === 'none' ? 'resultSets' : answer.body
  const { records } = answer
  return [
    ...[...BY_GRANULARITY[answer.granularity], ...BY_BODY[body]].flatMap((schema) => ourErrors(schema, document)),
    ...(isNetworkAnswer(document) ? ourErrors('network/networkAnswer.json', document) : []),
    ...(records ? recordsIn(document).flatMap(([place, record]) => ourErrors(RECORDS[records], record, place)) : []),
  ]
}

/** Whether a path answers with one of the documents that schemas are known for: the Beacon API, without the schemas themselves. */
export function isBeaconPath(path: string): boolean {
  return /^\/beacon\/v2(\/|\?|$)/.test(path) && !path.startsWith('/beacon/v2/schemas')
}

/**
 * Throws unless an answer is valid by our schemas; what is not of the Beacon API passes. For the HTTP clients of tests, so
 * that every answer of a test run is checked.
 */
export function requireValid(path: string, document: unknown): void {
  const errors = isBeaconPath(path) ? validateOurs(path, document) : []
  if (errors.length > 0) throw new Error(`the answer of ${path} is not valid:\n  ${errors.join('\n  ')}`)
}
