import { createHash } from 'node:crypto'
import type { HtsgetEndpoint, HtsgetFormat } from '../../schemas/index.js'
import { authoriseFile } from '../access/authorise-file.js'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import type { FileGrant } from '../access/file-grant.js'
import { nameOf } from '../access/person.js'
import type { AuditRecord } from '../audit/audit-log.js'
import type { JsonValue } from '../audit/canonical-json.js'
import { NodeError } from '../errors.js'
import type { Selection, SliceableFile, SliceFormat } from '../formats/slice.js'
import { discloseFile, type AskedEdit, type FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { Envelope, HtsgetContext, KnownFile } from './context.js'
import { explainFault } from './explain-fault.js'
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
  /** Which records, of the file as it was opened. @throws NodeError */
  readonly select: (file: SliceableFile) => Selection
  /** For the audit: the kind of question, never the question. */
  readonly question: string
  /** The question in one form, of which the audit keeps a keyed digest; absent of a block: its ticket has it. */
  readonly query?: JsonValue
  /** Of a block: the request that its ticket answered. */
  readonly ticket?: string
}

/** What may leave, and the digest of all that it depends on beside the question. */
export interface Released {
  readonly release: Disclosed<FileRelease>
  readonly state: string
  readonly caller: Caller
  /** The answer leaves only when the promise is fulfilled. */
  readonly record: () => Promise<void>
}

/**
 * From the second to the fifth step of the request path: authenticate, authorise, query, disclose. What is denied is recorded here.
 *
 * @param authenticated true: who asks proved it by a capability
 * @throws NodeError unauthenticated, not_found, unsupported_format
 */
export async function releaseFile(
  context: HtsgetContext,
  asked: Asked,
  envelope: Envelope,
  authenticated = false,
): Promise<Released> {
  const known = context.files.find(asked.fileId)
  const file = known && (asked.endpoint ?? KIND[known.format]) === KIND[known.format] ? known : undefined
  let caller: Caller = NOBODY_KNOWN
  const recordAs = (outcome: AuditRecord['outcome'], subjects?: readonly string[]) =>
    context.audit.record({
      ts: context.now().toISOString(),
      requestId: envelope.requestId,
      event: asked.event,
      outcome,
      principal: nameOf(caller.principal),
      question: asked.question,
      ...(asked.query === undefined ? {} : { query: asked.query }),
      datasets: file ? [file.datasetId] : [],
      granularity: outcome === 'answered' ? 'file' : 'none',
      exists: outcome === 'answered',
      ...(file ? { file: file.id } : {}),
      ...(subjects ? { subjects } : {}),
      ...(asked.ticket === undefined ? {} : { ticket: asked.ticket }),
    })
  try {
    if (!authenticated) caller = await context.authenticate(envelope.credentials)
    const decision = authoriseFile(caller, file, context.policies(), context.individuals.visible())
    if (decision.kind === 'denied' || !file) throw notFound()
    const { release, state } = await query(context, file, decision.grant, asked, envelope)
    const people = context.individuals.byNumber([...decision.grant.people.values()])
    const subjects = [...people.values()].map(({ pseudonym }) => pseudonym)
    return { release, state, caller, record: () => recordAs('answered', subjects) }
  } catch (error) {
    if (error instanceof NodeError && DENIALS.has(error.code)) await recordAs('denied')
    throw error
  }
}

const DENIALS: ReadonlySet<string> = new Set(['unauthenticated', 'permission_denied', 'not_found'])

/** The same for files that do not exist, may not be known of, or hold somebody who may not be shown. */
function notFound(): NodeError {
  return new NodeError('not_found', 'there is no such file')
}

async function query(
  { files, individuals }: HtsgetContext,
  known: KnownFile,
  grant: FileGrant,
  { format, edit, select }: Asked,
  { signal }: Envelope,
): Promise<Pick<Released, 'release' | 'state'>> {
  const served = SERVED_AS[known.format]
  if (!served.includes(format)) {
    throw new NodeError('unsupported_format', `this file is served as ${served.join(' or ')}`)
  }
  const opened = await files.open(known, signal).catch((fault: unknown) => {
    throw explainFault(fault)
  })
  const isDecoded = format === 'BAM' && opened.asBam !== undefined
  const file = isDecoded ? await opened.asBam() : opened.file
  const people = individuals.byNumber([...grant.people.values()])
  const release = discloseFile(grant, { ...opened, file, isDecoded }, select(file), edit, people)
  if (!release) throw notFound()
  return { release, state: digestState(opened.version, release) }
}

/** Changes with the file, with whom of it may be seen, and with how they are called. */
function digestState(version: string, release: FileRelease): string {
  const said = JSON.stringify([version, release.edit.samples ?? 'all', digestHeader(release)])
  return createHash('sha256').update(said).digest('base64url').slice(0, 22)
}
