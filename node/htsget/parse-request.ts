import type { IncomingHttpHeaders } from 'node:http'
import {
  HTSGET_FORMATS,
  LARGEST_COORDINATE,
  validate,
  type HtsgetEndpoint,
  type HtsgetFormat,
  type HtsgetRequestBody,
  type RequestedRegion,
} from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { READ_FIELDS } from '../formats/bam/bam-edit.js'
import { readClientKey } from './client-key.js'

/** What stands for reads that have no place. */
export const UNPLACED = '*'

/** A stretch as it was asked for: 0-based half-open, on a contig as the caller spells it. */
export interface AskedRegion {
  readonly referenceName: string
  readonly start: number
  /** Infinity: to the contig's end. */
  readonly end: number
}

/** A request for a ticket in one form, however it was sent. */
export interface HtsgetRequest {
  readonly endpoint: HtsgetEndpoint
  readonly id: string
  readonly format: HtsgetFormat
  readonly headerOnly: boolean
  /** Absent: every record. */
  readonly regions?: readonly AskedRegion[]
  /** Those that were named; absent: all. */
  readonly fields?: ReadonlySet<string>
  readonly tags?: ReadonlySet<string>
  readonly notags?: ReadonlySet<string>
  /** Public key of the only reader, 32 bytes: the answer is wanted encrypted. */
  readonly reader?: Buffer
}

function invalid(message: string): NodeError {
  return new NodeError('invalid_input', message)
}

/** Decimal, unsigned, 32 bits. */
const COORDINATE = /^\d{1,10}$/
/** SAM specification, 1.5. */
const TAG = /^[A-Za-z][A-Za-z0-9]$/
const PARAMETERS = [
  'format',
  'class',
  'referenceName',
  'start',
  'end',
  'fields',
  'tags',
  'notags',
  'encryptionScheme',
] as const

type Parameters = { readonly [name in (typeof PARAMETERS)[number]]?: string }

/** What both methods say, before it is looked at. */
interface Sent extends Omit<HtsgetRequestBody, 'regions'> {
  readonly regions?: readonly AskedRegion[]
}

/** Unknown parameters are ignored: clients add what keeps caches from answering. */
function readParameters(query: Readonly<Record<string, unknown>>): Parameters {
  const read: { [name: string]: string } = {}
  for (const name of PARAMETERS) {
    const value = query[name]
    if (Array.isArray(value)) throw invalid(`${name} is given more than once`)
    if (typeof value === 'string') read[name] = value
  }
  return read
}

function parseCoordinate(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = COORDINATE.test(text) ? Number(text) : NaN
  if (!(value <= LARGEST_COORDINATE)) throw invalid(`${name} must be a whole number from 0 to ${LARGEST_COORDINATE}`)
  return value
}

function splitList(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  return text === '' ? [] : text.split(',')
}

function parseQuery(query: Readonly<Record<string, unknown>>): Sent {
  const { referenceName, start, end, fields, tags, notags, ...rest } = readParameters(query)
  const coordinates = { start: parseCoordinate('start', start), end: parseCoordinate('end', end) }
  if (referenceName === undefined && (start !== undefined || end !== undefined)) {
    throw invalid('start and end need referenceName')
  }
  const lists = { fields: splitList(fields), tags: splitList(tags), notags: splitList(notags) }
  return {
    ...rest,
    ...definedOf(lists),
    ...(referenceName === undefined ? {} : { regions: [toRegion(referenceName, coordinates, false)] }),
  }
}

function definedOf<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}

function parseBody(query: object, body: unknown): Sent {
  // The standard: a server should refuse a POST with parameters in its URL.
  if (Object.keys(query).length > 0) throw invalid('a POST takes its parameters in the body, not in the URL')
  if (body === undefined || body === null) return {}
  const checked = validate('htsget/requestBody.json', body)
  if (!checked.ok) {
    const where = checked.violation.pointer.slice(1).replaceAll('/', '.') || 'the request body'
    throw invalid(`${where} ${checked.violation.message}`)
  }
  const { regions, ...rest } = body as HtsgetRequestBody
  return {
    ...rest,
    ...(regions ? { regions: regions.map((region) => toRegion(region.referenceName, region, true)) } : {}),
  }
}

/**
 * @param mustHaveBases a region of a POST with start = end is refused, one of a GET is empty: so says the standard
 */
