import { prepareValidation, validate } from '../validate.js'
import type { Granularity, IncludeResultsetResponses } from './granularity.js'
import { API_VERSION, type Pagination, type ReceivedRequestSummary, type SchemaPerEntity } from './meta.js'
import { parseGetQuery } from './parse-get-query.js'
import {
  gVariantParametersSchema,
  type BeaconRequestBody,
  type GVariantParameters,
  type RequestFilter,
  type RequestFilterItem,
} from './request.js'

/** Most records of one page; `limit=0` means this many. */
export const MAXIMUM_LIMIT = 1_000
const DEFAULT_LIMIT = 10

/** A Beacon request in one form, however it was sent. */
export interface BeaconRequest {
  /** Absent when the caller named none. */
  readonly requestedGranularity?: Granularity | undefined
  /** The caller speaks Beacon 2.2 or later and so understands result sets below record granularity. */
  readonly understands22: boolean
  readonly includeResultsetResponses: IncludeResultsetResponses
  /** `skip` counts pages. */
  readonly pagination: Pagination
  readonly filters: readonly RequestFilterItem[]
  readonly gVariant: GVariantParameters
  /** Absent: all datasets. */
  readonly datasetIds?: readonly string[] | undefined
  readonly testMode: boolean
  /** The echo for the answer's meta. */
  readonly summary: ReceivedRequestSummary
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

/** What one source, the query string or the body, said. */
interface Sent {
  readonly apiVersion?: string | undefined
  readonly requestedSchemas?: readonly SchemaPerEntity[] | undefined
  readonly requestedGranularity?: Granularity | undefined
  readonly includeResultsetResponses?: IncludeResultsetResponses | undefined
  readonly skip?: number | undefined
  readonly limit?: number | undefined
  readonly filters?: readonly RequestFilterItem[] | undefined
  readonly datasetIds?: readonly string[] | undefined
  readonly testMode?: boolean | undefined
  readonly gVariant: Readonly<Record<string, unknown>>
}

const VARIANT_KEYS: ReadonlySet<string> = new Set(Object.keys(gVariantParametersSchema['properties'] as object))
const VARIANT_GROUPS: readonly string[] = ['g_variant', 'genomicVariant', 'genomicVariation']

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Partial<T> = {}
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key]
  return kept as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** `v2.2.0`, `2.2` and later. */
function isVersion22(apiVersion: string): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(apiVersion)
  return match !== null && (Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 2))
}

/** Filters in the answer's meta are strings: the id, or `id:OPvalue`; those of an inner list joined by `|`. */
function toFilterText(item: RequestFilterItem): string {
  return isGroup(item) ? item.map(toOneFilterText).join('|') : toOneFilterText(item)
}

function isGroup(item: RequestFilterItem): item is readonly RequestFilter[] {
  return Array.isArray(item)
}

function toOneFilterText(filter: RequestFilter): string {
  return filter.value === undefined ? filter.id : `${filter.id}:${filter.operator ?? '='}${filter.value}`
}

const REQUEST_SCHEMAS = ['beacon/requestBody.json', 'beacon/gVariantParameters.json'] as const

/** Gets ready for requests: the first one would otherwise wait 30 ms for schemas to be compiled. */
export function prepareBeaconRequests(): void {
  for (const path of REQUEST_SCHEMAS) prepareValidation(path)
}

/** Schema violations as a sentence that begins with the place. */
function check(path: (typeof REQUEST_SCHEMAS)[number], value: unknown, root: string): string | undefined {
  const result = validate(path, value)
  if (result.ok) return undefined
  const where = result.violation.pointer.slice(1).replaceAll('/', '.')
  return `${where ? root + where : root.replace(/\.$/, '') || 'the request body'} ${result.violation.message}`
}

