import { isDataAnswer, recordId, recordsOf } from '../answers.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import type { Exchange } from '../client.js'
import { at, isObject, show } from '../json.js'
import { CURIE_PATTERN } from '../model/terms.js'
import { errorsOf, MODEL_SCHEMAS, recordErrors, type SchemaError } from '../standard-schemas.js'
import type { BeaconCase, World } from '../world.js'
import { judgeAll, type Complaint } from '../../suite/judge-all.js'
import { saysVersion22 } from './answer-cases.js'

interface ShownRecord {
  readonly where: string
  readonly pointer: string
  readonly record: unknown
}

/** Every record that was shown in the run, once, by entry type: the same record comes with many answers. */
function collectRecords({ client }: World): ReadonlyMap<string, readonly ShownRecord[]> {
  const found = new Map<string, Map<string, ShownRecord>>()
  for (const exchange of client.exchanges) {
    if (exchange.returns === undefined || !isDataAnswer(exchange)) continue
    const ofType = found.get(exchange.returns) ?? new Map<string, ShownRecord>()
    found.set(exchange.returns, ofType)
    for (const { pointer, record } of recordsOf(exchange.body)) {
      const key = JSON.stringify(record)
      if (!ofType.has(key)) ofType.set(key, { where: exchange.where, pointer, record })
    }
  }
  return new Map([...found].map(([entryType, records]) => [entryType, [...records.values()]]))
}

/** These cases come last, when everything has been asked, so what was shown is collected once. */
const collected = new WeakMap<World, ReturnType<typeof collectRecords>>()

function shownRecords(world: World, entryType: string): readonly ShownRecord[] {
  const records = collected.get(world) ?? collectRecords(world)
  collected.set(world, records)
  return records.get(entryType) ?? []
}

function judgeRecords(
  records: readonly ShownRecord[],
  errorsOfRecord: (record: unknown) => readonly SchemaError[],
  required: string,
  nothing: string,
): Verdict {
  const verdicts = records.map(({ where, pointer, record }) => {
    const [error] = errorsOfRecord(record)
    if (!error) return pass()
    const place = pointer + (error.pointer === '/' ? '' : error.pointer)
    return fail(`${place} ${error.message} (record ${show(recordId(record))})`, required, where)
  })
  return firstFailure(verdicts, nothing)
}

function modelCase(entryType: string): BeaconCase {
  return {
    id: `records.${entryType}`,
    title: `records of ${entryType} are valid by the default model`,
    spec: `Beacon v2.1.1 default model, ${entryType}`,
    severity: 'must',
    run: (world) =>
      judgeRecords(
        shownRecords(world, entryType),
        // Ids of ontology terms are judged together, by the case after these.
        (record) => recordErrors(entryType, record).filter(({ isOntologyId }) => !isOntologyId),
        `a record valid by the default model of ${entryType}`,
        'the beacon shows no such records',
      ),
  }
}

function judgeOntologyIds(world: World): Verdict {
  const verdicts = Object.keys(MODEL_SCHEMAS).map((entryType) =>
    judgeRecords(
      shownRecords(world, entryType),
      (record) => recordErrors(entryType, record).filter(({ isOntologyId }) => isOntologyId),
      'a CURIE: a prefix of at least two characters, a colon, an id',
      'the beacon shows no records',
    ),
  )
  return firstFailure(verdicts, 'the beacon shows no records')
}

function judgeServed(world: World): Verdict {
  const verdicts = [...world.served.schemas].map(([entryType, { url, check }]) =>
    judgeRecords(
      shownRecords(world, entryType),
      (record) => errorsOf(check, record),
      `a record valid by ${url}`,
      'the beacon shows no records',
    ),
  )
  return firstFailure(verdicts, 'the beacon serves no schemas of its own')
}

function handoverComplaint({ body }: Exchange): Complaint | undefined {
  const lists = [at(body, 'beaconHandovers'), ...setsOf(body).map((set) => at(set, 'resultsHandovers'))]
  for (const handover of lists.flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []))) {
    const [id, url] = [at(handover, 'handoverType', 'id'), at(handover, 'url')]
    if (typeof id !== 'string' || !new RegExp(CURIE_PATTERN).test(id)) {
      return { seen: `a handover with the type ${show(id)}`, required: 'handoverType.id is a CURIE' }
    }
    if (typeof url !== 'string' || !URL.canParse(url))
      return { seen: `a handover to ${show(url)}`, required: 'an absolute URI' }
  }
  return undefined
}

