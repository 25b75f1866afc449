// Over 300 lines: a table of faults, which is read as a whole.
import { recordsOf } from '../answers.js'
import { at, isObject, listAt } from '../json.js'
import { RIGHT_BASE } from './right-documents.js'
import {
  granularityOf,
  inAnswers,
  inDocument,
  inRecords,
  isBoolean,
  isData,
  isError,
  queryOf,
  refuse,
  refusing,
  without,
  type Fault,
} from './fault.js'
import { withChange, type RightAnswer } from './right-beacon.js'
import { readQuestion } from './right-request.js'
import type { BeaconRecord } from './right-records.js'

const SUMMARY = ['meta', 'receivedRequestSummary'] as const

function inVariation(
  change: (variation: Record<string, unknown>) => unknown,
  isChosen: (variation: unknown) => boolean,
) {
  return inRecords('genomicVariant', (record) =>
    isChosen(record['variation']) ? { ...record, variation: change({ ...(record['variation'] as object) }) } : record,
  )
}

const isLegacy = (variation: unknown) => at(variation, 'variantType') !== undefined
const isCopyChange = (variation: unknown) => at(variation, 'type') === 'CopyNumberChange'
const isAllele = (variation: unknown) => at(variation, 'type') === 'Allele'

function inSex(id: string) {
  return inRecords('individual', (record) => ({ ...record, sex: { id, label: 'female' } }))
}

const firstOf = (record: BeaconRecord, list: string, change: (item: unknown) => unknown) => ({
  ...record,
  [list]: listAt(record, list).map((item, i) => (i === 0 ? change(item) : item)),
})

/** Totals of a page instead of the whole. */
function pageTotals(body: unknown, limit: number): unknown {
  const total = at(body, 'responseSummary', 'numTotalResults') as number
  const shown = granularityOf(body) === 'record' ? recordsOf(body).length : limit === 0 ? total : Math.min(total, limit)
  const summed = withChange(body, ['responseSummary', 'numTotalResults'], () => shown)
  const sets = at(summed, 'response', 'resultSets')
  if (!Array.isArray(sets)) return summed
  return withChange(summed, ['response', 'resultSets'], () =>
    sets.map((set: unknown) => withChange(set, ['resultsCount'], () => listAt(set, 'results').length)),
  )
}

/** Collections as one result set. */
function asResultSets(body: unknown, setType: string, include: unknown): unknown {
  const results = listAt(body, 'response', 'collections')
  const exists = results.length > 0
  const set = { id: setType, setType, exists, resultsCount: results.length, results }
  const isShown = include === undefined || include === 'ALL' || include === (exists ? 'HIT' : 'MISS')
  return withChange(body, ['response'], () => ({ resultSets: isShown ? [set] : [] }))
}

function includeOf(request: Parameters<typeof queryOf>[0]): unknown {
  return (
    at(queryOf(request), 'includeResultsetResponses') ??
    new URL(request.url).searchParams.get('includeResultsetResponses') ??
    undefined
  )
}

const isSubPath = (path: string) => /^\/[a-z_]+\/[^/]+/.test(path)
const isTestMode = (body: unknown) => at(body, 'meta', 'testMode') === true

/** A map with one endpoint more. */
function withEndpoint(body: unknown, url: string): unknown {
  return withChange(body, ['response', 'endpointSets', 'run', 'endpoints'], (endpoints) => ({
    ...(endpoints as object),
    individual: { returnedEntryType: 'individual', url },
  }))
}

const DEAD = /^paths\.(get|post) \/runs\/\{id\}\/individuals$/

function deadEndpoint(answer: (sent: RightAnswer) => RightAnswer): Fault['options'] {
  return {
    rewrite: (request, sent) =>
      request.path === '/map'
        ? { ...sent, body: withEndpoint(sent.body, `${RIGHT_BASE}/runs/{id}/individuals`) }
        : /^\/runs\/[^/]+\/individuals$/.test(request.path)
          ? answer(sent)
          : sent,
  }
}