/** The standard nests parameters by entry type (`{g_variant: {…}}`); most clients send them flat. Both are read. */
function parseRequestParameters(
  parameters: Readonly<Record<string, unknown>>,
): Parsed<Pick<Sent, 'gVariant' | 'datasetIds'>> {
  const sent: (readonly [string, unknown])[] = []
  let datasetIds: readonly string[] | undefined
  for (const [key, value] of Object.entries(parameters)) {
    if (key === 'datasets' || key === 'datasetIds') {
      const ids = isRecord(value) ? value['datasetIds'] : value
      if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
        return { ok: false, message: 'requestParameters.datasets must be {"datasetIds": ["…"]}' }
      }
      datasetIds = ids
    } else if (VARIANT_GROUPS.includes(key) && isRecord(value)) {
      sent.push(...Object.entries(value))
    } else {
      sent.push([key, value])
    }
  }
  const unknown = sent.find(([key]) => !VARIANT_KEYS.has(key))
  if (unknown) {
    const allowed = [...VARIANT_KEYS].join(', ')
    return { ok: false, message: `unknown request parameter "${unknown[0].slice(0, 40)}"; allowed are ${allowed}` }
  }
  const gVariant: Record<string, unknown> = Object.fromEntries(sent)
  const isRepeated = Object.keys(gVariant).length < sent.length
  const contradicted = isRepeated ? sent.find(([key, value]) => !isSame(value, gVariant[key])) : undefined
  if (contradicted) return { ok: false, message: `${contradicted[0]} is given twice, with different values` }
  // A chromosome written as a JSON number, and a single position outside an array, are common and unambiguous.
  for (const key of ['start', 'end']) if (typeof gVariant[key] === 'number') gVariant[key] = [gVariant[key]]
  if (typeof gVariant['referenceName'] === 'number') gVariant['referenceName'] = String(gVariant['referenceName'])
  const wrong = check('beacon/gVariantParameters.json', gVariant, 'g_variant.')
  if (wrong !== undefined) return { ok: false, message: wrong }
  return { ok: true, value: { gVariant, ...(datasetIds ? { datasetIds } : {}) } }
}

/** One source in one form. The standard's examples also put granularity and pagination beside `query`. */
function parseSource(document: unknown): Parsed<Sent> {
  const wrong = check('beacon/requestBody.json', document, '')
  if (wrong !== undefined) return { ok: false, message: wrong }
  const body = document as BeaconRequestBody
  const { query = body } = body
  const parameters = parseRequestParameters(query.requestParameters ?? body.requestParameters ?? {})
  if (!parameters.ok) return parameters
  const pagination = query.pagination ?? body.pagination
  const sent: Sent = {
    apiVersion: body.meta?.apiVersion,
    requestedSchemas: body.meta?.requestedSchemas,
    requestedGranularity: (query.requestedGranularity ?? body.requestedGranularity) as Granularity | undefined,
    includeResultsetResponses: (query.includeResultsetResponses ?? body.includeResultsetResponses) as
      IncludeResultsetResponses | undefined,
    skip: pagination?.skip,
    limit: pagination?.limit,
    filters: query.filters ?? body.filters,
    datasetIds: parameters.value.datasetIds,
    testMode: query.testMode ?? body.testMode,
    gVariant: parameters.value.gVariant,
  }
  return { ok: true, value: sent }
}

const NOTHING_SENT: Parsed<Sent> = { ok: true, value: { gVariant: {} } }

function parseUrl(query: Readonly<Record<string, unknown>>): Parsed<Sent> {
  if (Object.keys(query).length === 0) return NOTHING_SENT
  const get = parseGetQuery(query)
  return get.ok ? parseSource(get.value) : get
}

/** Equal JSON values; the order of keys does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
}

/** The same thing said in the query string and in the body must be the same; otherwise the name of what differs. */
function findConflict(a: object, b: object): string | undefined {
  for (const [key, value] of Object.entries(a)) {
    const other = (b as Record<string, unknown>)[key]
    if (other === undefined) continue
    const inner = isRecord(value) && isRecord(other) ? findConflict(value, other) : undefined
    if (inner !== undefined) return inner
    if (!(isRecord(value) && isRecord(other)) && !isSame(value, other)) return key
  }
  return undefined
}

