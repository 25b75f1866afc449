/** What an answer is, so that it is checked against the schemas that it must keep and no others. */
export type AnswerKind =
  | { readonly kind: 'info' | 'configuration' | 'entryTypes' | 'map' | 'filteringTerms' }
  | { readonly kind: 'serviceInfo' | 'services' | 'networkEvent' | 'error' }
  | {
      readonly kind: 'data'
      readonly granularity: 'boolean' | 'count' | 'record'
      readonly body: 'none' | 'resultSets' | 'collections'
      /** What the records are; undefined for entry types that have no schema here yet. */
      readonly records: 'genomicVariation' | 'dataset' | undefined
    }

const INFORMATIONAL = {
  '/': 'info',
  '/info': 'info',
  '/service-info': 'serviceInfo',
  '/configuration': 'configuration',
  '/entry_types': 'entryTypes',
  '/map': 'map',
  '/filtering_terms': 'filteringTerms',
  '/services': 'services',
  '/network/variants': 'networkEvent',
} as const

const ENTRY_TYPE_PATHS = ['analyses', 'biosamples', 'cohorts', 'datasets', 'g_variants', 'individuals', 'runs']
const GRANULARITIES = ['boolean', 'count', 'record'] as const

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The path below `/beacon/v2` (or whole, where it has none), without query string and without a slash at its end. */
function pathWithinService(path: string): string {
  const withoutQuery = path.replace(/^https?:\/\/[^/]+/, '').replace(/[?#].*$/, '')
  return withoutQuery.replace(/^.*\/beacon\/v2(?=\/|$)/, '').replace(/\/+$/, '') || '/'
}

/** Records of `/datasets/{id}/g_variants` are variants, those of `/datasets/{id}` datasets. */
function recordsOf(path: string): 'genomicVariation' | 'dataset' | undefined {
  const last = path.split('/').findLast((part) => ENTRY_TYPE_PATHS.includes(part))
  return last === 'g_variants' ? 'genomicVariation' : last === 'datasets' ? 'dataset' : undefined
}

/**
 * Dispatches an answer by where it came from and what it holds. An OpenAPI `oneOf` of the response schemas cannot do that:
 * a count answer with result sets matches two of them.
 *
 * @param path path or URL that was asked
 * @throws TypeError for a path that no schema is known for, so that nothing passes by not being checked
 */
export function answerKind(path: string, document: unknown): AnswerKind {
  const within = pathWithinService(path)
  if (isObject(document) && 'error' in document) return { kind: 'error' }
  const informational = INFORMATIONAL[within as keyof typeof INFORMATIONAL] as
    (typeof INFORMATIONAL)[keyof typeof INFORMATIONAL] | undefined
  // `/?requestedSchema=ga4gh-service-info-1.0` answers with the bare service-info.
  if (informational === 'info' && isObject(document) && !('meta' in document)) return { kind: 'serviceInfo' }
  if (informational) return { kind: informational }
  if (within.endsWith('/filtering_terms')) return { kind: 'filteringTerms' }
  if (!ENTRY_TYPE_PATHS.includes(within.split('/')[1] ?? '')) throw new TypeError(`no schema is known for ${path}`)
  const meta = isObject(document) && isObject(document['meta']) ? document['meta'] : {}
  const response = isObject(document) && isObject(document['response']) ? document['response'] : {}
  return {
    kind: 'data',
    // Without a known granularity the strictest form is asked for, and the answer fails on its meta.
    granularity: GRANULARITIES.find((g) => g === meta['returnedGranularity']) ?? 'record',
    body: 'collections' in response ? 'collections' : 'resultSets' in response ? 'resultSets' : 'none',
    records: recordsOf(within),
  }
}

/** The records of a data answer, each with its place. */
export function recordsIn(document: unknown): readonly (readonly [string, unknown])[] {
  const response = isObject(document) && isObject(document['response']) ? document['response'] : {}
  const { collections, resultSets } = response
  const listed = (list: unknown, place: string) =>
    Array.isArray(list) ? list.map((record: unknown, i) => [`${place}/${i}`, record] as const) : []
  return [
    ...listed(collections, '/response/collections'),
    ...listed(resultSets, '/response/resultSets').flatMap(([place, set]) =>
      listed(isObject(set) ? set['results'] : undefined, `${place}/results`),
    ),
  ]
}
