import type { Parsed } from './parse-request.js'
import type { BeaconRequestBody, FILTER_OPERATORS, RequestFilter } from './request.js'

const COORDINATES: ReadonlySet<string> = new Set(['start', 'end'])
const LENGTHS: ReadonlySet<string> = new Set(['variantMinLength', 'variantMaxLength'])
const TEXTS: ReadonlySet<string> = new Set([
  'assemblyId',
  'referenceName',
  'referenceBases',
  'alternateBases',
  'variantType',
  'geneId',
  'aminoacidChange',
  'genomicAlleleShortForm',
  'mateName',
])
/** Of `structuralMatch`, beside its rule: `structuralMatch=breakpoints&window=500`. */
const MATCH_NUMBERS: ReadonlySet<string> = new Set(['minimumOverlap', 'window'])
// The OpenAPI document names two variant parameters differently from the request body.
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['geneid', 'geneId'],
  ['allele', 'genomicAlleleShortForm'],
])

// With `s` the value takes whatever is left, so that the first operator decides and nothing is tried twice.
const FILTER = /^(.+?):?(<=|>=|=|<|>|!)(.*)$/s

/** `HP:0002664`, or `age:>P70Y`: an id, an operator and a value. */
function parseFilter(text: string): RequestFilter {
  const match = FILTER.exec(text)
  if (!match) return { id: text }
  return { id: match[1]!, operator: match[2] as (typeof FILTER_OPERATORS)[number], value: match[3]! }
}

function areTexts(values: readonly unknown[]): values is readonly [string, ...string[]] {
  return values.length > 0 && values.every((value) => typeof value === 'string')
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/**
 * Reads a Beacon query string into the shape of a request body. Lists are comma-joined or repeated.
 *
 * @param query values as Node's querystring decodes them: strings, or arrays of strings for repeated names
 */
export function parseGetQuery(query: Readonly<Record<string, unknown>>): Parsed<BeaconRequestBody> {
  const parameters: Record<string, unknown> = {}
  const pagination: Record<string, number> = {}
  const rest: Record<string, unknown> = {}
  const structuralMatch: Record<string, unknown> = {}
  let requestedSchemas: readonly object[] | undefined
  for (const [sentName, raw] of Object.entries(query)) {
    const name = SPELLINGS.get(sentName) ?? sentName
    const texts: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
    if (!areTexts(texts)) return { ok: false, message: `${sentName.slice(0, 40)} must be text` }
    const list = texts.flatMap((text) => text.split(',')).filter((text) => text !== '')
    const single = texts[0]
    if (!COORDINATES.has(name) && !['filters', 'datasets', 'datasetIds'].includes(name) && texts.length > 1) {
      return { ok: false, message: `${sentName} is given more than once` }
    }
    if (COORDINATES.has(name)) {
      const numbers = list.map(wholeNumber)
      if (numbers.length === 0 || numbers.includes(undefined)) {
        return { ok: false, message: `${sentName} must be one or two whole numbers (0-based), joined by a comma` }
      }
      parameters[name] = numbers
    } else if (LENGTHS.has(name) || name === 'skip' || name === 'limit') {
      const number = wholeNumber(single)
      if (number === undefined) return { ok: false, message: `${sentName} must be a whole number` }
      if (LENGTHS.has(name)) parameters[name] = number
      else pagination[name] = number
    } else if (name === 'structuralMatch') {
      structuralMatch['rule'] = single
    } else if (MATCH_NUMBERS.has(name)) {
      if (!/^\d{1,9}(\.\d{1,9})?$/.test(single)) return { ok: false, message: `${sentName} must be a number` }
      structuralMatch[name] = Number(single)
    } else if (TEXTS.has(name)) {
      parameters[name] = single
    } else if (name === 'filters') {
      rest['filters'] = list.map(parseFilter)
    } else if (name === 'datasets' || name === 'datasetIds') {
      parameters['datasets'] = { datasetIds: list }
    } else if (name === 'includeResultsetResponses' || name === 'requestedGranularity') {
      rest[name] = single
    } else if (name === 'testMode') {
      if (single !== 'true' && single !== 'false') return { ok: false, message: 'testMode must be true or false' }
      rest[name] = single === 'true'
    } else if (name === 'requestedSchema' || name === 'requestedSchemas') {
      requestedSchemas = list.map((schema) => ({ schema }))
    } else {
      return { ok: false, message: `unknown query parameter "${sentName.slice(0, 40)}"` }
    }
  }
  if (Object.keys(structuralMatch).length > 0) parameters['structuralMatch'] = structuralMatch
  return {
    ok: true,
    value: {
      ...(requestedSchemas ? { meta: { requestedSchemas } } : {}),
      query: {
        ...rest,
        ...(Object.keys(pagination).length > 0 ? { pagination } : {}),
        ...(Object.keys(parameters).length > 0 ? { requestParameters: parameters } : {}),
      },
    },
  }
}
