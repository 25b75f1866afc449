import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import { toPath } from '../client.js'
import type { TicketUrl } from '../ticket.js'
import type { HtsgetCase, ServedFile, World } from '../world.js'

const SPEC = 'htsget 1.3, "URLs"'
const ORIGIN = 'https://browser.example'

type JudgeUrl = (world: World, url: TicketUrl, file: ServedFile) => Promise<Verdict>

/** The remote URLs of a ticket for everything in a file. */
async function remoteUrls({ client }: World, { endpoint, id, formats }: ServedFile): Promise<readonly TicketUrl[]> {
  const { ticket } = await client.get(endpoint, id, [['format', formats[0]!]])
  return ticket?.urls.filter(({ url }) => /^https?:/.test(url)) ?? []
}

function dataCase(id: string, title: string, severity: Severity, judge: JudgeUrl, spec = SPEC): HtsgetCase {
  return {
    id: `data.${id}`,
    title,
    spec,
    severity,
    async run(world) {
      const verdicts: Verdict[] = []
      for (const file of world.files) {
        const [url] = await remoteUrls(world, file)
        verdicts.push(url ? await judge(world, url, file) : skip('everything stands in the tickets themselves'))
      }
      return firstFailure(verdicts, 'no file')
    },
  }
}

const isServed = (status: number): boolean => status === 200 || status === 206

const judgeRetry: JudgeUrl = async ({ client }, url) => {
  const [first, second] = [await client.fetchBlock(url), await client.fetchBlock(url)]
  if (!isServed(first.status)) return fail(`status ${first.status}`, '200 or 206', first.where)
  if (first.bytes.equals(second.bytes)) return pass()
  return fail(`${first.bytes.length} and ${second.bytes.length} bytes that differ`, 'the same again', first.where)
}

/** Clients may split what they fetch; who does not know ranges answers with everything. */
const judgeRange: JudgeUrl = async ({ client }, url) => {
  const whole = await client.fetchBlock(url)
  const given = Object.keys(url.headers ?? {}).some((name) => name.toLowerCase() === 'range')
  if (given) return skip('the ticket itself asks for a range')
  const part = await client.fetchBlock(url, { headers: { range: 'bytes=10-29' } })
  if (part.status === 200) return skip('ranges are not served')
  if (part.status !== 206) return fail(`status ${part.status}`, '206, or 200 with everything', part.where)
  if (!part.bytes.equals(whole.bytes.subarray(10, 30))) {
    return fail(`${part.bytes.length} other bytes`, 'the bytes 10-29', part.where)
  }
  const range = part.headers['content-range'] ?? ''
  return range.startsWith('bytes 10-29/') ? pass() : fail(`Content-Range ${range}`, 'bytes 10-29/…', part.where)
}

const judgeOutside: JudgeUrl = async ({ client }, url) => {
  const whole = await client.fetchBlock(url)
  const size = whole.bytes.length
  const beyond = await client.fetchBlock(url, { headers: { range: `bytes=${size}-${size + 99}` } })
  if (beyond.status === 416) return pass()
  // A server that does not know ranges ignores them.
  if (beyond.status === 200 && beyond.bytes.equals(whole.bytes)) return skip('ranges are not served')
  const leaked = isServed(beyond.status) && beyond.bytes.length > 0
  if (leaked) return fail(`${beyond.bytes.length} bytes beyond the block`, '416, or nothing', beyond.where)
  return pass()
}

