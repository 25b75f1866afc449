import type { AssemblyId, BeaconRequest, Granularity } from '../../schemas/index.js'
import { authorise, type NotAsked } from '../access/authorise.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import type { Grant } from '../access/grant.js'
import { nameOf } from '../access/person.js'
import type { AuditRecord } from '../audit/audit-log.js'
import { NodeError } from '../errors.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { BeaconContext, BeaconData, Envelope } from './context.js'

/** A request that was let in: what it may see, and how its answer is put on record. */
export interface Admitted {
  readonly caller: Caller
  readonly data: BeaconData
  readonly manifests: readonly DatasetManifest[]
  readonly grant: Grant
  readonly notAsked: NotAsked
  /** The answer leaves only when the promise is fulfilled. */
  readonly record: (datasets: readonly string[], granularity: Granularity, exists: boolean) => Promise<void>
}

/** Which of the node's data a request is answered from. */
export function dataFor({ data, testData }: BeaconContext, { testMode }: BeaconRequest): BeaconData {
  return testMode ? testData : data
}

export interface Admission {
  /** For the audit: the kind of question, never the question. */
  readonly question: string
  /** Absent: the question is not about a place of the genome. */
  readonly assembly?: AssemblyId | undefined
  readonly datasetIds: readonly string[] | undefined
}

/**
 * The second and third step of the request path: authenticate, authorise. What is denied is recorded here.
 *
 * @throws NodeError unauthenticated, permission_denied, not_found
 */
export async function admit(
  context: BeaconContext,
  request: BeaconRequest,
  envelope: Envelope,
  { question, assembly, datasetIds }: Admission,
): Promise<Admitted> {
  const data = dataFor(context, request)
  const manifests = data.store.datasets()
  let caller: Caller = NOBODY_KNOWN
  const record = (outcome: AuditRecord['outcome'], datasets: readonly string[], granularity: string, exists: boolean) =>
    context.audit.record({
      ts: context.now().toISOString(),
      requestId: envelope.requestId,
      event: 'query',
      outcome,
      principal: nameOf(caller.principal),
      question,
      datasets,
      granularity,
      exists,
    })
  try {
    // testMode must answer without credentials (Beacon v2), and sees synthetic data only.
    if (!request.testMode) caller = await context.authenticate(envelope.credentials)
  } catch (error) {
    await record('denied', datasetIds ?? [], 'none', false)
    throw error
  }
  const decision = authorise(caller, manifests, assembly, datasetIds, data.individuals.visible())
  if (decision.kind === 'denied') {
    await record('denied', datasetIds ?? [], 'none', false)
    throw new NodeError(decision.code, decision.message)
  }
  const { grant, notAsked } = decision
  return {
    caller,
    data,
    manifests,
    grant,
    notAsked,
    record: (datasets, granularity, exists) => record('answered', datasets, granularity, exists),
  }
}
