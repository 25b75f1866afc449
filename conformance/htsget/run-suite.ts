import { runCase, type CaseResult } from '../suite/case.js'
import type { SuiteReport } from '../suite/report.js'
import type { ByteTransport } from '../suite/transport.js'
import { calibrate } from './calibrate.js'
import { CONCURRENCY_CASES } from './cases/concurrency-cases.js'
import { DATA_CASES } from './cases/data-cases.js'
import { ENCRYPTION_CASES } from './cases/encryption-cases.js'
import { ERROR_CASES } from './cases/error-cases.js'
import { HEADER_CASES } from './cases/header-cases.js'
import { REGION_CASES } from './cases/region-cases.js'
import { SERVICE_INFO_CASES } from './cases/service-info-cases.js'
import { TICKET_CASES } from './cases/ticket-cases.js'
import { createClient } from './client.js'
import type { Decoder } from './decode.js'
import type { Truth } from './truth-file.js'
import type { HtsgetCase } from './world.js'

export interface SuiteOptions {
  readonly transport: ByteTransport
  readonly decoder: Decoder
  readonly truth: Truth
  /** Bearer token for a service that demands a login. */
  readonly token?: string
  /** PEM of a Crypt4GH public key: encrypted answers are asked for, too. */
  readonly publicKey?: string
  /** Which cases are run; default: all. Those about all answers judge what is asked in this run. */
  readonly isWanted?: (id: string) => boolean
}

/** In the order they run; those about all tickets come last. */
const CASES: readonly HtsgetCase[] = [
  ...SERVICE_INFO_CASES,
  ...HEADER_CASES,
  ...REGION_CASES,
  ...DATA_CASES,
  ...ENCRYPTION_CASES,
  ...CONCURRENCY_CASES,
  ...ERROR_CASES,
  ...TICKET_CASES,
]

/**
 * Asks an htsget service everything that the suite knows to ask, and judges the answers.
 *
 * @param url base of the API: `/reads/ID` and `/variants/ID` are below it
 * @throws NoServiceError
 */
export async function runHtsgetSuite(url: string, options: SuiteOptions): Promise<SuiteReport> {
  const { transport, decoder, truth, token, publicKey, isWanted = () => true } = options
  const base = url.replace(/[?#].*$/, '').replace(/\/+$/, '')
  const startedAt = performance.now()
  const client = createClient(transport, base, token)
  const world = await calibrate(client, decoder, truth, publicKey)
  const cases: CaseResult[] = []
  for (const definition of CASES.filter(({ id }) => isWanted(id))) cases.push(await runCase(definition, world))
  const [info] = world.serviceInfo.values()
  const { id, name, type } = (info?.body ?? {}) as { id?: string; name?: string; type?: { version?: string } }
  return {
    suite: 'htsget',
    standard: 'GA4GH htsget 1.3',
    service: {
      url: base,
      ...(id ? { id } : {}),
      ...(name ? { name } : {}),
      ...(type?.version ? { version: type.version } : {}),
    },
    requests: client.exchanges.length,
    elapsedMs: Math.round(performance.now() - startedAt),
    cases,
  }
}
