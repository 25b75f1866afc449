import { runCase, type CaseResult } from '../suite/case.js'
import { calibrate } from './calibrate.js'
import { AGREEMENT_CASES } from './cases/agreement-cases.js'
import { ANSWER_CASES } from './cases/answer-cases.js'
import { CONCURRENCY_CASES } from './cases/concurrency-cases.js'
import { ERROR_CASES, ERROR_FORM_CASES } from './cases/error-cases.js'
import { FILTER_CASES } from './cases/filter-cases.js'
import { FRAMEWORK_CASES } from './cases/framework-cases.js'
import { PAGINATION_CASES } from './cases/pagination-cases.js'
import { LINK_CASES, pathCases } from './cases/path-cases.js'
import { QUERY_CASES } from './cases/query-cases.js'
import { RECORD_CASES } from './cases/record-cases.js'
import { ECHO_CASES, REQUEST_CASES } from './cases/request-cases.js'
import { createClient } from './client.js'
import { at, textAt } from './json.js'
import type { OfficialSchemas } from './official-schemas.js'
import type { SuiteReport } from '../suite/report.js'
import type { Transport } from '../suite/transport.js'
import { NO_TRUTH, type Truth } from './truth-file.js'
import type { BeaconCase, World } from './world.js'

export interface SuiteOptions {
  readonly transport: Transport
  readonly truth?: Truth
  readonly official?: OfficialSchemas
  /** Bearer token for a beacon that demands a login. */
  readonly token?: string
  readonly sleep?: (ms: number) => Promise<void>
  readonly onCase?: (result: CaseResult) => void
}

/** In the order they run; those about all answers come last. */
function allCases({ endpoints }: World): readonly BeaconCase[] {
  return [
    ...FRAMEWORK_CASES,
    ...AGREEMENT_CASES,
    ...pathCases(endpoints),
    ...LINK_CASES,
    ...QUERY_CASES,
    ...FILTER_CASES,
    ...PAGINATION_CASES,
    ...REQUEST_CASES,
    ...ERROR_CASES,
    ...CONCURRENCY_CASES,
    ...ANSWER_CASES,
    ...ECHO_CASES,
    ...ERROR_FORM_CASES,
    ...RECORD_CASES,
  ]
}

/**
 * Asks a Beacon v2 everything that the suite knows to ask, and judges the answers.
 *
 * @param url base of the API, such as `https://host.example/beacon/v2`
 * @throws NoBeaconError
 */
export async function runSuite(url: string, options: SuiteOptions): Promise<SuiteReport> {
  const base = url.replace(/[?#].*$/, '').replace(/\/+$/, '')
  const startedAt = performance.now()
  let apiVersion = 'v2.1.1'
  const client = createClient({
    transport: options.transport,
    base,
    apiVersion: () => apiVersion,
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.sleep ? { sleep: options.sleep } : {}),
  })
  const world = await calibrate(client, base, { truth: options.truth ?? NO_TRUTH, official: options.official })
  const info = at(world.documents.info.body, 'response')
  apiVersion = textAt(info, 'apiVersion') ?? apiVersion
  const cases: CaseResult[] = []
  for (const definition of allCases(world)) {
    const result = await runCase(definition, world)
    options.onCase?.(result)
    cases.push(result)
  }
  const [id, name, version] = [textAt(info, 'id'), textAt(info, 'name'), textAt(info, 'apiVersion')]
  return {
    suite: 'beacon',
    standard: 'GA4GH Beacon v2.1.1, with the forms of 2.2',
    service: { url: base, ...(id ? { id } : {}), ...(name ? { name } : {}), ...(version ? { version } : {}) },
    requests: client.exchanges.length,
    elapsedMs: Math.round(performance.now() - startedAt),
    cases,
  }
}
