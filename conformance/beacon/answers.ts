import type { Exchange } from './client.js'
import { at, isObject, listAt, textAt } from './json.js'

/** Entry types that are collections of others and are answered as `collections`. Beacon v2.1.1, endpoints.json. */
export const COLLECTION_TYPES: readonly string[] = ['dataset', 'cohort']

/** The spelling of docs (`genomicVariation`) and of configurations (`genomicVariant`) as one. */
export function canonicalType(entryType: string): string {
  return entryType === 'genomicVariation' ? 'genomicVariant' : entryType
}

/** A record in an answer, with its place and the result set it stands in. */
export interface FoundRecord {
  readonly pointer: string
  readonly set: string
  readonly record: Readonly<Record<string, unknown>>
}

/** Records of result sets or collections, whichever there are. */
export function recordsOf(body: unknown): readonly FoundRecord[] {
  const inList = (records: readonly unknown[], place: string, set: string) =>
    records.flatMap((record, i) => (isObject(record) ? [{ pointer: `${place}/${i}`, set, record }] : []))
  return [
    ...inList(listAt(body, 'response', 'collections'), '/response/collections', ''),
    ...listAt(body, 'response', 'resultSets').flatMap((set, i) =>
      inList(listAt(set, 'results'), `/response/resultSets/${i}/results`, textAt(set, 'id') ?? String(i)),
    ),
  ]
}

/** `id`, or what stands for it in a variant. */
export function recordId(record: unknown): string | undefined {
  return textAt(record, 'id') ?? textAt(record, 'variantInternalId')
}

/** Ids of all records, each with its set, in the order of the answer. */
export function recordIds(body: unknown): readonly string[] {
  return recordsOf(body).flatMap(({ record }) => recordId(record) ?? [])
}

/** An answer with data: successful, and with a summary of what was found. */
export function isDataAnswer({ status, body }: Exchange): boolean {
  return status === 200 && isObject(at(body, 'responseSummary'))
}

export function existsIn(body: unknown): boolean | undefined {
  const exists = at(body, 'responseSummary', 'exists')
  return typeof exists === 'boolean' ? exists : undefined
}

export function totalIn(body: unknown): number | undefined {
  const total = at(body, 'responseSummary', 'numTotalResults')
  return typeof total === 'number' ? total : undefined
}

/** Whether the beacon asks who is there. */
export function demandsLogin({ status }: Exchange): boolean {
  return status === 401 || status === 403
}

/** Why an answer cannot be used, for reports: `HTTP 404`, `no answer within 5000 ms`. */
export function describeStatus({ status, failure, body }: Exchange): string {
  if (failure !== undefined) return failure
  const message = textAt(body, 'error', 'errorMessage')
  return `HTTP ${status}${message === undefined ? '' : `: ${message}`}`
}
