import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { NodeConfig } from '../../schemas/index.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import { openStatuses, type Statuses } from '../access/consent/change-statuses.js'
import { openConsent } from '../access/consent/open-consent.js'
import type { AccessRules, GrantInForce, Pause } from '../access/rules.js'
import { createApp } from '../app.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { BeaconContext } from '../beacon/context.js'
import { NO_FILES } from '../beacon/offered-files.js'
import { BEACON_PATH, createBeaconProtocol } from '../beacon/routes.js'
import { NO_INTERPRETATIONS } from '../interpretations/open-interpretations.js'
import { openIndividuals } from '../metadata/individuals.js'
import { openMetadata } from '../metadata/metadata.js'
import { NO_ONTOLOGIES } from '../metadata/ontologies/open-terms.js'
import { createTestMetadata } from '../metadata/test-metadata.js'
import { createNodeMetrics } from '../metrics/metrics.js'
import { Bitmap } from '../variants/bitmap.js'
import { openGenes } from '../variants/genes/open-genes.js'
import { openSqliteStore } from '../variants/sqlite/open-sqlite-store.js'
import { createTestStore, TEST_DATASET } from '../variants/test-store.js'

/** What the region decided; whatever is changed is seen by the next request. */
export interface DecidedRules {
  /** Of the one project that everybody who names it is a member of. */
  grants: GrantInForce[]
  tags: Record<string, { datasets?: readonly string[]; individuals?: readonly number[] }>
  pauses: (Pause & { readonly name: string })[]
}

/** What tests look at in an answer; an error has nothing but itself. */
export interface RightsBody {
  readonly error: { readonly errorCode: number; readonly errorMessage: string; readonly reason?: string }
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults?: number }
  readonly response: {
    readonly collections: readonly { readonly id: string; readonly cohortSize?: number; readonly info: object }[]
    readonly resultSets: readonly {
      readonly id: string
      readonly results: readonly object[]
      readonly info: { readonly counts?: { readonly individuals: number } }
    }[]
  }
  readonly info: { readonly node: object }
}

export interface RightsAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: RightsBody
}

/** The Beacon API over a node's directory, where a header says who asks and nothing is proved. */
export interface RightsNode {
  readonly decided: DecidedRules
  readonly statuses: Statuses
  readonly audit: AuditRecord[]
  /** Paths below the Beacon API. @param caller absent: nobody in particular */
  get(path: string, caller?: Caller): Promise<RightsAnswer>
  post(path: string, body: object, caller?: Caller): Promise<RightsAnswer>
  close(): Promise<void>
}

export const PROJECT = 'p1'

export async function createRightsNode(directory: string, config: NodeConfig): Promise<RightsNode> {
  const now = () => new Date()
  const decided: DecidedRules = { grants: [], tags: {}, pauses: [] }
  const rules: AccessRules = {
    grantsOf: (_subjects, project) => (project === PROJECT ? decided.grants : []),
    tagged(tag) {
      const { datasets = [], individuals = [] } = decided.tags[tag] ?? {}
      return { datasets: new Set(datasets), individuals: new Bitmap(individuals), files: new Set() }
    },
    isReleased: (id) => Object.values(decided.tags).some(({ datasets }) => datasets?.includes(id)),
    pauseOf: (id, controller) =>
      decided.pauses.find(
        ({ scope, name }) => scope === 'network' || name === (scope === 'controller' ? controller : id),
      ),
    version: '1',
  }
  const store = openSqliteStore(directory, {
    onProblem: (error) => {
      throw error
    },
  })
  const metadata = openMetadata(directory)
  const individuals = openIndividuals(directory)
  const consent = openConsent(directory, { now })
  const statuses = openStatuses(directory, () => Promise.resolve(), now)
  const testMetadata = createTestMetadata(TEST_DATASET)
  const others = { interpretations: NO_INTERPRETATIONS, terms: NO_ONTOLOGIES, files: NO_FILES }
  const testData = { store: createTestStore(), ...testMetadata, ...others }
  const audit: AuditRecord[] = []
  const context: BeaconContext = {
    config,
    baseUrl: () => 'http://node.invalid/beacon/v2',
    htsgetUrl: () => 'http://node.invalid/htsget/v1',
    data: { store, metadata, individuals, ...others },
    testData,
    vrs: { sequenceId: () => undefined, toAllele: () => undefined },
    genes: openGenes(directory),
    references: {},
    authenticate({ headers }) {
      const [text] = headers.get('x-test-caller') ?? []
      return Promise.resolve(text === undefined ? NOBODY_KNOWN : (JSON.parse(text) as Caller))
    },
    realm: { id: config.id, metadataUrl: () => 'http://node.invalid/.well-known/oauth-protected-resource' },
    rules,
    consent,
    audit: { record: (entry: AuditRecord) => Promise.resolve(void audit.push(entry)), close: () => Promise.resolve() },
    now,
  }
  const log = pino({ level: 'silent' })
  const app = createApp(createBeaconProtocol(context), [], { ready: () => true }, log, createNodeMetrics())
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BEACON_PATH}`

  async function send(path: string, caller: Caller | undefined, init: RequestInit): Promise<RightsAnswer> {
    const headers = {
      'content-type': 'application/json',
      ...(caller ? { 'x-test-caller': JSON.stringify(caller) } : {}),
    }
    const response = await fetch(url + path, { ...init, headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as RightsBody }
  }

  return {
    decided,
    statuses,
    audit,
    get: (path, caller) => send(path, caller, {}),
    post: (path, body, caller) => send(path, caller, { method: 'POST', body: JSON.stringify(body) }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
      await testData.store.close()
      testMetadata.metadata.close()
      testMetadata.individuals.close()
      metadata.close()
      individuals.close()
      statuses.close()
      consent.close()
    },
  }
}
