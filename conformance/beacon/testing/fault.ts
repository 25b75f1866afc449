import { at, isObject } from '../json.js'
import type { HttpRequest } from '../transport.js'
import { withChange, type RightAnswer, type RightOptions } from './right-beacon.js'
import { RIGHT_DATA, type BeaconRecord, type RightData } from './right-records.js'

/** One thing that the right beacon does wrong, and what the suite must say of it. */
export interface Fault {
  readonly name: string
  readonly options: RightOptions
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
  const data = { ...RIGHT_DATA, [entryType]: RIGHT_DATA[entryType].map(change) } as RightData
  return { data }
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

/** An error that another beacon might send. */
export function refusal(status: number, errorMessage: string, body: unknown): RightAnswer {
  return { status, body: { meta: at(body, 'meta') ?? {}, error: { errorCode: status, errorMessage } } }
}
