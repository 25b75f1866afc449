import { describe, expect, test } from '@jest/globals'
import { parseBeaconRequest, type BeaconRequest, type NodeConfig } from '../../schemas/index.js'
import { knowNobody } from '../access/authenticate.js'
import type { Credentials } from '../access/caller.js'
import { NO_CONSENT, NO_RULES } from '../access/rules.js'
import type { Grant } from '../access/grant.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { JsonValue } from '../audit/canonical-json.js'
import type { Release } from '../privacy/disclose.js'
import { openGenes } from '../variants/genes/open-genes.js'
import { createTestStore, TEST_DATASET } from '../variants/test-store.js'
import type { VariantStore } from '../variants/variant-store.js'
import { NO_INTERPRETATIONS } from '../interpretations/open-interpretations.js'
import { NO_FILES } from './offered-files.js'
import { createTestMetadata } from '../metadata/test-metadata.js'
import { answerVariants } from './answer-variants.js'
import { NO_ONTOLOGIES } from '../metadata/ontologies/open-terms.js'
import type { BeaconContext } from './context.js'
import { presentVariants, type Presentation } from './present-variants.js'

const config: NodeConfig = {
  id: 'se.fyr.test',
  name: 'Region Test',
  contact: 'nobody',
  organization: { id: 'test', name: 'Test' },
  environment: 'test',
  listen: { host: '127.0.0.1', port: 0 },
  variantStore: { type: 'sqlite' },
  defaultGranularity: 'count',
  logLevel: 'silent',
}

function toRequest(query: object): BeaconRequest {
  const g_variant = {
    assemblyId: 'GRCh38',
    referenceName: '17',
    start: [43045711],
    referenceBases: 'T',
    alternateBases: 'C',
  }
  const parsed = parseBeaconRequest({}, { query: { requestParameters: { g_variant }, ...query } }, 'count')
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

/** A context over the synthetic store that notes in which order things happen. */
function createContext(record: (record: AuditRecord, query?: JsonValue) => void): {
  context: BeaconContext
  steps: string[]
} {
  const steps: string[] = []
  const real = createTestStore()
  const store: VariantStore = {
    datasets: () => real.datasets(),
    isAnnotated: () => real.isAnnotated(),
    peopleIn: (id) => real.peopleIn(id),
    people: (grant) => real.people(grant),
    async query(grant, query, page) {
      steps.push('query')
      return real.query(grant, query, page)
    },
    close: () => real.close(),
  }
  const data = {
    store,
    ...createTestMetadata(TEST_DATASET),
    terms: NO_ONTOLOGIES,
    interpretations: NO_INTERPRETATIONS,
    files: NO_FILES,
  }
  const context: BeaconContext = {
    config,
    baseUrl: () => 'http://node.invalid/beacon/v2',
    htsgetUrl: () => 'http://node.invalid/htsget/v1',
    data,
    testData: data,
    vrs: { sequenceId: () => undefined, toAllele: () => undefined },
    genes: openGenes('no-such-directory'),
    references: {},
    authenticate: knowNobody,
    realm: { id: 'se.fyr.test', metadataUrl: () => '' },
    rules: NO_RULES,
    consent: NO_CONSENT,
    audit: {
      async record(entry, question) {
        steps.push(`record ${entry.outcome}`)
        record(entry, question)
      },
      close: () => Promise.resolve(),
    },
    now: () => new Date(0),
  }
  return { context, steps }
}

const VARIANTS = { wanted: 'genomicVariant' } as const
const credentials: Credentials = { method: 'POST', target: '/beacon/v2/g_variants', headers: new Map() }
const envelope = { requestId: 'r-1', credentials }
const withToken = { ...credentials, headers: new Map([['authorization', ['Bearer x']]]) }

describe('the request path', () => {
  test('records what was decided before it answers, without the question', async () => {
    const records: AuditRecord[] = []
    const questions: unknown[] = []
    const { context, steps } = createContext((entry, question) => {
      records.push(entry)
      questions.push(question)
    })
    const answer = await answerVariants(context, toRequest({}), VARIANTS, envelope)
    expect(answer.responseSummary).toEqual({ exists: true, numTotalResults: 1 })
    expect(steps).toEqual(['query', 'record answered'])
    expect(records).toEqual([
      {
        ts: '1970-01-01T00:00:00.000Z',
        requestId: 'r-1',
        event: 'query',
        outcome: 'answered',
        principal: 'anonymous',
        question: 'allele',
        datasets: ['test-mode'],
        granularity: 'count',
        exists: true,
      },
    ])
    expect(questions).toEqual([expect.objectContaining({ question: 'allele', path: VARIANTS })])
  })

  test('fails when the record cannot be written', async () => {
    const { context } = createContext(() => {
      throw new Error('the disk is full')
    })
    await expect(answerVariants(context, toRequest({}), VARIANTS, envelope)).rejects.toThrow('the disk is full')
  })

  test.each([
    ['a credential that cannot be checked', {}, { ...envelope, credentials: withToken }, 'unauthenticated'],
    ['a dataset that is not there', { requestParameters: { datasets: ['nope'] } }, envelope, 'not_found'],
  ])('records %s as denied and asks no store', async (_, query, sent, code) => {
    const { context, steps } = createContext(() => undefined)
    const request = { ...toRequest({}), ...('requestParameters' in query ? { datasetIds: ['nope'] } : {}) }
    await expect(answerVariants(context, request, VARIANTS, sent)).rejects.toMatchObject({ code })
    expect(steps).toEqual(['record denied'])
  })
})

test('the types force the order: these lines must not compile', () => {
  const release: Release = { datasets: [], exists: false, individuals: { lower: 0, upper: 0 } }
  const unreachable = () => {
    // @ts-expect-error what was not disclosed cannot be presented
    void presentVariants(release, {} as Presentation)
    // @ts-expect-error a Grant cannot be forged from a literal
    const forged: Grant = { datasetIds: [], granularityOf: () => 'record' }
    // @ts-expect-error a store cannot be asked without a Grant
    void createTestStore().query({}, { kind: 'all', assembly: 'GRCh38' })
    return forged
  }
  expect(unreachable).toBeInstanceOf(Function)
})
