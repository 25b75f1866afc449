import { at, isObject } from '../json.js'
import type { SuiteOptions } from '../run-suite.js'
import type { HttpRequest, Transport } from '../../suite/transport.js'
import { RIGHT_BASE, RIGHT_ID } from './right-documents.js'
import { withChange, type RightAnswer, type RightOptions } from './right-beacon.js'
import { RIGHT_DATA, type BeaconRecord, type RightData } from './right-records.js'
import { echoOf, readQuestion } from './right-request.js'

/** One thing that the right beacon does wrong, and what the suite must say of it. */
export interface Fault {
  readonly name: string
  readonly options: RightOptions
  /** What else the suite is given. */
  readonly suite?: Partial<SuiteOptions>
  /** Changes what comes over the wire. */
  readonly wire?: (right: Transport) => Transport
  /** The case that must fail. */
  readonly finds: string
  /** Other cases that the fault makes fail too; everything else must hold. */
  readonly implies?: readonly RegExp[]
}

export type Sent = HttpRequest & { readonly path: string }

/** A fault in answers: documents that are chosen, changed. */
export function inAnswers(
  isChosen: (body: unknown, request: Sent) => boolean,
  change: (body: unknown, request: Sent) => unknown,
): RightOptions {
  return {
    rewrite(request, answer): RightAnswer {
      return isChosen(answer.body, request) ? { ...answer, body: change(answer.body, request) } : answer
    },
  }
}

/** A fault in one place of the documents at a path; undefined takes the member away. */
export function inDocument(path: string, place: readonly string[], value: unknown): RightOptions {
  return inAnswers(
    (_body, request) => request.path === path,
    (body) => withChange(body, place, () => value),
  )
}

/** A fault in records of one entry type. */
export function inRecords(
  entryType: keyof RightData,
  change: (record: BeaconRecord, index: number) => unknown,
): RightOptions {
  const records = RIGHT_DATA[entryType].map((record, i) => change(record, i) as BeaconRecord)
  return { data: { ...RIGHT_DATA, [entryType]: records } }
}

/** Takes a member away. */
export function without(document: unknown, ...path: (string | number)[]): unknown {
  return withChange(document, path, () => undefined)
}

export function granularityOf(body: unknown): unknown {
  return at(body, 'meta', 'returnedGranularity')
}

export const isBoolean = (body: unknown) =>
  granularityOf(body) === 'boolean' && at(body, 'responseSummary') !== undefined
export const isError = (body: unknown) => isObject(at(body, 'error'))
export const isData = (body: unknown) => isObject(at(body, 'responseSummary'))

/** The request's question, as its body says it; undefined for GET. */
export function queryOf({ body }: HttpRequest): unknown {
  try {
    return body === undefined ? undefined : at(JSON.parse(body), 'query')
  } catch {
    return undefined
  }
}

/** A fault in reading POST bodies: the query, changed. */
export function inQueries(change: (query: Readonly<Record<string, unknown>>) => object): RightOptions {
  return {
    rewriteRequest(request) {
      const query = queryOf(request)
      if (!isObject(query)) return request
      return { ...request, body: JSON.stringify({ meta: at(JSON.parse(request.body!), 'meta'), query: change(query) }) }
    },
  }
}

/** A fault in reading variant parameters of POST bodies. */
export function inVariants(change: (variant: Readonly<Record<string, unknown>>) => object): RightOptions {
  return inQueries((query) => {
    const variant = at(query, 'requestParameters', 'g_variant')
    return isObject(variant) ? { ...query, requestParameters: { g_variant: change(variant) } } : query
  })
}

/** A fault in reading bodies as they are. */
export function inBodies(change: (body: string) => string): RightOptions {
  return {
    rewriteRequest: (request) => (request.body === undefined ? request : { ...request, body: change(request.body) }),
  }
}

/** A fault in reading URLs of some requests. */
export function inUrls(change: (url: string, request: HttpRequest) => string): RightOptions {
  return { rewriteRequest: (request) => ({ ...request, url: change(request.url, request) }) }
}

/** Some requests are answered by an error. */
export function refusing(status: number, isChosen: (request: Sent, body: unknown) => boolean): RightOptions {
  return { rewrite: (request, answer) => (isChosen(request, answer.body) ? refuse(status, answer) : answer) }
}

const UNREAD = echoOf(readQuestion({ method: 'GET', url: RIGHT_BASE, headers: {} }, 'boolean'))

/** The refusal of a beacon that has everything else right. */
export function refuse(status: number, { body }: RightAnswer): RightAnswer {
  const meta = at(body, 'meta') ?? {}
  const whole = {
    beaconId: RIGHT_ID,
    apiVersion: 'v2.1.1',
    returnedGranularity: 'boolean',
    returnedSchemas: [],
    receivedRequestSummary: UNREAD,
    ...meta,
  }
  return { status, body: { meta: whole, error: { errorCode: status, errorMessage: 'planted' } } }
}
