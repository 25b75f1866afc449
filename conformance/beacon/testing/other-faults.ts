// Over 300 lines: a table of faults, a row for each case of the suite.
import { NO_TRUTH } from '../truth-file.js'
import { at, isObject, listAt } from '../json.js'
import type { Transport } from '../../suite/transport.js'
import {
  granularityOf,
  inAnswers,
  inBodies,
  inDocument,
  inQueries,
  inRecords,
  inUrls,
  inVariants,
  isBoolean,
  isData,
  isError,
  queryOf,
  refusing,
  without,
  type Fault,
} from './fault.js'
import { withChange } from './right-beacon.js'
import { RIGHT_DATA } from './right-records.js'

const ECHO_CONTENT = /^requests\.echo-content$/
const ECHO = /^requests\.echo$/
const RUN = ['response', 'entryTypes', 'run'] as const

const isRange = (variant: Readonly<Record<string, unknown>>) =>
  listAt(variant, 'start').length === 1 && listAt(variant, 'end').length === 1
const filtersOf = (query: unknown) => listAt(query, 'filters')
const isUnknownId = ({ path }: { readonly path: string }) => path.includes('no-such-entry')

/** Answers of one question go to another when many are under way. */
function mixingUp(right: Transport): Transport {
  const many = 16
  let inFlight = 0
  let last: ReturnType<Transport> | undefined
  return async (request) => {
    inFlight++
    await new Promise((resolve) => setImmediate(resolve))
    const own = right(request)
    const answer = inFlight > many && last ? last : own
    last = own
    inFlight--
    return answer
  }
}

const framework: readonly Fault[] = [
  { name: '/ without a name', options: inDocument('/', ['response', 'name'], undefined), finds: 'framework.root' },
  {
    name: '/info without a name',
    options: inDocument('/info', ['response', 'name'], undefined),
    finds: 'framework.info',
  },
  {
    name: 'an entry type without a name',
    options: inDocument('/configuration', [...RUN, 'name'], undefined),
    finds: 'framework.configuration',
  },
  {
    name: 'the same in /entry_types',
    options: inDocument('/entry_types', [...RUN, 'name'], undefined),
    finds: 'framework.entry-types',
  },
  {
    name: 'an endpoint set without its entry type',
    options: inDocument('/map', ['response', 'endpointSets', 'run', 'entryType'], undefined),
    finds: 'framework.map',
  },
  {
    name: 'filtering terms without a type',
    options: inAnswers(
      (_b, { path }) => path === '/filtering_terms',
      (body) =>
        withChange(body, ['response', 'filteringTerms'], (terms) =>
          (terms as object[]).map((term) => without(term, 'type')),
        ),
    ),
    finds: 'framework.filtering-terms',
    implies: [/^framework\.all-filtering-terms$/],
  },
  {
    name: 'no terms with limit=0',
    options: inAnswers(
      (_b, { url }) => url.endsWith('/filtering_terms?limit=0'),
      (body) => withChange(body, ['response', 'filteringTerms'], () => []),
    ),
    finds: 'framework.all-filtering-terms',
  },
  {
    name: 'an entry type that /entry_types lacks',
    options: inDocument('/entry_types', RUN, undefined),
    finds: 'framework.entry-types-agree',
  },
  {
    name: 'an entry type under another id',
    options: inDocument('/configuration', [...RUN, 'id'], 'sequencing'),
    finds: 'framework.entry-type-keys',
  },
  {
    name: 'an entry type whose term is no CURIE',
    options: inDocument('/configuration', [...RUN, 'ontologyTermForThisType', 'id'], 'NCIT_C148088'),
    finds: 'framework.entry-type-terms',
  },
  {
    name: 'a map of another beacon',
    options: inDocument('/map', ['meta', 'beaconId'], 'org.example.other'),
    finds: 'framework.beacon-id',
  },
  {
    name: 'requestedSchema ignored by /info',
    options: inUrls((url) => url.replace(/\/info\?.*/, '/info')),
    finds: 'framework.requested-schema',
  },
  {
    name: 'a schema that is not served',
    options: { servesSchemas: true, ...refusing(404, ({ path }) => path === '/schemas/run.json') },
    finds: 'framework.served-schemas',
  },
  {
    name: 'a login for /info',
    options: refusing(401, ({ path, headers }) => path === '/info' && headers['authorization'] === undefined),
    suite: { token: 'secret' },
    finds: 'framework.open',
  },
]

