import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Counts, HubConfig, NodeSummary, RegionConfig } from '../../schemas/index.js'

/** Stand-ins for regions, for tests: servers on loopback that answer well, badly or not at all. */
export interface FakeRegion {
  readonly config: RegionConfig
  readonly requests: readonly FakeRequest[]
  close(): Promise<void>
}

export interface FakeRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Port of the caller: the same for requests over one connection. */
  readonly clientPort: number | undefined
}

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

async function listen(listener: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/beacon/v2`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function startRegion(id: string, behaviour: Behaviour): Promise<FakeRegion> {
  const requests: FakeRequest[] = []
  const { url, close } = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        clientPort: request.socket.remotePort,
      })
      behaviour(request, response)
    })
  })
  return { config: { id, name: id.split('.').at(-1)!, url }, requests, close }
}

/** A region whose server has gone: its port refuses connections. */
export async function stoppedRegion(id: string): Promise<FakeRegion> {
  const region = await startRegion(id, hang)
  await region.close()
  return { ...region, close: () => Promise.resolve() }
}

export const hang: Behaviour = () => {}

export const html: Behaviour = (_request, response) => {
  response.setHeader('content-type', 'text/html').end('<html><body>It works!</body></html>')
}

export function json(value: unknown, status = 200): Behaviour {
  return raw(JSON.stringify(value), status)
}

export function raw(text: string, status = 200): Behaviour {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  }
}

export const ZERO_COUNTS: Counts = {
  individuals: 0,
  families: 0,
  heterozygotes: 0,
  homozygotes: 0,
  hemizygotes: 0,
  alleleCount: 0,
  alleleNumber: 200,
  anBasis: 'called',
}

export const SOME_COUNTS: Counts = {
  individuals: 4,
  families: 3,
  heterozygotes: 2,
  homozygotes: 1,
  hemizygotes: 1,
  alleleCount: 5,
  alleleNumber: 200,
  anBasis: 'assumed',
}

export interface NodeAnswerParts {
  readonly counts?: Counts
  readonly exists?: boolean
  readonly granularity?: 'boolean' | 'count'
  readonly node?: Partial<NodeSummary>
  readonly results?: readonly object[]
}

/** The document of a Fyr node with one dataset. */
export function nodeAnswer(beaconId: string, parts: NodeAnswerParts = {}) {
  const { granularity = 'count', results = [] } = parts
  const counts = granularity === 'count' ? (parts.counts ?? ZERO_COUNTS) : undefined
  const exists = parts.exists ?? (counts?.individuals ?? 0) > 0
  const records = counts ? ('variants' in counts ? counts.variants : Number(exists)) : undefined
  const people = counts?.individuals ?? Number(exists)
  const bounds = { lower: people, upper: counts || !exists ? people : null }
  return {
    meta: {
      beaconId,
      apiVersion: 'v2.2.0',
      returnedGranularity: granularity,
      returnedSchemas: [],
      receivedRequestSummary: {
        apiVersion: 'v2.2.0',
        requestedSchemas: [],
        pagination: {},
        requestedGranularity: 'count',
      },
    },
    responseSummary: { exists, ...(records === undefined ? {} : { numTotalResults: records }) },
    response: {
      resultSets: [
        {
          id: 'genomes',
          setType: 'dataset',
          exists,
          ...(records === undefined ? {} : { resultsCount: records }),
          results,
          info: { ...(counts ? { counts } : {}), assemblyId: 'GRCh38', normalised: true },
        },
      ],
    },
    info: {
      node: {
        assemblyId: 'GRCh38',
        datasetsAsked: 1,
        datasetsNotAsked: { access: 0, assembly: 0 },
        ...(counts ? { counts } : {}),
        bounds: { individuals: bounds },
        normalised: true,
        ...parts.node,
      },
    },
  }
}

export function hubConfig(regions: readonly RegionConfig[], rest: Partial<HubConfig> = {}): HubConfig {
  return {
    id: 'se.fyr.hub',
    name: 'Fyr',
    organization: { id: 'se.fyr', name: 'Fyr' },
    environment: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    deadlineMs: 3_000,
    maximumResponseBytes: 65_536,
    allowPrivate: true,
    logLevel: 'silent',
    regions,
    ...rest,
  }
}