/** Characters in the middle: those at the end of a Base64 text need not mean anything. */
function spoil(text: string): string {
  const at = Math.floor(text.length / 2)
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

const isRange = (name: string): boolean => name.toLowerCase() === 'range'

/** Who guards the data by the tickets must not serve what a ticket did not say. A range alone guards nothing. */
const judgeTampering: JudgeUrl = async ({ client }, url) => {
  const credentials = Object.entries(url.headers ?? {}).filter(([name]) => !isRange(name))
  if (credentials.length === 0) return skip('the tickets have no headers that guard the data')
  const { headers: _, ...bare } = url
  const naked = await client.fetchBlock(bare)
  if (isServed(naked.status)) return fail('served without the headers of the ticket', 'a refusal', naked.where)
  for (const [name, value] of credentials) {
    const tampered = await client.fetchBlock({ ...url, headers: { ...url.headers, [name]: spoil(value) } })
    if (isServed(tampered.status)) return fail(`served with another ${name}`, 'a refusal', tampered.where)
  }
  return pass()
}

/** The headers of one file's ticket with the URL of another one's. */
async function judgeSwapped(world: World): Promise<Verdict> {
  const urls: TicketUrl[] = []
  for (const file of world.files) urls.push(...(await remoteUrls(world, file)).slice(0, 1))
  const verdicts = urls.flatMap((url) => urls.filter((other) => other !== url).map((other) => [url, other] as const))
  const judged: Verdict[] = []
  for (const [url, other] of verdicts) {
    if (url.url === other.url || !url.headers || !other.headers) continue
    const mixed = await world.client.fetchBlock({ ...url, headers: other.headers })
    if (!isServed(mixed.status)) judged.push(pass())
    else judged.push(fail('the headers of another file’s ticket are taken', 'a refusal', mixed.where))
  }
  return firstFailure(judged, 'no two files whose tickets have URLs and headers of their own')
}

const judgeCors: JudgeUrl = async ({ client }, url) => {
  const answer = await client.fetchBlock(url, { headers: { origin: ORIGIN } })
  const allowed = answer.headers['access-control-allow-origin']
  if (allowed !== ORIGIN && allowed !== '*') {
    return fail(`Access-Control-Allow-Origin ${allowed ?? 'absent'}`, ORIGIN, answer.where)
  }
  const asked = Object.keys(url.headers ?? {}).map((name) => name.toLowerCase())
  const preflight = await client.fetchBlock(
    { url: url.url },
    {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'GET',
        ...(asked.length > 0 ? { 'access-control-request-headers': asked.join(',') } : {}),
      },
    },
  )
  const names = (preflight.headers['access-control-allow-headers'] ?? '').toLowerCase().split(/\s*,\s*/)
  const missing = asked.find((name) => !names.includes(name) && !names.includes('*'))
  if (preflight.status >= 300)
    return fail(`status ${preflight.status}`, 'a preflight that is answered', preflight.where)
  return missing === undefined ? pass() : fail(`${missing} is not allowed`, asked.join(', '), preflight.where)
}

const judgeLength: JudgeUrl = async ({ client }, url) => {
  const { headers, where } = await client.fetchBlock(url)
  if (headers['content-length'] !== undefined || /chunked/.test(headers['transfer-encoding'] ?? '')) return pass()
  return fail('neither Content-Length nor chunks', 'one of them', where)
}

async function judgeTicketCors({ client, files }: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const { endpoint, id } of files) {
    const answer = await client.send({ method: 'GET', path: toPath(endpoint, id), headers: { origin: ORIGIN } })
    const allowed = answer.headers['access-control-allow-origin']
    if (allowed === ORIGIN || allowed === '*') verdicts.push(pass())
    else verdicts.push(fail(`Access-Control-Allow-Origin ${allowed ?? 'absent'}`, ORIGIN, answer.where))
  }
  return firstFailure(verdicts, 'no file')
}

export const DATA_CASES: readonly HtsgetCase[] = [
  dataCase('retry', 'a URL gives the same when it is asked again', 'must', judgeRetry),
  dataCase('length', 'a client can tell whether an answer is whole', 'must', judgeLength),
  dataCase('range', 'a part of a block can be asked for', 'should', judgeRange),
  dataCase('outside', 'nothing comes from outside the block', 'must', judgeOutside),
  dataCase('tampering', 'changed or missing headers of a ticket are refused', 'must', judgeTampering),
  {
    id: 'data.swapped',
    title: 'the headers of one file’s ticket do not open another file',
    spec: SPEC,
    severity: 'must',
    run: judgeSwapped,
  },
  {
    id: 'data.ticket-cors',
    title: 'a browser may read tickets',
    spec: 'htsget 1.3, "CORS"',
    severity: 'must',
    run: judgeTicketCors,
  },
  dataCase('cors', 'a browser may fetch what tickets name', 'must', judgeCors, 'htsget 1.3, "CORS"'),
]
