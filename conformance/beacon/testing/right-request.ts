import {
  INCLUDE_RESULTSET_RESPONSES,
  isGranularity,
  type Granularity,
  type IncludeResultsetResponses,
} from '../../../schemas/index.js'
import { at, isObject, listAt, textAt } from '../json.js'
import type { HttpRequest } from '../../suite/transport.js'
import type { RightFilter } from './right-filters.js'
import { BadQuestion } from './right-variants.js'

/** A request of the right beacon in one form, however it was sent. */
export interface RightQuestion {
  readonly apiVersion: string
  readonly requestedSchemas: readonly object[]
  readonly granularity: Granularity
  readonly include: IncludeResultsetResponses
  readonly skip: number
  readonly limit: number
  readonly filters: readonly RightFilter[]
  readonly gVariant: unknown
  readonly testMode: boolean
}

const LISTS = new Set(['start', 'end'])
const NAMES = new Set([
  'filters',
  'skip',
  'limit',
  'requestedGranularity',
  'includeResultsetResponses',
  'testMode',
  'requestedSchema',
])

function filterOf(text: string): object {
  const match = /^(.+?):?(<=|>=|=|<|>|!)(.*)$/.exec(text)
  return match ? { id: match[1], operator: match[2], value: match[3] } : { id: text }
}

/** The query string in the form of a body. */
function fromQuery(query: URLSearchParams): object {
  const number = (name: string) =>
    query.has(name) ? { [name]: /^\d+$/.test(query.get(name)!) ? Number(query.get(name)) : query.get(name) } : {}
  const parameters = Object.fromEntries(
    [...query]
      .filter(([name]) => !NAMES.has(name))
      .map(([name, value]) => [name, LISTS.has(name) ? value.split(',').map(Number) : value]),
  )
  return {
    query: {
      ...(query.has('filters') ? { filters: query.get('filters')!.split(',').map(filterOf) } : {}),
      ...(query.has('requestedGranularity') ? { requestedGranularity: query.get('requestedGranularity') } : {}),
      ...(query.has('includeResultsetResponses')
        ? { includeResultsetResponses: query.get('includeResultsetResponses') }
        : {}),
      ...(query.has('testMode') ? { testMode: query.get('testMode') === 'true' } : {}),
      pagination: { ...number('skip'), ...number('limit') },
      ...(Object.keys(parameters).length > 0 ? { requestParameters: { g_variant: parameters } } : {}),
    },
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new BadQuestion('the body is no JSON')
  }
}

function wholeNumber(value: unknown, name: string, absent: number): number {
  if (value === undefined) return absent
  if (!Number.isInteger(value) || (value as number) < 0) throw new BadQuestion(`${name} must be a whole number`)
  return value as number
}

/** @param fallback what a request without a granularity gets @throws BadQuestion */
export function readQuestion({ method, url, body }: HttpRequest, fallback: Granularity): RightQuestion {
  const document = method === 'POST' && body ? parseBody(body) : fromQuery(new URL(url).searchParams)
  if (!isObject(document)) throw new BadQuestion('the body must be an object')
  const query = at(document, 'query') ?? {}
  const granularity = at(query, 'requestedGranularity') ?? fallback
  const include = at(query, 'includeResultsetResponses') ?? 'HIT'
  if (!isGranularity(granularity)) throw new BadQuestion('there is no such granularity')
  if (!(INCLUDE_RESULTSET_RESPONSES as readonly unknown[]).includes(include))
    throw new BadQuestion('there is no such includeResultsetResponses')
  const filters = listAt(query, 'filters')
  if (!filters.every((filter) => isObject(filter) && typeof filter['id'] === 'string'))
    throw new BadQuestion('filters must be objects')
  const parameters = at(query, 'requestParameters')
  if (parameters !== undefined && !isObject(parameters)) throw new BadQuestion('requestParameters must be an object')
  return {
    apiVersion: textAt(document, 'meta', 'apiVersion') ?? 'v2.1.1',
    requestedSchemas: listAt(document, 'meta', 'requestedSchemas') as readonly object[],
    granularity,
    include: include as IncludeResultsetResponses,
    skip: wholeNumber(at(query, 'pagination', 'skip'), 'skip', 0),
    limit: wholeNumber(at(query, 'pagination', 'limit'), 'limit', 10),
    filters: filters as readonly RightFilter[],
    // Flat parameters are read too.
    gVariant: at(parameters, 'g_variant') ?? parameters,
    testMode: at(query, 'testMode') === true,
  }
}

/** What the answer's meta says of the request. */
export function echoOf(question: RightQuestion): object {
  const { apiVersion, requestedSchemas, granularity, include, skip, limit, filters, gVariant, testMode } = question
  return {
    apiVersion,
    requestedSchemas,
    pagination: { skip, limit },
    requestedGranularity: granularity,
    includeResultsetResponses: include,
    testMode,
    ...(filters.length > 0
      ? {
          filters: filters.map(({ id, operator, value }) =>
            value === undefined ? id : `${id}:${operator ?? '='}${value}`,
          ),
        }
      : {}),
    ...(gVariant === undefined ? {} : { requestParameters: { g_variant: gVariant } }),
  }
}
