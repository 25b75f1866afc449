import { lesserGranularity, type AssemblyId, type BeaconRequest, type Granularity } from '../../schemas/index.js'
import { accountOf } from '../access/account-of.js'
import type { Places } from '../access/applicable-grants.js'
import { authorise, knownTo, type Denied, type NotAsked, type PausedDataset } from '../access/authorise.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import { insufficientScope } from '../access/challenges.js'
import type { AccessState } from '../access/dataset-access.js'
import type { DatasetPolicy } from '../access/dataset-policy.js'
import type { Grant } from '../access/grant.js'
import { rulesFor } from '../access/rems/rems-grants.js'
import { requireAcr } from '../access/require-acr.js'
import { NO_CONSENT, NO_RULES } from '../access/rules.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { JsonValue } from '../audit/canonical-json.js'
import { NodeError } from '../errors.js'
import { RECORD_TYPES } from '../metadata/record.js'
import { Bitmap } from '../variants/bitmap.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { BeaconContext, BeaconData, Envelope } from './context.js'
import type { EntryPoint } from './entry-point.js'

type Said = Pick<AuditRecord, 'outcome' | 'question' | 'datasets' | 'granularity' | 'exists' | 'grants'>

/** Somebody who is known, or known to be nobody in particular, and what of the node they may know to be there. */
export interface Identified {
  readonly caller: Caller
  readonly data: BeaconData
  /** The datasets of which the caller may know; others are to be answered as if they did not exist. */
  readonly manifests: readonly DatasetManifest[]
  readonly state: AccessState
  readonly trust: Pick<BeaconContext, 'realm' | 'config'>
  /** The answer leaves only when the promise is fulfilled. */
  readonly record: (said: Said, told?: ToldRecords) => Promise<void>
}

