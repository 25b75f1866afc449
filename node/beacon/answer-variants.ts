import { UNKNOWN_FILTERING_TERM, type BeaconRequest, type DataResponse, type NodeConfig } from '../../schemas/index.js'
import { authenticate, type Principal } from '../access/authenticate.js'
import { authorise } from '../access/authorise.js'
import type { AuditLog, AuditRecord } from '../audit/audit-log.js'
import { NodeError } from '../errors.js'
import { NO_INTERPRETATIONS, type InterpretationSource } from '../interpretations/open-interpretations.js'
import { disclose } from '../privacy/disclose.js'
import type { CountFamilies } from '../variants/calls.js'
import type { VariantQuery } from '../variants/variant-query.js'
import type { VariantStore } from '../variants/variant-store.js'
import { parseVariantInternalId } from './parse-variant-id.js'
import { parseVariantQuery } from './parse-variant-query.js'
import { presentVariants } from './present-variants.js'

/** What the request path works with. */
export interface BeaconContext {
  readonly config: NodeConfig
  /** URL of this Beacon API, without a slash at the end; known once the node listens. */
  readonly baseUrl: () => string
  readonly store: VariantStore
  /** Fixed synthetic data: all that a request in testMode ever sees. */
  readonly testStore: VariantStore
  readonly countFamilies: CountFamilies
  /** What laboratories say of alleles. */
  readonly interpretations: InterpretationSource
  readonly audit: AuditLog
  readonly now: () => Date
}

export interface Envelope {
  readonly requestId: string
  readonly authorization: string | undefined
}

/** @throws NodeError invalid_input: a filter that is not understood must not be ignored */
export function refuseFilters(request: BeaconRequest): void {
  const [first] = request.filters
  if (!first) return
  throw new NodeError('invalid_input', `the filtering term "${first.id.slice(0, 80)}" is unknown to this node`, {
    detail: UNKNOWN_FILTERING_TERM,
  })
}

/**
 * The request path of `/g_variants` and `/g_variants/{id}`:
 * parse, authenticate, authorise, query, disclose, record, present.
 *
 * @param variantInternalId from the path, when one was named
 * @throws NodeError
 */
export async function answerVariants(
  context: BeaconContext,
  request: BeaconRequest,
  variantInternalId: string | undefined,
  envelope: Envelope,
): Promise<DataResponse> {
  const { config, audit } = context
  const store = request.testMode ? context.testStore : context.store
  const manifests = store.datasets()
  refuseFilters(request)
  const query: VariantQuery =
    variantInternalId === undefined
      ? parseVariantQuery(
          request,
          manifests.map(({ assembly }) => assembly),
        )
      : parseVariantInternalId(variantInternalId)
  const record = (outcome: AuditRecord['outcome'], datasets: readonly string[], granularity: string, exists: boolean) =>
    audit.record({
      ts: context.now().toISOString(),
      requestId: envelope.requestId,
      event: 'query',
      outcome,
      principal: 'anonymous',
      question: query.kind,
      datasets,
      granularity,
      exists,
    })

  let principal: Principal
  try {
    // testMode must answer without credentials (Beacon v2), and sees synthetic data only.
    principal = authenticate(request.testMode ? undefined : envelope.authorization)
  } catch (error) {
    await record('denied', request.datasetIds ?? [], 'none', false)
    throw error
  }
  const decision = authorise(principal, manifests, query.assembly, request.datasetIds)
  if (decision.kind === 'denied') {
    await record('denied', request.datasetIds ?? [], 'none', false)
    throw new NodeError(decision.code, decision.message)
  }
  const requestedGranularity = request.requestedGranularity ?? config.defaultGranularity
  const { skip, limit } = request.pagination
  const page = requestedGranularity === 'record' ? { offset: skip * limit, limit } : undefined
  const answer = await store.query(decision.grant, query, page)
  const interpretations = request.testMode ? NO_INTERPRETATIONS : context.interpretations
  const release = disclose(
    answer,
    decision.grant,
    requestedGranularity,
    manifests,
    context.countFamilies,
    interpretations,
  )
  await record(
    'answered',
    release.datasets.map(({ dataset }) => dataset.id),
    requestedGranularity,
    release.exists,
  )
  return presentVariants(release, {
    beaconId: config.id,
    baseUrl: context.baseUrl(),
    request,
    requestedGranularity,
    assembly: query.assembly,
    notAsked: decision.notAsked,
  })
}