const links: readonly Fault[] = [
  {
    name: 'another entry than asked for',
    options: inUrls((url) => url.replace('/runs/run-01', '/runs/run-02')),
    finds: 'links.single',
    implies: [/^links\.related$/],
  },
  {
    name: 'everybody’s samples for each person',
    options: inUrls((url) => url.replace('/individuals/ind-01/biosamples', '/biosamples')),
    finds: 'links.related',
  },
  {
    name: 'everything for an unknown id',
    options: inUrls((url) => url.replace(/\/runs\/no-such-entry[^/?]*$/, '/runs')),
    finds: 'links.unknown-id-is-nothing',
  },
  { name: 'an error for an unknown id', options: refusing(404, isUnknownId), finds: 'links.unknown-id-is-200' },
]

const queries: readonly Fault[] = [
  {
    name: 'any base for the one asked for',
    options: inVariants((v) => (/^[ACGT]$/.test(String(v['alternateBases'])) ? { ...v, alternateBases: 'N' } : v)),
    finds: 'queries.sequence',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'a range that is too wide',
    options: inVariants((v) => (isRange(v) ? { ...v, end: [Number(listAt(v, 'end')[0]) + 10_000] } : v)),
    finds: 'queries.range',
    implies: [ECHO_CONTENT, /^queries\.(range-edges|methods)$/, /^errors\.backward-range$/],
  },
  {
    name: 'a range with its end',
    options: inVariants((v) => (isRange(v) ? { ...v, end: [Number(listAt(v, 'end')[0]) + 1] } : v)),
    finds: 'queries.range-edges',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'no brackets',
    options: refusing(400, (request) => listAt(queryOf(request), 'requestParameters', 'g_variant', 'end').length === 2),
    finds: 'queries.bracket',
    implies: [/^queries\.methods$/],
  },
  {
    name: 'no genes',
    options: inVariants((v) => ('geneId' in v ? { ...v, geneId: 'NONE' } : v)),
    finds: 'queries.gene',
    implies: [ECHO_CONTENT, /^queries\.aminoacid$/],
  },
  {
    name: 'no amino-acid changes',
    options: inVariants((v) => ('aminoacidChange' in v ? { ...v, aminoacidChange: 'X1Y' } : v)),
    finds: 'queries.aminoacid',
  },
  {
    name: 'no HGVS',
    options: inVariants((v) => ('genomicAlleleShortForm' in v ? { ...v, genomicAlleleShortForm: 'x' } : v)),
    finds: 'queries.hgvs',
  },
  {
    name: 'no types',
    options: inVariants((v) => ('variantType' in v && isRange(v) ? { ...v, variantType: 'x' } : v)),
    finds: 'queries.variant-type',
  },
  {
    name: 'N for A',
    options: inVariants((v) => (v['alternateBases'] === 'N' ? { ...v, alternateBases: 'A' } : v)),
    finds: 'queries.wildcard',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'no variant by its id',
    options: inUrls((url) => url.replace(/\/g_variants\/17[^/?]*$/, '/g_variants/none')),
    finds: 'queries.id',
    implies: [/^links\.single$/],
  },
  {
    name: 'another place by GET',
    options: inUrls((url) => url.replace(/start=(\d+)&/, 'start=1$1&')),
    finds: 'queries.methods',
    implies: [ECHO_CONTENT, /^paths\.get \/g_variants$/],
  },
  {
    name: 'never yes at boolean granularity',
    options: inAnswers(
      (body, request) => isBoolean(body) && isObject(at(queryOf(request), 'requestParameters')),
      (body) => withChange(body, ['responseSummary', 'exists'], () => false),
    ),
    finds: 'queries.granularities',
  },
  {
    name: 'no chromosome names with chr',
    options: inVariants((v) => (v['referenceName'] === 'chr17' ? { ...v, referenceName: 'x' } : v)),
    finds: 'queries.reference-names',
  },
]