/** The 14 things that implementations get wrong, each as often as it comes in several forms. */
export const KNOWN_FAULTS: readonly (readonly [number, Fault])[] = [
  [
    1,
    {
      name: 'an error without returnedGranularity',
      options: inAnswers(isError, (body) => without(body, 'meta', 'returnedGranularity')),
      finds: 'errors.meta',
    },
  ],
  [
    1,
    {
      name: 'an error without receivedRequestSummary',
      options: inAnswers(isError, (body) => without(body, ...SUMMARY)),
      finds: 'errors.meta',
    },
  ],
  ...['pagination', 'requestedGranularity', 'requestedSchemas'].map((key): readonly [number, Fault] => [
    1,
    {
      name: `a boolean answer without ${key}`,
      options: inAnswers(isBoolean, (body) => without(body, ...SUMMARY, key)),
      finds: 'answers.meta',
    },
  ]),
  [
    1,
    {
      name: 'a boolean answer without returnedGranularity',
      options: inAnswers(isBoolean, (body) => without(body, 'meta', 'returnedGranularity')),
      finds: 'answers.meta',
    },
  ],
  [
    2,
    {
      name: 'a null label',
      options: inRecords('biosample', (record) => ({
        ...record,
        sampleOriginType: { id: 'UBERON:0000178', label: null },
      })),
      finds: 'answers.no-null',
    },
  ],
  [
    2,
    {
      name: 'null for an absent total',
      options: inAnswers(isBoolean, (body) =>
        withChange(body, ['responseSummary'], (summary) => ({ ...(summary as object), numTotalResults: null })),
      ),
      finds: 'answers.no-null',
    },
  ],
  [
    2,
    {
      name: 'null in a framework document',
      options: inAnswers(
        (_body, { path }) => path === '/info',
        (body) => withChange(body, ['response', 'name'], () => null),
      ),
      finds: 'answers.no-null',
      implies: [/^framework\.info$/],
    },
  ],
  [
    3,
    {
      name: 'flat requestParameters in the echo',
      options: inAnswers(
        (body) => isObject(at(body, ...SUMMARY, 'requestParameters', 'g_variant')),
        (body) => withChange(body, [...SUMMARY, 'requestParameters'], (parameters) => at(parameters, 'g_variant')),
      ),
      finds: 'answers.request-form',
      implies: [/^requests\.flat-parameters$/],
    },
  ],
  [
    3,
    {
      name: 'filter objects in the echo',
      options: inAnswers(
        (body) => listAt(body, ...SUMMARY, 'filters').length > 0,
        (body) => withChange(body, [...SUMMARY, 'filters'], (filters) => (filters as string[]).map((id) => ({ id }))),
      ),
      finds: 'answers.request-form',
    },
  ],
  [
    4,
    {
      name: '/map without $schema',
      options: inDocument('/map', ['response', '$schema'], undefined),
      finds: 'framework.map-schema',
    },
  ],
  [
    4,
    {
      name: '/configuration without $schema',
      options: inDocument('/configuration', ['response', '$schema'], undefined),
      finds: 'framework.configuration-schema',
    },
  ],
  [
    4,
    {
      name: 'relative URLs in the map',
      options: inAnswers(
        (_body, { path }) => path === '/map',
        (body) => JSON.parse(JSON.stringify(body).replaceAll(RIGHT_BASE, '/beacon/v2')) as unknown,
      ),
      finds: 'framework.map-urls',
    },
  ],
  [
    5,
    {
      name: 'environment in upper case',
      options: inDocument('/info', ['response', 'environment'], 'PROD'),
      finds: 'framework.environment',
    },
  ],
  [
    5,
    {
      name: 'productionStatus in lower case',
      options: inDocument('/configuration', ['response', 'maturityAttributes', 'productionStatus'], 'prod'),
      finds: 'framework.environment',
    },
  ],
  [
    6,
    {
      name: 'LegacyVariation without alternateBases',
      options: inVariation(
        (v) => without(v, 'alternateBases'),
        (v) => at(v, 'variantType') === 'DUP',
      ),
      finds: 'records.genomicVariant',
    },
  ],
  [
    6,
    {
      name: 'an unprefixed sequence_id',
      options: inVariation((v) => withChange(v, ['location', 'sequence_id'], () => 'NC_000017.11'), isLegacy),
      finds: 'records.genomicVariant',
    },
  ],
  [
    6,
    {
      name: 'an extra key in a VRS location',
      options: inVariation(
        (v) => withChange(v, ['location'], (l) => ({ ...(l as object), species_id: 'taxonomy:9606' })),
        isAllele,
      ),
      finds: 'records.genomicVariant',
    },
  ],
  [
    6,
    {
      name: 'upper-case EFO in copy_change',
      options: inVariation((v) => ({ ...v, copy_change: 'EFO:0030067' }), isCopyChange),
      finds: 'records.genomicVariant',
      implies: [/^queries\.(bracket|variant-type)$/],
    },
  ],
  [
    6,
    {
      name: 'legacy and VRS keys in one variation',
      options: inVariation((v) => ({ ...v, variantType: 'SNP', alternateBases: 'A' }), isAllele),
      finds: 'records.genomicVariant',
    },
  ],
  ...['NCIT_C16576', 'N:C16576', 'female'].map((id): readonly [number, Fault] => [
    7,
    { name: `the ontology id ${id}`, options: inSex(id), finds: 'records.ontology-ids' },
  ]),
  [
    7,
    {
      name: 'sex as a string',
      options: inRecords('individual', (record) => ({ ...record, sex: 'female' })),
      finds: 'records.individual',
    },
  ],
  [
    8,
    {
      name: 'caseLevelData without biosampleId',
      options: inRecords('genomicVariant', (record) =>
        firstOf(record, 'caseLevelData', (item) => without(item, 'biosampleId')),
      ),
      finds: 'records.genomicVariant',
    },
  ],
  [
    8,
    {
      name: 'DUO without version',
      options: inRecords('dataset', (record) => without(record, 'dataUseConditions', 'duoDataUse', 0, 'version')),
      finds: 'records.dataset',
    },
  ],
  [
    8,
    {
      name: 'a date-time for a date',
      options: inRecords('run', (record) => ({ ...record, runDate: '2023-06-07T00:00:00Z' })),
      finds: 'records.run',
    },
  ],
  [
    8,
    {
      name: 'a date for a date-time',
      options: inRecords('dataset', (record) => ({ ...record, createDateTime: '2024-01-01' })),
      finds: 'records.dataset',
    },
  ],
  [
    8,
    {
      name: 'an exposure without unit',
      options: inRecords('individual', (record) => firstOf(record, 'exposures', (item) => without(item, 'unit'))),
      finds: 'records.individual',
    },
  ],
  [
    9,
    {
      name: 'a wrapped age of onset',
      options: inRecords('individual', (record) =>
        firstOf(record, 'phenotypicFeatures', (item) => withChange(item, ['onset'], (age) => ({ age }))),
      ),
      finds: 'records.individual',
    },
  ],
  [
    9,
    {
      name: 'a wrapped age group',
      options: inRecords('individual', (record) =>
        firstOf(record, 'diseases', (item) =>
          withChange(item, ['ageOfOnset'], () => ({ ageGroup: { id: 'NCIT:C27954', label: 'Adolescent' } })),
        ),
      ),
      finds: 'records.individual',
    },
  ],
  [
    10,
    {
      name: 'no POST on sub-paths',
      options: refusing(405, ({ method, path }, body) => method === 'POST' && isSubPath(path) && isData(body)),
      finds: 'paths.post /individuals/{id}/biosamples',
      implies: [/^paths\.post .*\{id\}/, /^test-mode\.sub-paths$/, /^queries\.id$/],
    },
  ],
  [
    10,
    {
      name: 'no testMode on sub-paths',
      options: {
        rewrite: (request, sent) => (isSubPath(request.path) && isTestMode(sent.body) ? refuse(400, sent) : sent),
      },
      finds: 'test-mode.sub-paths',
      implies: [/^test-mode\.get$/],
    },
  ],
  [
    10,
    {
      name: 'a login in testMode',
      options: { loginInTestMode: true },
      finds: 'test-mode.lists',
      implies: [/^test-mode\.(sub-paths|get)$/],
    },
  ],
  [
    10,
    {
      name: 'an empty POST is a fault',
      options: refusing(500, ({ method, body }) => method === 'POST' && body === undefined),
      finds: 'errors.empty-body',
    },
  ],
  [
    11,
    {
      name: 'skip counts records',
      options: { offset: (skip) => skip },
      finds: 'pagination.skip',
      implies: [/^pagination\.disjoint$/],
    },
  ],
  [
    11,
    {
      name: 'numTotalResults of the page',
      options: inAnswers(
        (body) => typeof at(body, 'responseSummary', 'numTotalResults') === 'number',
        (body, request) => pageTotals(body, readQuestion(request, 'boolean').limit),
      ),
      finds: 'pagination.totals',
      implies: [/^answers\.counts$/],
    },
  ],
  ...(['dataset', 'cohort'] as const).map((setType): readonly [number, Fault] => [
    12,
    {
      name: `${setType}s as result sets`,
      options: inAnswers(
        (body, { path }) =>
          new RegExp(`^/${setType}s(/[^/]+)?$`).test(path) && Array.isArray(at(body, 'response', 'collections')),
        (body, request) => asResultSets(body, setType, includeOf(request)),
      ),
      finds: 'answers.collections',
    },
  ]),
  [
    13,
    {
      name: 'service-info in a wrapper',
      options: inAnswers(
        (_body, { path }) => path === '/service-info',
        (response) => ({ meta: { beaconId: 'x' }, response }),
      ),
      finds: 'framework.service-info',
    },
  ],
  [
    13,
    {
      name: 'group and artifact swapped',
      options: inDocument('/service-info', ['type'], { group: 'beacon', artifact: 'org.ga4gh', version: '2.1.1' }),
      finds: 'framework.service-info-type',
    },
  ],
  [
    13,
    {
      name: 'a bare e-mail address',
      options: inDocument('/service-info', ['contactUrl'], 'nobody@right.invalid'),
      finds: 'framework.service-info-contact',
    },
  ],
  [
    14,
    {
      name: 'a path of the map that is not there',
      options: deadEndpoint((sent) => sent),
      finds: 'paths.post /runs/{id}/individuals',
      implies: [DEAD, /^test-mode\.(sub-paths|get)$/],
    },
  ],
  [
    14,
    {
      name: 'a path of the map that breaks',
      options: deadEndpoint((sent) => refuse(500, sent)),
      finds: 'paths.get /runs/{id}/individuals',
      implies: [DEAD, /^test-mode\.(sub-paths|get)$/, /^answers\.no-fault$/, /^links\./],
    },
  ],
]
