import { hash } from 'node:crypto'
import type { HtsgetEndpoint, HtsgetFormat } from '../../schemas/index.js'
import { accountOf } from '../access/account-of.js'
import { createFileDecider, type FileDecision } from '../access/authorise-file.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import { tokenRequired, type Realm } from '../access/challenges.js'
import type { FileGrant } from '../access/file-grant.js'
import { requireAcr } from '../access/require-acr.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { JsonValue } from '../audit/canonical-json.js'
import { NodeError } from '../errors.js'
import type { Selection, SliceableFile, SliceFormat } from '../formats/slice.js'
import type { Individual } from '../metadata/individuals.js'
import { discloseFile, type AskedEdit, type FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { Capability } from './capability.js'
import { chooseGrant, findGrant, type Wanted } from './choose-grant.js'
import type { Envelope, HtsgetContext, KnownFile } from './context.js'
import { changedFile, explainFault } from './explain-fault.js'
import { digestHeader } from './wire-pieces.js'

/** Formats in which a file of each format can leave. */
const SERVED_AS: Readonly<Record<SliceFormat, readonly HtsgetFormat[]>> = {
  BAM: ['BAM'],
  CRAM: ['CRAM', 'BAM'],
  VCF: ['VCF', 'VCFTEXT'],
  BCF: ['BCF'],
}

const KIND: Readonly<Record<SliceFormat, HtsgetEndpoint>> = {
  BAM: 'reads',
  CRAM: 'reads',
  VCF: 'variants',
  BCF: 'variants',
}

/** What is asked of a file, by a ticket's request or by the capability of one. */
export interface Asked {
  readonly event: 'ticket.issue' | 'block.read'
  readonly fileId: string
  /** Absent: whichever the file is of, as a capability says nothing of it. */
  readonly endpoint?: HtsgetEndpoint
  readonly format: HtsgetFormat
  readonly edit: AskedEdit
  /** Public key of the only reader, 32 bytes; absent: plain is wanted. */
  readonly reader?: Buffer
  /** Which records, of the file as it was opened. @throws NodeError */
  readonly select: (file: SliceableFile) => Selection
  /** For the audit: the kind of question, never the question. */
  readonly question: string
  /** The question in one form, of which the audit keeps a keyed digest; absent of a block: its ticket has it. */
  readonly query?: JsonValue
  /** Of a block: the request that its ticket answered. */
  readonly ticket?: string
  /** Of a block: what its ticket says. */
  readonly holder?: Pick<Capability, 'caller' | 'grants' | 'state'>
}

/** What may leave, and the digest of all that it depends on beside the question. */
export interface Released {
  readonly release: Disclosed<FileRelease>
  readonly state: string
  readonly caller: Caller
  readonly grant: FileGrant
  /**
   * The answer leaves only when the promise is fulfilled.
   *
   * @param bytes of the answer; absent: it is not known yet
   */
  readonly record: (bytes?: number) => Promise<void>
  /** The same for a right that is gone. */
  readonly recordLoss: () => Promise<void>
  /** Whether all that was decided still holds: asked while data leave. */
  readonly isUpheld: () => boolean
}

/**
 * From the second to the fifth step of the request path: authenticate, authorise, query, disclose. What is denied is recorded here.
 *
 * @throws NodeError unauthenticated, permission_denied, not_found, unsupported_format, unavailable
 */
export async function releaseFile(context: HtsgetContext, asked: Asked, envelope: Envelope): Promise<Released> {
  const find = () => {
    const known = context.files.find(asked.fileId)
    return known && (asked.endpoint ?? KIND[known.format]) === KIND[known.format] ? known : undefined
  }
  const file = find()
  let caller: Caller = asked.holder?.caller ?? NOBODY_KNOWN
  const recordAs = (outcome: AuditRecord['outcome'], rest: Partial<AuditRecord>, grants: readonly string[] = []) =>
    context.audit.record(
      {
        ts: context.now().toISOString(),
        requestId: envelope.requestId,
        event: asked.event,
        outcome,
        ...accountOf(caller),
        grants: grants.length > 0 ? grants : undefined,
        question: asked.question,
        datasets: file ? [file.datasetId] : [],
        granularity: outcome === 'answered' ? 'file' : 'none',
        exists: outcome === 'answered',
        file: file?.id,
        ticket: asked.ticket,
        ...rest,
      },
      asked.query,
    )
  let refusal: NodeError | undefined
  try {
    if (!asked.holder) caller = await context.authenticate(envelope.credentials)
    const decision = decide(context, caller, file)
    if (decision.kind === 'denied') throw (refusal = toRefusal(decision, context.realm))
    if (!file) throw new TypeError('a file was granted that there is not')
    const { release, state, grant, people } = await query(context, file, decision.grants, asked)
    if (asked.holder && asked.holder.state !== state) throw changedFile()
    if (!asked.holder && grant.grants.length > 0) requireLogin(context, caller)
    const subjects = [...people.values()].map(({ pseudonym }) => pseudonym)
    return {
      release,
      state,
      caller,
      grant,
      record: (bytes) => recordAs('answered', { subjects, bytes }, grant.grants),
      recordLoss: () => recordAs('denied', {}, grant.grants),
      isUpheld() {
        const now = decide(context, caller, find())
        if (now.kind === 'denied') return false
        const upheld = now.grants.filter((one) => one.upholds(grant))
        return findGrant(upheld, toWanted(release.file, release.selection, asked)) !== undefined
      },
    }
  } catch (error) {
    const isDenial = error === refusal || (error instanceof NodeError && DENIALS.has(error.code))
    if (isDenial) await recordAs('denied', {}, asked.holder?.grants)
    throw error
  }
}

const DENIALS: ReadonlySet<string> = new Set(['unauthenticated', 'permission_denied', 'not_found'])

function toRefusal({ code, message }: FileDecision & { readonly kind: 'denied' }, realm: Realm): NodeError {
  return code === 'unauthenticated' ? tokenRequired(realm, message) : new NodeError(code, message)
}

/** A file counts as records. @throws NodeError unauthenticated: another login would do */
function requireLogin({ config, realm, now }: HtsgetContext, { principal }: Caller): void {
  if (principal.kind === 'person') requireAcr(realm, principal, 'record', config.access?.brokers ?? [], now())
}

function decide(context: HtsgetContext, caller: Caller, file: KnownFile | undefined): FileDecision {
  const { config, rules, consent, individuals } = context
  const care = config.access?.care === true
  const state = { rules, consent, register: individuals, care, now: context.now() }
  return createFileDecider({ caller, policies: context.policies(), state })(file)
}

interface Queried extends Pick<Released, 'release' | 'state' | 'grant'> {
  /** Of whom the grant speaks. */
  readonly people: ReadonlyMap<number, Individual>
}

async function query(
  { files, individuals }: HtsgetContext,
  known: KnownFile,
  grants: readonly FileGrant[],
  asked: Asked,
): Promise<Queried> {
  const { format, edit, select, holder } = asked
  const served = SERVED_AS[known.format]
  if (!served.includes(format)) {
    throw new NodeError('unsupported_format', `this file is served as ${served.join(' or ')}`)
  }
  const opened = await files.open(known).catch((fault: unknown) => {
    throw explainFault(fault)
  })
  const isDecoded = format === 'BAM' && opened.asBam !== undefined
  const file = isDecoded ? await opened.asBam() : opened.file
  const selection = select(file)
  const grant = chooseGrant(grants, toWanted(file, selection, asked))
  if (holder?.grants.some((id) => !grant.grants.includes(id))) {
    throw new NodeError('permission_denied', 'what the ticket rests on was withdrawn; ask for a new ticket')
  }
  const people = individuals.byNumber([...grant.people.values()])
  const release = discloseFile(grant, { ...opened, file, isDecoded }, selection, edit, people)
  if (!release) throw new NodeError('not_found', 'there is no such file')
  return { release, state: digestState(opened.version, release), grant, people }
}

function toWanted(file: SliceableFile, selection: Selection, { reader }: Asked): Wanted {
  return { file, selection, ...(reader ? { reader } : {}) }
}

/** Changes with the file, with whom of it may be seen, and with how they are called. */
function digestState(version: string, release: FileRelease): string {
  const said = JSON.stringify([version, release.edit.samples ?? 'all', digestHeader(release)])
  return hash('sha256', said, 'base64url').slice(0, 22)
}