const filters: readonly Fault[] = [
  {
    name: 'its own term refused',
    options: refusing(400, (request) => at(filtersOf(queryOf(request))[0], 'id') === 'HP:0001250'),
    finds: 'filters.known',
  },
  {
    name: 'an unknown term ignored',
    options: inQueries((query) => ({
      ...query,
      filters: filtersOf(query).filter((filter) => at(filter, 'id') !== 'NOSUCH:0000000'),
    })),
    finds: 'filters.unknown',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'no operator !',
    options: refusing(400, (request) => at(filtersOf(queryOf(request))[0], 'operator') === '!'),
    finds: 'filters.alphanumeric',
  },
  {
    name: 'a value ignored by GET',
    options: inUrls((url) => url.replace('filters=platform%3A%3DIllumina', 'filters=platform%3A%3DOther')),
    finds: 'filters.alphanumeric',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'filters ignored by GET',
    options: inUrls((url) => url.replace(/filters=[^&]*&?/, '')),
    finds: 'filters.get',
    implies: [ECHO_CONTENT, /^filters\.alphanumeric$/],
  },
  {
    name: 'the first filter alone',
    options: inQueries((query) => ('filters' in query ? { ...query, filters: filtersOf(query).slice(0, 1) } : query)),
    finds: 'filters.and',
    implies: [ECHO_CONTENT],
  },
  {
    name: 'fewer than there are',
    options: {},
    suite: {
      truth: {
        ...NO_TRUTH,
        filters: [{ entryType: 'individual', filters: [{ id: 'NCIT:C16576' }], exists: true, count: 4 }],
      },
    },
    finds: 'filters.truth',
  },
]

const paginationIn = (change: (pagination: object) => object) =>
  inQueries((query) => ({ ...query, pagination: change((query['pagination'] as object | undefined) ?? {}) }))

const pages: readonly Fault[] = [
  {
    name: 'limit ignored',
    options: paginationIn((page) => without(page, 'limit') as object),
    finds: 'pagination.limit',
    implies: [ECHO, /^pagination\.(skip|disjoint|beyond)$/, /^errors\.pagination-type$/, /^queries\.methods$/],
  },
  {
    name: 'skip ignored',
    options: paginationIn((page) => without(page, 'skip') as object),
    finds: 'pagination.disjoint',
    implies: [ECHO, /^pagination\.(skip|beyond)$/, /^errors\.pagination$/],
  },
  {
    name: 'nothing with limit 0',
    options: inAnswers(
      (body, request) => granularityOf(body) === 'record' && at(queryOf(request), 'pagination', 'limit') === 0,
      (body) =>
        withChange(
          withChange(body, ['response', 'resultSets', 0, 'results'], () => []),
          ['response', 'collections'],
          () => [],
        ),
    ),
    finds: 'pagination.limit-zero',
  },
  {
    name: 'the first page beyond the last',
    options: { offset: (skip, limit) => (skip > 1000 ? 0 : skip * limit) },
    finds: 'pagination.beyond',
  },
]

const requests: readonly Fault[] = [
  {
    name: 'no testMode by GET',
    options: refusing(400, ({ method, url }) => method === 'GET' && url.includes('testMode=true')),
    finds: 'test-mode.get',
  },
  {
    name: 'testMode not said',
    options: inAnswers(isData, (body) => without(body, 'meta', 'testMode')),
    finds: 'test-mode.echo',
  },
  {
    name: 'no schemas to ask for',
    options: refusing(400, ({ body = '' }) => body.includes('requestedSchemas')),
    finds: 'requests.requested-schema',
  },
  {
    name: 'an unknown schema is a fault',
    options: refusing(500, ({ body = '' }) => body.includes('no-such-schema')),
    finds: 'requests.unknown-schema',
    implies: [/^answers\.no-fault$/],
  },
  {
    name: 'flat parameters are a fault',
    options: refusing(500, (request) => Array.isArray(at(queryOf(request), 'requestParameters', 'start'))),
    finds: 'requests.flat-parameters',
  },
  {
    name: 'an echo of another granularity',
    options: inAnswers(isData, (body) =>
      withChange(body, ['meta', 'receivedRequestSummary', 'requestedGranularity'], () => 'boolean'),
    ),
    finds: 'requests.echo',
  },
  {
    name: 'an echo of another place',
    options: inAnswers(isData, (body) =>
      withChange(body, ['meta', 'receivedRequestSummary', 'requestParameters', 'g_variant', 'start'], () => [1]),
    ),
    finds: 'requests.echo-content',
  },
]

