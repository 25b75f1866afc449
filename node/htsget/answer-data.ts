import { hash } from 'node:crypto'
import { audiencesOf } from '../access/audiences.js'
import type { Caller } from '../access/caller.js'
import { NodeError } from '../errors.js'
import { readVersion, type HtsgetFormat, type NodeConfig } from '../../schemas/index.js'
import type { FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import { toEdit } from './answer-ticket.js'
import type { Capability } from './capability.js'
import type { Envelope, HtsgetContext } from './context.js'
import { changedFile, explainFault, isChange } from './explain-fault.js'
import { encryptBody } from './encrypt-body.js'
import { planBody, sizedBody, type Body, type PlannedBody } from './plan-body.js'
import { releaseFile } from './release-file.js'
import { toAnswerFrame } from './wire-pieces.js'

/** How blocks are made may change with the version, so that halves of two must not be put together. */
const NODE_VERSION = readVersion()
const NOTHING = Buffer.alloc(0)

export interface DataRequest {
  /** Of the URL. */
  readonly requestId: string
  readonly part: string
  /** What the capability header says. */
  readonly token: string | undefined
}

export interface DataAnswer {
  readonly body: Body
  /** Absent: another request for the same gives other bytes. */
  readonly etag?: string
  readonly format: HtsgetFormat
  /**
   * Written before the first byte leaves.
   *
   * @param bytes that are to leave; absent: it is not known yet
   */
  readonly record: (bytes?: number) => Promise<void>
  /** Asked while bytes leave: when it is false, no more of them may. */
  readonly isUpheld: () => boolean
  /** Written when none may leave any more. */
  readonly recordLoss: () => Promise<void>
}

/**
 * The request path of data: parse came before; a capability authenticates; authorise, query and disclose happen anew, so that
 * who was removed since the ticket does not leave.
 *
 * @throws NodeError unauthenticated, permission_denied: a capability of another URL, not_found: the file or what of it may be
 * seen is not what it was
 */
export async function answerData(
  context: HtsgetContext,
  { requestId, part, token }: DataRequest,
  envelope: Envelope,
): Promise<DataAnswer> {
  const capability = await openCapability(context, { requestId, part, token }, envelope)
  try {
    return await readData(context, capability, envelope)
  } catch (fault) {
    throw isChange(fault) ? changedFile() : explainFault(fault)
  }
}

async function readData(context: HtsgetContext, capability: Capability, envelope: Envelope): Promise<DataAnswer> {
  const { format, selection, fileId, part, requestId, reader, grants, state } = capability
  const caller = locate(capability.caller, context.config)
  const released = await releaseFile(
    context,
    {
      event: 'block.read',
      fileId,
      format,
      edit: toEdit(capability),
      ...(reader ? { reader } : {}),
      select: () => selection,
      question: part === 'header' ? 'header' : 'body',
      ticket: requestId,
      holder: { caller, grants, state },
    },
    envelope,
  )
  const { release, record, isUpheld, recordLoss } = released
  const planned = await planPart(release, capability, envelope.signal)
  const answer = { format, record, isUpheld, recordLoss }
  if (!reader) return { ...answer, body: planned.body, etag: toEtag(capability) }
  // The stored bytes of a whole file have their own frame.
  const isFramed = part === 'header' || !release.isWholeFile || format === 'VCFTEXT'
  const frame = isFramed ? await toAnswerFrame(release, format) : { head: NOTHING, end: NOTHING }
  return { ...answer, body: await encryptBody(release, planned, frame, reader, envelope.signal) }
}

/** Of which territories the holder is follows from their organisations anew: `node.yaml` may have changed since the ticket. */
function locate(caller: Caller, { access }: NodeConfig): Caller {
  const audiences = audiencesOf(caller.principal, access?.audiences)
  return audiences ? { ...caller, audiences } : caller
}

async function planPart(
  release: Disclosed<FileRelease>,
  { part, format, reader }: Capability,
  signal: AbortSignal,
): Promise<PlannedBody> {
  if (part !== 'header') return planBody(release, format, signal)
  // Around it stands the frame of the encrypted answer, of which the header is a part.
  const parts = reader ? [] : [{ kind: 'made', bytes: (await toAnswerFrame(release, format)).head } as const]
  return { body: sizedBody(release.data, parts, signal), parts }
}

async function openCapability(
  { capabilities, audit, now }: HtsgetContext,
  { requestId, part, token }: DataRequest,
  envelope: Envelope,
): Promise<Capability> {
  try {
    const capability = capabilities.open(token)
    if (capability.requestId !== requestId || capability.part !== part) {
      throw new NodeError('permission_denied', 'the capability is of another URL')
    }
    return capability
  } catch (error) {
    await audit.record({
      ts: now().toISOString(),
      requestId: envelope.requestId,
      event: 'block.read',
      outcome: 'denied',
      principal: 'anonymous',
      question: 'none',
      datasets: [],
      granularity: 'none',
      exists: false,
    })
    throw error
  }
}

/** Strong: the same capability gives the same bytes, whoever of the node's workers answers. */
function toEtag({ fileId, format, part, selection, fields, tags, notags, state }: Capability): string {
  const lists = [fields, tags, notags].map((set) => (set ? [...set] : null))
  const said = JSON.stringify([NODE_VERSION, fileId, format, part, selection, lists, state])
  return `"${hash('sha256', said, 'base64url').slice(0, 27)}"`
}
