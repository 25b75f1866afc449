import type { Ticket, TicketUrl } from '../../schemas/index.js'
import type { JsonValue } from '../audit/canonical-json.js'
import type { Selection } from '../formats/slice.js'
import type { AskedEdit, FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import { CAPABILITY_HEADER, type Capability, type TicketPart } from './capability.js'
import type { Envelope, HtsgetContext } from './context.js'
import { explainFault } from './explain-fault.js'
import type { HtsgetRequest } from './parse-request.js'
import { releaseFile } from './release-file.js'
import { isEmptySelection, resolveRegions } from './resolve-regions.js'
import { toAnswerFrame, toDataUrl, toHeaderDataUrl } from './wire-pieces.js'

/** A header up to this size stands in the ticket itself, which costs a third more bytes and saves a request. */
const LONGEST_INLINE = 64 << 10

/** Where the data endpoint stands below the API. */
export const DATA_PATH = '/data'

/** Of one URL, whose capability has them in a header; of more, a ticket has several URLs. */
const MOST_REGIONS = 300

/** Of the header, which stands before all of them. */
const NO_RECORDS: Selection = { kind: 'some', regions: [], unplaced: false }

/** What of each record is wanted. */
export function toEdit({ fields, tags, notags }: Pick<Capability, 'fields' | 'tags' | 'notags'>): AskedEdit {
  return { ...(fields ? { fields } : {}), ...(tags ? { tags } : {}), ...(notags ? { notags } : {}) }
}

/**
 * The request path of a ticket: parse came before; authenticate, authorise, query, disclose, record, present.
 *
 * @throws NodeError
 */
export async function answerTicket(
  context: HtsgetContext,
  request: HtsgetRequest,
  envelope: Envelope,
): Promise<Ticket> {
  const { endpoint, format, regions, headerOnly } = request
  const { release, state, caller, grant, record } = await releaseFile(
    context,
    {
      event: 'ticket.issue',
      fileId: request.id,
      endpoint,
      format,
      edit: toEdit(request),
      ...(request.reader ? { reader: request.reader } : {}),
      select: ({ contigs }) => (headerOnly ? NO_RECORDS : resolveRegions(regions, contigs)),
      question: headerOnly ? 'header' : regions ? 'regions' : 'whole',
      query: toQuery(request),
    },
    envelope,
  )
  const toUrl = (part: TicketPart, selection: Selection) => {
    const url = `${context.baseUrl()}${DATA_PATH}/${envelope.requestId}/${part}`
    const capability = context.capabilities.issue(
      {
        fileId: request.id,
        format,
        part,
        selection,
        ...toEdit(request),
        ...(request.reader ? { reader: request.reader } : {}),
        state,
        caller,
        grants: grant.grants,
        requestId: envelope.requestId,
      },
      grant.ends,
    )
    return { url, headers: { [CAPABILITY_HEADER]: capability } }
  }
  const urls = await presentUrls(release, request, toUrl)
  if (release.isDecoded && !headerOnly) await requireDecodable(release, envelope.signal)
  await record()
  return { htsget: { format, urls } }
}

/** The question in one form, for its digest in the audit. */
function toQuery({ id, endpoint, format, headerOnly, regions, fields, tags, notags }: HtsgetRequest): JsonValue {
  const list = (set: ReadonlySet<string> | undefined) => set && [...set].sort()
  const places = regions?.map(({ referenceName, start, end }) => ({
    referenceName,
    start,
    end: Number.isFinite(end) ? end : null,
  }))
  const lists = { fields: list(fields), tags: list(tags), notags: list(notags) }
  return { id, endpoint, format, headerOnly, regions: places, ...lists }
}

/**
 * Decodes the first records, so that a caller learns with the ticket that the node cannot.
 *
 * @throws NodeError unsupported_format
 */
async function requireDecodable({ file, selection, edit }: Disclosed<FileRelease>, signal: AbortSignal): Promise<void> {
  const parts = file.slice(selection, edit, signal)[Symbol.asyncIterator]()
  try {
    await parts.next()
  } catch (fault) {
    throw explainFault(fault)
  } finally {
    await parts.return?.()
  }
}

async function presentUrls(
  release: Disclosed<FileRelease>,
  { format, headerOnly, reader }: HtsgetRequest,
  toUrl: (part: TicketPart, selection: Selection) => TicketUrl,
): Promise<readonly TicketUrl[]> {
  // Nothing of an encrypted answer stands in the ticket, and all of it is one file.
  const { selection } = release
  if (reader) return [headerOnly ? toUrl('header', NO_RECORDS) : toUrl('body', selection)]
  // Header and records are one piece then, and a class must be given to all or to none.
  if (release.isWholeFile && !headerOnly && format !== 'VCFTEXT') return [toUrl('body', selection)]
  const { head, end } = await toAnswerFrame(release, format)
  const isLong = head.length > LONGEST_INLINE
  const header = isLong ? toUrl('header', NO_RECORDS) : { url: await toHeaderDataUrl(release, format) }
  const bodies = headerOnly || isEmptySelection(selection) ? [] : toBodies(release)
  return [
    { ...header, class: 'header' },
    ...bodies.map(
      (one, index) => ({ ...toUrl(index === 0 ? 'body' : `body-${index + 1}`, one), class: 'body' }) as const,
    ),
    ...(end.length > 0 ? [{ url: toDataUrl(end), class: 'body' } as const] : []),
  ]
}

/** Whole regions each, so that the capability of a URL can hold them. */
function toBodies({ file, selection }: FileRelease): readonly Selection[] {
  return selection.kind === 'all' ? [selection] : file.split(selection, MOST_REGIONS)
}