const errors: readonly Fault[] = [
  {
    name: 'broken JSON read',
    options: inBodies((body) => (body === '{"meta": ' ? '{}' : body)),
    finds: 'errors.malformed-json',
  },
  { name: 'an array read', options: inBodies((body) => (body === '[1, 2]' ? '{}' : body)), finds: 'errors.array-body' },
  { name: 'a fault on plain text', options: refusing(500, ({ body }) => body === 'a=b'), finds: 'errors.content-type' },
  {
    name: 'any granularity read',
    options: inBodies((body) => body.replace('"everything"', '"record"')),
    finds: 'errors.granularity',
  },
  {
    name: 'a negative skip read',
    options: inBodies((body) => body.replace('"skip":-1', '"skip":1')),
    finds: 'errors.pagination',
  },
  {
    name: 'any limit read',
    options: inBodies((body) => body.replace('"limit":"all"', '"limit":0')),
    finds: 'errors.pagination-type',
  },
  {
    name: 'filters that are texts read',
    options: inBodies((body) => body.replace('"filters":["HP:0000001"]', '"filters":[]')),
    finds: 'errors.filter-strings',
  },
  { name: 'any start read', options: inBodies((body) => body.replace('["abc"]', '[1]')), finds: 'errors.wrong-type' },
  { name: 'any bases read', options: inBodies((body) => body.replace('<script>', 'A')), finds: 'errors.bases' },
  {
    name: 'a start alone read',
    options: inVariants((v) =>
      'end' in v || 'alternateBases' in v || 'geneId' in v ? v : { ...v, alternateBases: 'N' },
    ),
    finds: 'errors.start-alone',
    implies: [/^queries\.hgvs$/],
  },
  {
    name: 'a backward range read',
    options: inBodies((body) => body.replace('"start":[2000],"end":[1000]', '"start":[1000],"end":[2000]')),
    finds: 'errors.backward-range',
  },
  {
    name: 'mixed coordinates read',
    options: inBodies((body) => body.replace('"start":[1000,2000],"end":[3000]', '"start":[1000],"end":[3000]')),
    finds: 'errors.mixed-coordinates',
  },
  {
    name: 'everything at an unknown route',
    options: inUrls((url) => url.replace('/no_such_entry_type_0f3a', '/info')),
    finds: 'errors.unknown-route',
  },
  {
    name: 'DELETE read',
    options: {
      rewriteRequest: (request) => ({ ...request, method: request.method === 'DELETE' ? 'GET' : request.method }),
    },
    finds: 'errors.wrong-method',
  },
  {
    name: 'a fault on quotes',
    options: refusing(500, ({ body = '' }) => body.includes("'1'='1")),
    finds: 'errors.hostile-texts',
  },
  { name: 'a fault on braces', options: refusing(500, ({ url }) => url.includes('%7B')), finds: 'errors.strange-ids' },
  { name: 'errors as texts', options: inAnswers(isError, () => 'something went wrong'), finds: 'errors.form' },
  {
    name: 'errorCode as text',
    options: inAnswers(isError, (body) => withChange(body, ['error', 'errorCode'], String)),
    finds: 'errors.code',
  },
  {
    name: 'errorCode of another status',
    options: inAnswers(isError, (body) => withChange(body, ['error', 'errorCode'], () => 1)),
    finds: 'errors.code',
  },
  {
    name: 'data and an error',
    options: inAnswers(isBoolean, (body) => ({ ...(body as object), error: { errorCode: 400 } })),
    finds: 'errors.not-both',
  },
  { name: 'no HEAD', options: refusing(405, ({ method }) => method === 'HEAD'), finds: 'methods.head' },
  {
    name: 'OPTIONS is a fault',
    options: refusing(500, ({ method }) => method === 'OPTIONS'),
    finds: 'methods.options',
  },
]