/** Of what both sources say a part of, both parts. */
function mergeParameters(a: Sent['gVariant'], b: Sent['gVariant']): Sent['gVariant'] {
  const both = Object.entries(b).map(([key, value]) => {
    const other = a[key]
    return [key, isRecord(value) && isRecord(other) ? { ...other, ...value } : value] as const
  })
  return { ...a, ...Object.fromEntries(both) }
}

/**
 * Reads a Beacon v2 request from its query string (GET, or POST with both) and its JSON body.
 *
 * @param query the decoded query string: strings, or arrays of them
 * @param body the parsed JSON body; undefined without one
 * @param defaultGranularity what a request without requestedGranularity gets
 */
export function parseBeaconRequest(
  query: unknown,
  body: unknown,
  defaultGranularity: Granularity,
): Parsed<BeaconRequest> {
  const fromUrl = parseUrl(isRecord(query) ? query : {})
  if (!fromUrl.ok) return fromUrl
  const fromBody = body === undefined || body === null ? NOTHING_SENT : parseSource(body)
  if (!fromBody.ok) return fromBody
  if (fromUrl === NOTHING_SENT) return { ok: true, value: toBeaconRequest(fromBody.value, defaultGranularity) }
  const [inUrl, inBody] = [withoutUndefined(fromUrl.value), withoutUndefined(fromBody.value)]
  const conflict = findConflict(inUrl, inBody)
  if (conflict !== undefined) {
    return { ok: false, message: `${conflict} differs between the query string and the request body` }
  }
  const gVariant = mergeParameters(inUrl.gVariant, inBody.gVariant)
  return { ok: true, value: toBeaconRequest({ ...inUrl, ...inBody, gVariant }, defaultGranularity) }
}

function toBeaconRequest(sent: Sent, defaultGranularity: Granularity): BeaconRequest {
  const { requestedGranularity, datasetIds, gVariant, filters = [], testMode = false } = sent
  const limit = sent.limit === 0 ? MAXIMUM_LIMIT : Math.min(sent.limit ?? DEFAULT_LIMIT, MAXIMUM_LIMIT)
  const pagination = { skip: sent.skip ?? 0, limit }
  const includeResultsetResponses = sent.includeResultsetResponses ?? 'HIT'
  const apiVersion = sent.apiVersion ?? API_VERSION
  return {
    requestedGranularity,
    datasetIds,
    understands22: isVersion22(apiVersion),
    includeResultsetResponses,
    pagination,
    filters,
    gVariant,
    testMode,
    summary: {
      apiVersion,
      requestedSchemas: sent.requestedSchemas ?? [],
      pagination,
      requestedGranularity: requestedGranularity ?? defaultGranularity,
      includeResultsetResponses,
      testMode,
      filters: filters.length > 0 ? filters.map(toFilterText) : undefined,
      requestParameters: toEchoedParameters(gVariant, datasetIds),
    },
  }
}

function toEchoedParameters(
  gVariant: Sent['gVariant'],
  datasetIds: readonly string[] | undefined,
): ReceivedRequestSummary['requestParameters'] {
  const datasets = datasetIds && { datasetIds }
  if (Object.keys(gVariant).length === 0) return datasets && { datasets }
  return datasets ? { g_variant: gVariant, datasets } : { g_variant: gVariant }
}

/** An echo for answers to requests that could not be read. */
export function unreadRequestSummary(defaultGranularity: Granularity): ReceivedRequestSummary {
  return {
    apiVersion: API_VERSION,
    requestedSchemas: [],
    pagination: { skip: 0, limit: DEFAULT_LIMIT },
    requestedGranularity: defaultGranularity,
  }
}