function setsOf(body: unknown): readonly unknown[] {
  const sets = at(body, 'response', 'resultSets')
  return Array.isArray(sets) ? (sets as readonly unknown[]) : []
}

/** Official response schema by what an answer is. */
function officialResponse({ body }: Exchange): string {
  const response = at(body, 'response')
  if (isObject(response) && 'collections' in response) return 'beaconCollectionsResponse'
  if (isObject(response) && 'resultSets' in response) return 'beaconResultsetsResponse'
  return at(body, 'meta', 'returnedGranularity') === 'count' ? 'beaconCountResponse' : 'beaconBooleanResponse'
}

function judgeOfficialAnswers({ official, client, documents }: World): Verdict {
  if (!official) return skip('no official schemas were given (--schemas)')
  const named: readonly (readonly [Exchange, string])[] = [
    [documents.root, 'beaconInfoResponse'],
    [documents.info, 'beaconInfoResponse'],
    [documents.serviceInfo, 'ga4gh-service-info-1-0-0-schema'],
    [documents.configuration, 'beaconConfigurationResponse'],
    [documents.entryTypes, 'beaconEntryTypesResponse'],
    [documents.map, 'beaconMapResponse'],
    [documents.filteringTerms, 'beaconFilteringTermsResponse'],
  ]
  const errorOf = (body: unknown, schema: string): Complaint | undefined => {
    const [error] = official.responseErrors(schema, body, saysVersion22(body))
    return error
      ? { seen: `${error.pointer} ${error.message}`, required: `an answer valid by the official ${schema}` }
      : undefined
  }
  const framework = named.map(([exchange, schema]) => {
    const complaint = exchange.status === 200 ? errorOf(exchange.body, schema) : undefined
    return complaint ? fail(complaint.seen, complaint.required, exchange.where) : pass()
  })
  const data = judgeAll(client.exchanges, isDataAnswer, (exchange) =>
    errorOf(exchange.body, officialResponse(exchange)),
  )
  const errors = judgeAll(
    client.exchanges,
    ({ status, body }) => status >= 400 && isObject(at(body, 'error')),
    ({ body }) => errorOf(body, 'beaconErrorResponse'),
  )
  return firstFailure([...framework, data, errors], 'no answers')
}

function judgeOfficialRecords(world: World): Verdict {
  const { official } = world
  if (!official) return skip('no official schemas were given (--schemas)')
  const verdicts = Object.keys(MODEL_SCHEMAS).map((entryType) =>
    judgeRecords(
      shownRecords(world, entryType),
      (record) => official.recordErrors(entryType, record),
      `a record valid by the official default schema of ${entryType}`,
      'the beacon shows no records',
    ),
  )
  return firstFailure(verdicts, 'the beacon shows no records')
}

/** Records against the default model, the beacon's own schemas, and the official ones where they were given. */
export const RECORD_CASES: readonly BeaconCase[] = [
  ...Object.keys(MODEL_SCHEMAS).map(modelCase),
  {
    id: 'records.ontology-ids',
    title: 'ids of ontology terms are CURIEs',
    spec: 'Beacon v2.1.1 framework, beaconCommonComponents, CURIE',
    severity: 'must',
    run: judgeOntologyIds,
  },
  {
    id: 'records.own-schemas',
    title: 'records are valid by the schemas that the beacon itself serves',
    spec: 'Beacon v2.1.1 framework, entryTypeDefinition, defaultSchema',
    severity: 'must',
    run: judgeServed,
  },
  {
    id: 'answers.handovers',
    title: 'handovers have a type with a CURIE and an absolute URI',
    spec: 'Beacon v2.1.1 framework, beaconCommonComponents, Handover',
    severity: 'must',
    run: ({ client }) =>
      judgeAll(
        client.exchanges,
        ({ body }) =>
          at(body, 'beaconHandovers') !== undefined ||
          setsOf(body).some((set) => at(set, 'resultsHandovers') !== undefined),
        handoverComplaint,
      ),
  },
  {
    id: 'official.answers',
    title: 'answers are valid by the official schemas',
    spec: 'Beacon v2.1.1, framework/json/responses',
    severity: 'must',
    run: judgeOfficialAnswers,
  },
  {
    id: 'official.records',
    title: 'records are valid by the official schemas',
    spec: 'Beacon v2.1.1, models/json/beacon-v2-default-model',
    severity: 'must',
    run: judgeOfficialRecords,
  },
]
