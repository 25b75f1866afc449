import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { lesserGranularity, type Granularity } from '../../../schemas/index.js'
import { COLLECTION_TYPES } from '../answers.js'
import { at, listAt, textAt } from '../json.js'
import type { HttpAnswer, HttpRequest, Transport } from '../../suite/transport.js'
import { RIGHT_BASE, RIGHT_ID, RIGHT_PATHS, rightDocument } from './right-documents.js'
import { passesFilter } from './right-filters.js'
import { RIGHT_DATA, type BeaconRecord, type RightData } from './right-records.js'
import { echoOf, readQuestion, type RightQuestion } from './right-request.js'
import { BadQuestion, findVariants } from './right-variants.js'

/** What the beacon is about to send. */
export interface RightAnswer {
  readonly status: number
  /** A JSON document. */
  readonly body: unknown
}

/** Ways for the beacon to be small, strict, or (for planted faults) wrong. */
export interface RightOptions {
  readonly base?: string
  readonly data?: RightData
  readonly paths?: readonly string[]
  /** The most that it tells. */
  readonly maximum?: Granularity
  readonly servesSchemas?: boolean
  /** Bearer token without which data are not shown, but for testMode. */
  readonly token?: string
  readonly loginInTestMode?: boolean
  /** First record of a page. */
  readonly offset?: (skip: number, limit: number) => number
  /** Changes an answer before it leaves; `path` is below the base, without the query. */
  readonly rewrite?: (request: HttpRequest & { readonly path: string }, answer: RightAnswer) => RightAnswer
  /** Changes a request before it is read. */
  readonly rewriteRequest?: (request: HttpRequest) => HttpRequest
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const UNREAD: RightQuestion = {
  apiVersion: 'v2.1.1',
  requestedSchemas: [],
  granularity: 'boolean',
  include: 'HIT',
  skip: 0,
  limit: 10,
  filters: [],
  gVariant: undefined,
  testMode: false,
}

function metaOf(question: RightQuestion, returnedGranularity: Granularity, entryType?: string): object {
  return {
    beaconId: RIGHT_ID,
    apiVersion: 'v2.1.1',
    returnedGranularity,
    returnedSchemas:
      entryType === undefined ? [] : [{ entityType: entryType, schema: `ga4gh-beacon-${entryType}-v2.1.1` }],
    receivedRequestSummary: echoOf(question),
    testMode: question.testMode,
  }
}

/** The people that a record is about: what relates any two entry types. */
function peopleOf(entryType: string, record: BeaconRecord, data: RightData): readonly string[] {
  const everybody = data.individual.flatMap((person) => textAt(person, 'id') ?? [])
  switch (entryType) {
    case 'individual':
      return [textAt(record, 'id')!]
    case 'genomicVariant':
      return listAt(record, 'caseLevelData').flatMap((call) => textAt(call, 'individualId') ?? [])
    case 'cohort':
      return everybody
    case 'dataset':
      return textAt(record, 'id') === 'genomes' ? everybody : []
    default:
      return [textAt(record, 'individualId')!]
  }
}

/** A Beacon v2.1.1 that does everything right, over a few records in memory. */
export function createRightBeacon(options: RightOptions = {}): Transport {
  const { base = RIGHT_BASE, data = RIGHT_DATA, maximum = 'record', servesSchemas = false, token, rewrite } = options
  const paths = options.paths ?? Object.keys(RIGHT_PATHS)
  const offset = options.offset ?? ((skip, limit) => skip * limit)
  const recordsBy = (entryType: string) => data[entryType as keyof RightData]

  function find(segments: readonly string[]): {
    readonly entryType: string
    readonly records: readonly BeaconRecord[]
  } {
    const [path, id, relatedPath, ...more] = segments
    const owner = paths.includes(path!) ? RIGHT_PATHS[path!] : undefined
    const related =
      relatedPath === undefined ? undefined : owner?.related.includes(relatedPath) && paths.includes(relatedPath)
    if (!owner || related === false || more.length > 0) throw new Refusal(404, 'there is nothing at this address')
    const all = recordsBy(owner.entryType)
    if (id === undefined) return { entryType: owner.entryType, records: all }
    const entry = all.filter((record) => record['id'] === id)
    if (relatedPath === undefined) return { entryType: owner.entryType, records: entry }
    const { entryType } = RIGHT_PATHS[relatedPath]!
    const people = new Set(entry.flatMap((record) => peopleOf(owner.entryType, record, data)))
    const records = recordsBy(entryType).filter((record) =>
      peopleOf(entryType, record, data).some((person) => people.has(person)),
    )
    return { entryType, records }
  }

  function select(
    question: RightQuestion,
    entryType: string,
    records: readonly BeaconRecord[],
  ): readonly BeaconRecord[] {
    const { gVariant, filters } = question
    const found = entryType === 'genomicVariant' ? findVariants(records, gVariant) : records
    try {
      for (const filter of filters) passesFilter({}, filter)
      return found.filter((record) => filters.every((filter) => passesFilter(record, filter)))
    } catch (error) {
      throw new BadQuestion((error as Error).message)
    }
  }

  function toResultSets({ include, skip, limit }: RightQuestion, records: readonly BeaconRecord[]): readonly object[] {
    const first = offset(skip, limit)
    const results = limit === 0 ? records : records.slice(first, first + limit)
    const sets = [
      { id: 'genomes', setType: 'dataset', exists: records.length > 0, resultsCount: records.length, results },
      { id: 'panels', setType: 'dataset', exists: false, resultsCount: 0, results: [] },
    ]
    return sets.filter(({ exists }) => include === 'ALL' || (include === 'HIT' ? exists : !exists))
  }

  function answerData(question: RightQuestion, segments: readonly string[]): object {
    const { entryType, records: all } = find(segments)
    const records = select(question, entryType, all)
    const isCollection = COLLECTION_TYPES.includes(entryType)
    const wanted =
      question.include === 'NONE' && !isCollection
        ? lesserGranularity('count', question.granularity)
        : question.granularity
    const granularity = lesserGranularity(wanted, maximum)
    const exists = records.length > 0
    const meta = metaOf(question, granularity, entryType)
    if (granularity === 'boolean') return { meta, responseSummary: { exists } }
    const responseSummary = { exists, numTotalResults: records.length }
    if (granularity === 'count') return { meta, responseSummary }
    const { skip, limit } = question
    const first = offset(skip, limit)
    const page = limit === 0 ? records : records.slice(first, first + limit)
    return {
      meta,
      responseSummary,
      response: isCollection ? { collections: page } : { resultSets: toResultSets(question, records) },
    }
  }

  function answer({ method, url, headers, body }: HttpRequest): RightAnswer {
    const { pathname, searchParams } = new URL(url)
    const path = pathname.slice(new URL(base).pathname.length) || '/'
    if (!['GET', 'HEAD', 'POST', 'OPTIONS'].includes(method)) throw new Refusal(405, 'use GET or POST')
    if (method === 'OPTIONS') return { status: 204, body: undefined }
    const document = rightDocument(path, searchParams, { base, paths, servesSchemas })
    if (document) return { status: 200, body: document }
    let segments: readonly string[]
    try {
      segments = path.slice(1).split('/').map(decodeURIComponent)
    } catch {
      throw new BadQuestion('the path is not percent-encoded')
    }
    if (method === 'POST' && body && headers['content-type'] !== 'application/json')
      throw new Refusal(415, 'send application/json')
    const question = readQuestion({ method, url, headers, ...(body === undefined ? {} : { body }) }, 'boolean')
    const isKnown = token === undefined || headers['authorization'] === `Bearer ${token}`
    if ((!isKnown && !question.testMode) || (question.testMode && options.loginInTestMode))
      throw new Refusal(401, 'log in')
    return { status: 200, body: answerData(question, segments) }
  }

  function answerSafely(request: HttpRequest): RightAnswer {
    try {
      return answer(request)
    } catch (error) {
      const status = error instanceof Refusal ? error.status : error instanceof BadQuestion ? 400 : 500
      const errorMessage = error instanceof Error ? error.message : String(error)
      return { status, body: { meta: metaOf(UNREAD, 'boolean'), error: { errorCode: status, errorMessage } } }
    }
  }

  return async (sent) => {
    const request = options.rewriteRequest ? options.rewriteRequest(sent) : sent
    const path = new URL(request.url).pathname.slice(new URL(base).pathname.length) || '/'
    const right = answerSafely(request)
    const { status, body } = rewrite ? rewrite({ ...request, path }, right) : right
    const text = body === undefined || request.method === 'HEAD' ? '' : JSON.stringify(body)
    return { status, headers: { 'content-type': 'application/json' }, text }
  }
}

/** Serves a beacon by real HTTP on a free port; `make` gets the base URL it is served at. */
export async function serveBeacon(
  make: (base: string) => Transport,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  // Known once the server listens, which is before anybody can ask.
  let beacon: Transport = () => Promise.reject(new Error('not listening yet'))
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request
      const body = Buffer.concat(chunks).toString('utf8')
      const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      const send = ({ status, headers: sent, text }: HttpAnswer) => response.writeHead(status, sent).end(text)
      void beacon({
        method,
        url: `http://${headers.host}${url}`,
        headers: plain,
        ...(body === '' ? {} : { body }),
      }).then(send)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/beacon/v2`
  beacon = make(url)
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A document with one place changed; the rest is shared. */
export function withChange(
  document: unknown,
  path: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(document)
  if (typeof document !== 'object' || document === null || at(document, key) === undefined) return document
  const changed = withChange(at(document, key), rest, change)
  if (Array.isArray(document)) return document.map((item: unknown, i) => (i === key ? changed : item))
  return { ...document, [key]: changed }
}