/** A request that was let in: what it may see, and how its answer is put on record. */
export interface Admitted extends Omit<Identified, 'record'> {
  readonly grant: Grant
  readonly notAsked: NotAsked
  /** Those of `notAsked` that the caller might ask if they were not paused. */
  readonly paused: readonly PausedDataset[]
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

/** The question in one form, whichever way it was sent; which page of the answer was wanted is no part of it. */
function toQuery({ gVariant, filters, datasetIds }: BeaconRequest, question: string, path: EntryPoint | undefined) {
  const said: unknown = { question, path, gVariant, filters, datasets: datasetIds && [...datasetIds].sort() }
  return said as JsonValue
}

/**
 * The second step of the request path: authenticate. Who cannot be known is put on record.
 *
 * @param question for the audit: the kind of question, never the question
 * @param path for the digest of the question
 * @throws NodeError unauthenticated, invalid_input, unavailable
 */
export async function identify(
  context: BeaconContext,
  request: BeaconRequest,
  envelope: Envelope,
  question: string,
  path?: EntryPoint,
): Promise<Identified> {
  const data = dataFor(context, request)
  let caller: Caller = NOBODY_KNOWN
  const now = context.now()
  const record = (said: Said, told?: ToldRecords) => {
    const people = told ? [...told.people] : []
    const stored = data.store.datasets()
    const { outcome, question, datasets, granularity, exists, grants } = said
    const { principal, purpose, project, hub, passport, org, unit } = accountOf(caller)
    // Written out: an object that is put together of others costs V8 as much as the hash of the entry.
    return context.audit.record(
      {
        ts: context.now().toISOString(),
        requestId: envelope.requestId,
        event: told?.hasRecords ? 'record.read' : 'query',
        outcome,
        principal,
        purpose,
        project,
        hub,
        passport,
        org,
        unit,
        question,
        // What is no dataset here may be anything, a name too.
        datasets: datasets.filter((id) => stored.some((manifest) => manifest.id === id)),
        granularity,
        exists,
        grants,
        subjects: people.length > 0 ? pseudonymsOf(people, data) : undefined,
      },
      toQuery(request, question, path),
    )
  }
  let rules = NO_RULES
  try {
    // testMode must answer without credentials (Beacon v2), and sees synthetic data only.
    if (!request.testMode) {
      caller = await context.authenticate(envelope.credentials)
      rules = await rulesFor(context, caller)
    }
  } catch (error) {
    await record({
      outcome: 'denied',
      question,
      datasets: request.datasetIds ?? [],
      granularity: 'none',
      exists: false,
    })
    throw error
  }
  const state: AccessState = {
    rules,
    consent: request.testMode ? NO_CONSENT : context.consent,
    register: data.individuals,
    peopleOf: (datasetId) => peopleOf(datasetId, data),
    care: context.config.access?.care === true,
    now,
  }
  return { caller, data, manifests: knownTo(caller, data.store.datasets(), state), state, trust: context, record }
}

function pseudonymsOf(people: readonly number[], { individuals }: BeaconData): readonly string[] | undefined {
  const known = [...individuals.byNumber(people).values()]
  return known.length > 0 ? known.map(({ pseudonym }) => pseudonym) : undefined
}

function peopleOf(datasetId: string, { store, metadata }: BeaconData): Bitmap {
  const index = metadata.index(datasetId)
  const withRecords = index ? RECORD_TYPES.map((type) => index[type].people) : []
  return Bitmap.orMany([store.peopleIn(datasetId), ...withRecords])
}

export interface Admission {
  /** For the audit: the kind of question, never the question. */
  readonly question: string
  /** Absent: the question is not about a place of the genome. */
  readonly assembly?: AssemblyId | undefined
  /** Absent: it is not known about which, or about none. */
  readonly places?: Places | undefined
  readonly datasetIds: readonly string[] | undefined
  /** The most that is wanted. */
  readonly granularity: Granularity
  /** The question singles out one person, which only those may be of whom records may be told. */
  readonly isAboutOne?: boolean
}

/**
 * The third step of the request path: authorise. What is denied is recorded here.
 *
 * @throws NodeError permission_denied, not_found, unavailable; unauthenticated: the login is too weak for what would be told
 */
export async function admit(identified: Identified, admission: Admission): Promise<Admitted> {
  const { caller, data, state, record } = identified
  const { question, assembly, places, datasetIds, granularity, isAboutOne = false } = admission
  const policies = data.store.datasets()
  const decision = authorise(
    policies,
    { caller, granularity: isAboutOne ? 'record' : granularity, assembly, places, named: datasetIds },
    state,
  )
  const deny = async (refusal: NodeError): Promise<never> => {
    await record({ outcome: 'denied', question, datasets: datasetIds ?? [], granularity: 'none', exists: false })
    throw refusal
  }
  if (decision.kind === 'denied') return deny(toRefusal(decision, identified))
  const weakness = findWeakLogin(identified, decision.grant, granularity, policies)
  if (weakness) return deny(weakness)
  const { grant, notAsked, paused, relied } = decision
  const grants = relied.length > 0 ? relied : undefined
  return {
    caller,
    data,
    manifests: identified.manifests,
    state,
    trust: identified.trust,
    grant,
    notAsked,
    paused,
    record: (datasets, told, exists, records) =>
      record({ outcome: 'answered', question, datasets, granularity: told, exists, grants }, records),
  }
}

/** Who is known is told that the Passport is good, and lacks a right (RFC 6750). */
function toRefusal({ code, message, detail }: Denied, { caller, trust }: Identified): NodeError {
  if (code === 'permission_denied' && caller.principal.kind === 'person') {
    return insufficientScope(trust.realm, message)
  }
  return new NodeError(code, message, detail === undefined ? {} : { detail })
}

/** What is not public is told to who logged in by the means that the node wants of it. */
function findWeakLogin(
  { caller: { principal }, state, trust }: Identified,
  grant: Grant,
  wanted: Granularity,
  policies: readonly DatasetPolicy[],
): NodeError | undefined {
  if (principal.kind === 'anonymous') return undefined
  const told = policies
    .filter(({ id, access }) => access !== 'public' && grant.granularityOf(id) !== undefined)
    .map(({ id }) => lesserGranularity(wanted, grant.granularityOf(id)!))
  const level = told.includes('record') ? 'record' : told.includes('count') ? 'count' : undefined
  if (!level) return undefined
  try {
    requireAcr(trust.realm, principal, level, trust.config.access?.brokers ?? [], state.now)
    return undefined
  } catch (error) {
    if (error instanceof NodeError) return error
    throw error
  }
}
