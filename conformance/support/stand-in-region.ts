import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createRawServer, type AddressInfo, type Server } from 'node:net'
import { pathToFileURL } from 'node:url'

/** A region in a process of its own that answers at once, or as no region should: `node stand-in-region.js ID BEHAVIOUR`. */
export const STAND_IN_BEHAVIOURS = ['healthy', 'hang', 'html', 'broken-json', 'noise', 'huge', 'drip'] as const
export type StandInBehaviour = (typeof STAND_IN_BEHAVIOURS)[number]

const HUGE_BYTES = 100_000_000
const CHUNK = Buffer.alloc(65_536, 32)
const DRIP_MS = 100

const COUNTS = {
  individuals: 4,
  families: 3,
  heterozygotes: 2,
  homozygotes: 1,
  hemizygotes: 1,
  alleleCount: 5,
  alleleNumber: 200,
  anBasis: 'called',
}

/** What a node with one dataset says of an allele that four people have. */
function toAnswer(beaconId: string): string {
  const schemas = [{ entityType: 'genomicVariant', schema: 'ga4gh-beacon-variant-v2.0.0' }]
  return JSON.stringify({
    meta: {
      beaconId,
      apiVersion: 'v2.2.0',
      returnedGranularity: 'count',
      returnedSchemas: schemas,
      receivedRequestSummary: {
        apiVersion: 'v2.2.0',
        requestedSchemas: schemas,
        pagination: { skip: 0, limit: 1 },
        requestedGranularity: 'count',
        includeResultsetResponses: 'ALL',
      },
    },
    responseSummary: { exists: true, numTotalResults: 1 },
    response: {
      resultSets: [
        {
          id: 'genomes',
          setType: 'dataset',
          exists: true,
          resultsCount: 1,
          results: [],
          info: { counts: COUNTS, assemblyId: 'GRCh38', normalised: true },
        },
      ],
    },
    info: {
      node: {
        assemblyId: 'GRCh38',
        datasetsAsked: 1,
        datasetsNotAsked: { access: 0, assembly: 0 },
        counts: COUNTS,
        bounds: { individuals: { lower: 4, upper: 4 } },
        normalised: true,
      },
    },
  })
}

function sendHuge(response: ServerResponse): void {
  let left = HUGE_BYTES
  const fill = () => {
    while (left > 0 && !response.destroyed) {
      left -= CHUNK.length
      if (!response.write(CHUNK)) return void response.once('drain', fill)
    }
    response.end()
  }
  fill()
}

function behave(behaviour: StandInBehaviour, answer: string, request: IncomingMessage, response: ServerResponse): void {
  if (behaviour === 'hang') return
  if (behaviour === 'html') return void response.setHeader('content-type', 'text/html').end('<h1>It works!</h1>')
  response.writeHead(200, { 'content-type': 'application/json' })
  if (behaviour === 'healthy') response.end(answer)
  if (behaviour === 'broken-json') response.end(answer.slice(0, -1))
  if (behaviour === 'huge') sendHuge(response)
  if (behaviour === 'drip') {
    const timer = setInterval(() => response.write(' '), DRIP_MS)
    request.socket.on('close', () => clearInterval(timer))
  }
}

function createStandIn(id: string, behaviour: StandInBehaviour): Server {
  if (behaviour === 'noise') {
    return createRawServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.end(Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10])))
    })
  }
  const answer = toAnswer(id)
  return createServer((request, response) => {
    request.resume().on('end', () => behave(behaviour, answer, request, response))
  })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [id = 'se.fyr.stand-in', wanted] = process.argv.slice(2)
  const behaviour = STAND_IN_BEHAVIOURS.find((known) => known === wanted) ?? 'healthy'
  const server = createStandIn(id, behaviour)
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${id} is ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
  })
}