const answers: readonly Fault[] = [
  {
    name: 'a fault for MISS',
    options: refusing(503, ({ url }) => url.includes('includeResultsetResponses=MISS')),
    finds: 'answers.no-fault',
    implies: [/^paths\.get /],
  },
  {
    name: 'JSON called HTML',
    options: {},
    wire: (right) => async (request) => ({ ...(await right(request)), headers: { 'content-type': 'text/html' } }),
    finds: 'answers.json',
  },
  {
    name: 'a total as text',
    options: inAnswers(
      (body) => granularityOf(body) === 'count',
      (body) => withChange(body, ['responseSummary', 'numTotalResults'], String),
    ),
    finds: 'answers.form',
  },
  {
    name: 'a count for who asks for yes or no',
    options: inAnswers(isBoolean, (body) =>
      withChange(
        withChange(body, ['meta', 'returnedGranularity'], () => 'count'),
        ['responseSummary'],
        (summary) => ({ ...(summary as object), numTotalResults: at(summary, 'exists') ? 1 : 0 }),
      ),
    ),
    finds: 'answers.granularity-ceiling',
  },
  {
    name: 'records called a count',
    options: inAnswers(
      (body) => granularityOf(body) === 'record',
      (body) => withChange(body, ['meta', 'returnedGranularity'], () => 'count'),
    ),
    finds: 'answers.returned-granularity',
  },
  {
    name: 'every set, whatever was asked',
    options: inQueries((query) => ({ ...query, includeResultsetResponses: 'ALL' })),
    finds: 'answers.include',
    implies: [ECHO],
  },
  {
    name: 'yes, and none',
    options: inAnswers(
      (body) => granularityOf(body) === 'count' && at(body, 'responseSummary', 'exists') === true,
      (body) => withChange(body, ['responseSummary', 'numTotalResults'], () => 0),
    ),
    finds: 'answers.counts',
  },
  {
    name: 'a handover without a CURIE',
    options: inAnswers(isData, (body) => ({
      ...(body as object),
      beaconHandovers: [{ handoverType: { id: 'CUSTOM' }, url: 'https://right.invalid/' }],
    })),
    finds: 'answers.handovers',
  },
  {
    name: 'answers to others under load',
    options: {},
    wire: mixingUp,
    finds: 'concurrency.mixed',
    implies: [/^answers\./, /^requests\.echo/, /^records\./, /^test-mode\.echo$/],
  },
]

const records: readonly Fault[] = [
  {
    name: 'an analysis without its date',
    options: inRecords('analysis', (record) => without(record, 'analysisDate')),
    finds: 'records.analysis',
  },
  {
    name: 'a sample without a status',
    options: inRecords('biosample', (record) => without(record, 'biosampleStatus')),
    finds: 'records.biosample',
  },
  {
    name: 'a cohort of no type',
    options: inRecords('cohort', (record) => ({ ...record, cohortType: 'other' })),
    finds: 'records.cohort',
  },
  {
    name: 'records that its own schema forbids',
    options: {
      servesSchemas: true,
      data: { ...RIGHT_DATA, run: RIGHT_DATA.run.map((record) => ({ ...record, libraryLayout: 'TRIPLE' })) },
    },
    finds: 'records.own-schemas',
    implies: [/^records\.run$/],
  },
]

/** A fault for every case that the known faults leave: no case is there that cannot fail. */
export const OTHER_FAULTS: readonly Fault[] = [
  ...framework,
  ...links,
  ...queries,
  ...filters,
  ...pages,
  ...requests,
  ...errors,
  ...answers,
  ...records,
]
