import type { AssemblyId, BeaconRequest, Granularity } from '../../schemas/index.js'
import { authorise, type NotAsked } from '../access/authorise.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import type { Grant } from '../access/grant.js'
import { nameOf } from '../access/person.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { JsonValue } from '../audit/canonical-json.js'
import { NodeError } from '../errors.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { BeaconContext, BeaconData, Envelope } from './context.js'
import type { EntryPoint } from './entry-point.js'

/** A request that was let in: what it may see, and how its answer is put on record. */
export interface Admitted {
  readonly caller: Caller
  readonly data: BeaconData
  readonly manifests: readonly DatasetManifest[]
  readonly grant: Grant
  readonly notAsked: NotAsked
  /** The answer leaves only when the promise is fulfilled. */
  readonly record: (
    datasets: readonly string[],
    granularity: Granularity,
    exists: boolean,
    told?: ToldRecords,
  ) => Promise<void>
}

/** What was told beside numbers. */
export interface ToldRecords {
  /** Some dataset told records. */
  readonly hasRecords: boolean
  /** The people whose records were told, or whom the path named. */
  readonly people: Iterable<number>
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
  /** For the digest of the question. */
  readonly path?: EntryPoint
}

/** The question in one form, whichever way it was sent; which page of the answer was wanted is no part of it. */
function toQuery({ gVariant, filters }: BeaconRequest, { question, datasetIds, path }: Admission): JsonValue {
  const said: unknown = { question, path, gVariant, filters, datasets: datasetIds && [...datasetIds].sort() }
  return said as JsonValue
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
  admission: Admission,
): Promise<Admitted> {
  const { question, assembly, datasetIds } = admission
  const data = dataFor(context, request)
  const manifests = data.store.datasets()
  let caller: Caller = NOBODY_KNOWN
  const record = (
    outcome: AuditRecord['outcome'],
    datasets: readonly string[],
    granularity: string,
    exists: boolean,
    told?: ToldRecords,
  ) => {
    const subjects = [...data.individuals.byNumber([...(told?.people ?? [])]).values()]
    return context.audit.record({
      ts: context.now().toISOString(),
      requestId: envelope.requestId,
      event: told?.hasRecords ? 'record.read' : 'query',
      outcome,
      principal: nameOf(caller.principal),
      question,
      query: toQuery(request, admission),
      // What is no dataset here may be anything, a name too.
      datasets: datasets.filter((id) => manifests.some((manifest) => manifest.id === id)),
      granularity,
      exists,
      ...(subjects.length > 0 ? { subjects: subjects.map(({ pseudonym }) => pseudonym) } : {}),
    })
  }
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
    record: (datasets, granularity, exists, told) => record('answered', datasets, granularity, exists, told),
  }
}
