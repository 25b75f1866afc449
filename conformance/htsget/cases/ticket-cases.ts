import { judgeAll, type Complaint } from '../../suite/judge-all.js'
import type { Exchange } from '../client.js'
import type { HtsgetCase } from '../world.js'

const SPEC = 'htsget 1.3, "Response"'

const isTicket = ({ ticket }: Exchange): boolean => ticket !== undefined

function ticketCase(
  id: string,
  title: string,
  severity: 'must' | 'should',
  complain: (exchange: Exchange) => Complaint | undefined,
  spec = SPEC,
): HtsgetCase {
  return { id, title, spec, severity, run: ({ client }) => judgeAll(client.exchanges, isTicket, complain) }
}

const JSON_TYPE = /^application\/(vnd\.ga4gh\.htsget\.v1\.\d+(\.\d+)?\+json|json)\s*(;|$)/i

function complainOfType({ headers }: Exchange): Complaint | undefined {
  const type = headers['content-type'] ?? ''
  if (JSON_TYPE.test(type)) return undefined
  return { seen: `Content-Type ${type}`, required: 'application/vnd.ga4gh.htsget.v1.…+json, or application/json' }
}

/** htslib knows a ticket by its first letters, and refuses any other key beside `htsget`. */
function complainOfTop({ text, body }: Exchange): Complaint | undefined {
  if (!/^\s*\{\s*"htsget"\s*:/.test(text)) return { seen: text.slice(0, 40), required: '{"htsget": first' }
  const keys = Object.keys(body as object)
  return keys.length === 1 ? undefined : { seen: keys.join(', '), required: 'htsget and nothing beside it' }
}

function complainOfClasses({ ticket }: Exchange): Complaint | undefined {
  const classes = ticket!.urls.map((url) => url.class)
  const strange = classes.find((name) => name !== undefined && name !== 'header' && name !== 'body')
  if (strange !== undefined) return { seen: `class ${strange}`, required: 'header or body' }
  const given = classes.filter((name) => name !== undefined)
  if (given.length === 0 || given.length === classes.length) return undefined
  return { seen: `a class on ${given.length} of ${classes.length} URLs`, required: 'a class on all of them or on none' }
}

function complainOfUrls({ ticket }: Exchange): Complaint | undefined {
  const { urls } = ticket!
  if (urls.length === 0) return { seen: 'no URL', required: 'at least one URL' }
  const bad = urls.find(({ url }) => !/^(https?:|data:)/i.test(url))
  return bad ? { seen: bad.url.slice(0, 40), required: 'an https, http or data URL' } : undefined
}

function complainOfInline({ ticket }: Exchange): Complaint | undefined {
  const bad = ticket!.urls.find(({ url }) => /^data:/i.test(url) && !url.startsWith('data:;base64,'))
  return bad ? { seen: bad.url.slice(0, 40), required: 'data:;base64, as other tools look for it' } : undefined
}

function complainOfEncoding({ headers }: Exchange): Complaint | undefined {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return undefined
  return { seen: `Content-Encoding ${encoding}`, required: 'no content coding' }
}

export const TICKET_CASES: readonly HtsgetCase[] = [
  ticketCase('tickets.content-type', 'a ticket is sent as JSON of htsget', 'must', complainOfType),
  ticketCase('tickets.top-level', 'a ticket begins with htsget and has no other key', 'must', complainOfTop),
  ticketCase('tickets.urls', 'a ticket has URLs that can be fetched', 'must', complainOfUrls),
  ticketCase('tickets.classes', 'all URLs of a ticket have a class, or none has', 'must', complainOfClasses),
  ticketCase('tickets.inline', 'inline data are written without a media type', 'should', complainOfInline),
  ticketCase('tickets.encoding', 'a ticket is not compressed', 'should', complainOfEncoding),
]