function toRegion(
  referenceName: string,
  { start, end }: { readonly [K in 'start' | 'end']?: RequestedRegion[K] | undefined },
  mustHaveBases: boolean,
): AskedRegion {
  if (referenceName === '') throw invalid('referenceName is empty')
  if (referenceName === UNPLACED && (start !== undefined || end !== undefined)) {
    throw invalid('reads without a place have no start and end')
  }
  const region = { referenceName, start: start ?? 0, end: end ?? Infinity }
  const isWrong = mustHaveBases ? region.start >= region.end : region.start > region.end
  if (isWrong) throw new NodeError('invalid_range', `start must ${mustHaveBases ? 'be less than' : 'not exceed'} end`)
  return region
}

function parseFormat(endpoint: HtsgetEndpoint, text: string | undefined): HtsgetFormat {
  const formats: readonly HtsgetFormat[] = HTSGET_FORMATS[endpoint]
  if (text === undefined) return formats[0]!
  // The standard writes formats large, and small in its own example of a POST.
  const format = formats.find((known) => known === text.toUpperCase())
  if (!format) throw new NodeError('unsupported_format', `format of ${endpoint} is one of ${formats.join(', ')}`)
  return format
}

function parseEncryption(scheme: string | undefined): boolean {
  switch (scheme?.toLowerCase()) {
    case undefined:
    case 'none':
    case 'plaintext':
      return false
    case 'crypt4gh':
    case 'c4gh':
      return true
    default:
      throw invalid('encryptionScheme is crypt4gh or none')
  }
}

function parseFields(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (names === undefined) return undefined
  if (names.length === 0) throw invalid(`fields names at least one of ${READ_FIELDS.join(', ')}`)
  const unknown = names.find((name) => !READ_FIELDS.includes(name))
  if (unknown !== undefined) throw invalid(`fields are among ${READ_FIELDS.join(', ')}`)
  const fields = new Set(names)
  // BAM keeps qualities by the length of the sequence.
  if (fields.has('QUAL')) fields.add('SEQ')
  return fields.size === READ_FIELDS.length ? undefined : fields
}

function parseTags(name: string, tags: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (tags?.some((tag) => !TAG.test(tag))) throw invalid(`${name} are of two characters, such as NM`)
  return tags && new Set(tags)
}

/** Fields and tags are of reads; variants have none, and what is said of them has no meaning there. */
function parseEdits({ fields, tags, notags }: Sent): Pick<HtsgetRequest, 'fields' | 'tags' | 'notags'> {
  const [kept, dropped] = [parseTags('tags', tags), parseTags('notags', notags)]
  const both = kept && [...kept].find((tag) => dropped?.has(tag))
  if (both !== undefined) throw invalid(`${both} is both in tags and in notags`)
  return definedOf({ fields: parseFields(fields), tags: kept, notags: dropped?.size ? dropped : undefined })
}

/**
 * The first step of the request path (htsget 1.3, "Query parameters" and "Request body").
 *
 * @param body the parsed JSON of a POST, undefined for a POST without one; `'none'` for a GET
 * @param headers in which the key of the reader of an encrypted answer stands
 * @throws NodeError invalid_input, invalid_range, unsupported_format
 */
export function parseHtsgetRequest(
  endpoint: HtsgetEndpoint,
  id: string,
  query: Readonly<Record<string, unknown>>,
  body: unknown,
  headers: IncomingHttpHeaders = {},
): HtsgetRequest {
  const sent = body === 'none' ? parseQuery(query) : parseBody(query, body)
  const format = parseFormat(endpoint, sent.format)
  if (sent.class !== undefined && sent.class !== 'header') throw invalid('class can only be header')
  const headerOnly = sent.class === 'header'
  const { regions } = sent
  if (headerOnly && (regions ?? sent.fields ?? sent.tags ?? sent.notags) !== undefined) {
    throw invalid('with class=header only format can be given')
  }
  if (endpoint === 'variants' && regions?.some(({ referenceName }) => referenceName === UNPLACED)) {
    throw invalid('variants all have a place')
  }
  const reader = readClientKey(headers, parseEncryption(sent.encryptionScheme))
  return {
    endpoint,
    id,
    format,
    headerOnly,
    ...(regions ? { regions } : {}),
    ...(endpoint === 'reads' ? parseEdits(sent) : {}),
    ...(reader ? { reader } : {}),
  }
}
