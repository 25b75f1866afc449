// Over 300 lines: a table with a fault for every case of the suite
import type { ByteAnswer } from '../../suite/transport.js'
import {
  answering,
  hasParameter,
  inAnswers,
  inParameters,
  inRequests,
  inTickets,
  isData,
  isServiceInfo,
  isTicketRequest,
  parameterOf,
  without,
  type Fault,
  type IsChosen,
} from './fault.js'

const REFUSED = { htsget: { error: 'InvalidInput', message: 'planted' } }

/** A request that must be refused in one way is refused in another. */
function misjudging(finds: string, isChosen: IsChosen): Fault {
  return {
    finds: `errors.${finds}`,
    name: `another error for errors.${finds}`,
    wire: inAnswers(isChosen, () => answering(400, { htsget: { error: 'Confused', message: 'planted' } })),
  }
}

const asks =
  (pattern: RegExp): IsChosen =>
  ({ method, url }) =>
    method === 'GET' && pattern.test(decodeURIComponent(url))

const posts =
  (pattern: RegExp): IsChosen =>
  ({ method, body = '' }) =>
    method === 'POST' && pattern.test(body.slice(0, 1_000))

const isPostOfRegions = posts(/"regions":\[\{"referenceName"/)

function changeBody(change: (body: { regions?: { start?: number; end?: number }[] }) => object): Fault['wire'] {
  return inRequests(isPostOfRegions, (request) => ({
    ...request,
    body: JSON.stringify(change(JSON.parse(request.body!) as { regions?: { start?: number; end?: number }[] })),
  }))
}

/** Far more than any record of the test files is long. */
const WIDER = 30_000

const serviceInfo = (change: (document: Record<string, unknown>) => object): Fault['wire'] =>
  inAnswers(isServiceInfo, (answer) => ({
    ...answer,
    bytes: Buffer.from(JSON.stringify(change(JSON.parse(answer.bytes.toString()) as Record<string, unknown>))),
  }))

/** The n-th answer of a URL is another one. */
function secondDiffers(): Fault['wire'] {
  return (right) => {
    const seen = new Set<string>()
    return async (request) => {
      const answer = await right(request)
      if (!isData(request) || request.method !== 'GET') return answer
      const key = `${request.url} ${JSON.stringify(request.headers)}`
      if (!seen.has(key)) {
        seen.add(key)
        return answer
      }
      return { ...answer, bytes: Buffer.concat([answer.bytes, answer.bytes]) }
    }
  }
}

/** Knows which headers belong to which URL, and takes any. */
function careless(isCareless: (given: Readonly<Record<string, string>>) => boolean): Fault['wire'] {
  return (right) => {
    const known = new Map<string, Readonly<Record<string, string>>>()
    return async (request) => {
      const answer = await right(request)
      if (isTicketRequest(request) && answer.status === 200) {
        const { htsget } = JSON.parse(answer.bytes.toString()) as {
          htsget: { urls: { url: string; headers?: Record<string, string> }[] }
        }
        for (const { url, headers } of htsget.urls) if (headers) known.set(url, headers)
      }
      const right_ = known.get(request.url)
      if (!isData(request) || answer.status < 400 || !right_ || !isCareless(request.headers)) return answer
      return right({ ...request, headers: right_ })
    }
  }
}

/** Answers of one file for every other one, as long as several are asked at once. */
function mixesUp(): Fault['wire'] {
  return (right) => {
    let inFlight = 0
    let last: ByteAnswer | undefined
    return async (request) => {
      if (!isTicketRequest(request)) return right(request)
      inFlight++
      try {
        const answer = await right(request)
        const mixed = inFlight > 8 && last && answer.status === 200 ? last : answer
        if (answer.status === 200) last = answer
        return mixed
      } finally {
        inFlight--
      }
    }
  }
}

function withRange(change: (bytes: Buffer, start: number) => Partial<ByteAnswer>): Fault['wire'] {
  return inAnswers(
    (request) => isData(request) && 'range' in request.headers,
    (answer, { headers }) => {
      const start = Number(/bytes=(\d+)-/.exec(headers['range'] ?? '')?.[1])
      return { ...answer, ...change(answer.bytes, start) }
    },
  )
}

const noCors = (isChosen: IsChosen): Fault['wire'] =>
  inAnswers(isChosen, (answer) => ({ ...answer, headers: without(answer.headers, 'access-control-allow-origin') }))

/** One fault for every case. */
export const FAULTS: readonly Fault[] = [
  { finds: 'service-info.form', name: 'no type', wire: serviceInfo(({ type: _, ...rest }) => rest) },
  {
    finds: 'service-info.htsget',
    name: 'a key in the plural',
    wire: serviceInfo(({ htsget, ...rest }) => ({
      ...rest,
      htsget: { ...(htsget as object), fieldsParametersEffective: true },
    })),
  },
  {
    finds: 'header.alone',
    name: 'records behind the header',
    wire: inParameters(hasParameter('class'), () => ({ class: undefined })),
  },
  {
    finds: 'header.contigs',
    name: 'a header without contigs',
    wire: inTickets(
      (htsget) => ({ htsget: { ...htsget, urls: [{ url: 'data:;base64,', class: 'header' }] } }),
      hasParameter('class'),
    ),
  },
  {
    finds: 'header.classes',
    name: 'headers marked as bodies',
    wire: inTickets(
      (htsget) => ({ htsget: { ...htsget, urls: htsget.urls.map((url) => ({ ...url, class: 'body' })) } }),
      hasParameter('class'),
    ),
  },
  {
    finds: 'regions.get',
    name: 'the last base of a region is left out',
    wire: inParameters(hasParameter('end'), (asked) => ({ start: asked.get('end')!, end: asked.get('end')! })),
  },
  {
    finds: 'regions.get-exact',
    name: 'more than the region',
    wire: inParameters(hasParameter('end'), (asked) => ({ end: String(Number(asked.get('end')) + WIDER) })),
  },
  {
    finds: 'regions.post',
    name: 'a region of a POST that is too short',
    wire: changeBody((body) => ({
      ...body,
      regions: body.regions!.map((region) =>
        region.end === undefined ? region : { ...region, start: region.end - 1 },
      ),
    })),
  },
  {
    finds: 'regions.post-exact',
    name: 'more than the region of a POST',
    wire: changeBody((body) => ({
      ...body,
      regions: body.regions!.map((region) =>
        region.end === undefined ? region : { ...region, end: region.end + WIDER },
      ),
    })),
  },
  {
    finds: 'regions.several',
    name: 'only the first of several regions',
    wire: changeBody((body) => ({ ...body, regions: body.regions!.slice(0, 1) })),
  },
  {
    finds: 'regions.several',
    name: 'everything twice',
    wire: inTickets((htsget) => {
      const bodies = htsget.urls.filter((url) => url.class === 'body' && !url.url.startsWith('data:'))
      return { htsget: { ...htsget, urls: [...htsget.urls.slice(0, -1), ...bodies, ...htsget.urls.slice(-1)] } }
    }, isPostOfRegions),
  },
  {
    finds: 'regions.several-exact',
    name: 'more than several regions',
    wire: changeBody((body) => ({
      ...body,
      regions: body.regions!.map((region) =>
        region.end === undefined ? region : { ...region, end: region.end + WIDER },
      ),
    })),
  },
  {
    finds: 'regions.whole',
    name: 'no reads without a place in the whole file',
    wire: inParameters(
      (request) =>
        isTicketRequest(request) &&
        request.method === 'GET' &&
        parameterOf(request, 'format') !== undefined &&
        [...new URL(request.url).searchParams].length === 1,
      () => ({ class: 'header' }),
    ),
  },
  {
    finds: 'regions.empty',
    name: 'everything where nothing is asked for',
    wire: inParameters(
      (request) => Number(parameterOf(request, 'start')) >= 4_000_000_000,
      () => ({ referenceName: undefined, start: undefined, end: undefined }),
    ),
  },
  {
    finds: 'regions.unplaced',
    name: 'no reads without a place',
    wire: inParameters(
      (request) => parameterOf(request, 'referenceName') === '*' && parameterOf(request, 'start') === undefined,
      () => ({ referenceName: undefined, class: 'header' }),
    ),
  },
  {
    finds: 'regions.formats',
    name: 'another format in the ticket',
    wire: inTickets(
      (htsget) => ({ htsget: { ...htsget, format: 'BED' } }),
      (request) => /^[a-z]/.test(parameterOf(request, 'format') ?? ''),
    ),
  },
  { finds: 'data.retry', name: 'another answer the second time', wire: secondDiffers() },
  {
    finds: 'data.length',
    name: 'an answer of unknown length',
    wire: inAnswers(isData, (answer) => ({
      ...answer,
      headers: without(answer.headers, 'content-length', 'transfer-encoding'),
    })),
  },
  {
    finds: 'data.range',
    name: 'other bytes than asked',
    wire: withRange((bytes) => ({ bytes: Buffer.from(bytes).reverse() })),
  },
  {
    finds: 'data.outside',
    name: 'bytes behind the block',
    wire: withRange((bytes, start) => (start > 10 ? { status: 206, bytes: Buffer.alloc(100) } : { bytes })),
  },
  {
    finds: 'data.tampering',
    name: 'changed headers are taken',
    wire: careless((given) => Object.keys(given).length > 0),
  },
  { finds: 'data.tampering', name: 'no headers are taken', wire: careless((given) => Object.keys(given).length === 0) },
  {
    finds: 'data.swapped',
    name: 'headers of other tickets are taken',
    wire: careless((given) => Object.keys(given).length > 0),
  },
  { finds: 'data.ticket-cors', name: 'tickets that browsers cannot read', wire: noCors(isTicketRequest) },
  { finds: 'data.cors', name: 'data that browsers cannot read', wire: noCors(isData) },
  {
    finds: 'encryption.never-plain',
    name: 'encryptionScheme is ignored',
    wire: inParameters(hasParameter('encryptionScheme'), () => ({ encryptionScheme: undefined })),
  },
  {
    finds: 'encryption.one-file',
    name: 'a key is no reason to encrypt',
    wire: inRequests(hasParameter('encryptionScheme'), (request) => ({
      ...request,
      url: request.url.replace(/[?&]encryptionScheme=[^&]*/, ''),
      headers: without(request.headers, 'htsget-context-public-key'),
    })),
  },
  { finds: 'concurrency.mixed', name: 'answers of others', wire: mixesUp() },
  misjudging('unknown-id', asks(/there-is-no-such-file/)),
  misjudging('unknown-reference', asks(/there-is-no-such-contig/)),
  misjudging('format', asks(/format=DOCX/)),
  misjudging('format-of-other-endpoint', asks(/reads\/.*format=VCF|variants\/.*format=BAM/)),
  misjudging('class', asks(/class=body/)),
  misjudging('class-with-region', asks(/class=header&referenceName/)),
  misjudging('start-alone', asks(/\?start=1$/)),
  misjudging('end-alone', asks(/\?end=1$/)),
  misjudging('start-of-unplaced', asks(/referenceName=\*&start/)),
  misjudging('start-negative', asks(/start=-1/)),
  misjudging('start-word', asks(/start=x/)),
  misjudging('start-large', asks(/start=4294967296/)),
  misjudging('start-fraction', asks(/start=1\.5/)),
  misjudging('range', asks(/start=2&end=1$/)),
  misjudging('fields', asks(/COLOUR/)),
  misjudging('tags', asks(/notags=MD/)),
  misjudging('post-query', ({ method, url }) => method === 'POST' && url.includes('?')),
  misjudging('post-range', posts(/"start":5,"end":5/)),
  misjudging('post-no-regions', posts(/"regions":\[\]/)),
  misjudging('post-no-reference', posts(/"regions":\[\{"start":1/)),
  misjudging('post-text', posts(/"regions":"all"/)),
  misjudging('post-json', posts(/^\{"regions":$/)),
  misjudging('post-size', ({ body = '' }) => body.length > 1_000_000),
  {
    finds: 'errors.method',
    name: 'DELETE is answered as if it were right',
    wire: inAnswers(
      ({ method }) => method === 'DELETE',
      () => answering(200, {}),
    ),
  },
  {
    finds: 'errors.traversal',
    name: 'a step to another folder is followed',
    wire: inAnswers(asks(/etc\/passwd/), () => answering(200, { htsget: { format: 'BAM', urls: [] } })),
  },
  {
    finds: 'errors.form',
    name: 'an error of the framework',
    needs: ['errors.unknown-id'],
    wire: inAnswers(asks(/there-is-no-such-file/), () => answering(404, '<h1>Not found</h1>')),
  },
  {
    finds: 'errors.no-fault',
    name: 'a crash',
    needs: ['errors.start-negative'],
    wire: inAnswers(asks(/start=-1/), () => answering(500, REFUSED)),
  },
  {
    finds: 'tickets.content-type',
    name: 'tickets sent as text',
    wire: inAnswers(isTicketRequest, (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-type': 'text/plain' },
    })),
  },
  {
    finds: 'tickets.top-level',
    name: 'a key beside htsget',
    wire: inTickets((htsget) => ({ htsget, version: '1.3' })),
  },
  {
    finds: 'tickets.urls',
    name: 'an ftp URL',
    wire: inTickets((htsget) => ({
      htsget: { ...htsget, urls: [...htsget.urls, { url: 'ftp://x.invalid/', class: 'body' }] },
    })),
  },
  {
    finds: 'tickets.classes',
    name: 'a class on some URLs',
    wire: inTickets((htsget) => ({
      htsget: {
        ...htsget,
        urls: htsget.urls.map(({ class: _, ...url }, index) => (index === 0 ? { ...url, class: 'header' } : url)),
      },
    })),
  },
  {
    finds: 'tickets.inline',
    name: 'a media type in data URLs',
    wire: inTickets((htsget) => ({
      htsget: {
        ...htsget,
        urls: htsget.urls.map((url) => ({ ...url, url: url.url.replace('data:;', 'data:application/octet-stream;') })),
      },
    })),
  },
  {
    finds: 'tickets.encoding',
    name: 'tickets with a content coding',
    wire: inAnswers(isTicketRequest, (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-encoding': 'gzip' },
    })),
  },
]
