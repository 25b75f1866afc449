import { expect } from '@jest/globals'
import { request as httpRequest } from 'node:http'
import { validate, type SchemaPath } from '../../schemas/index.js'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import { createNodeFixture, toVcf, type NodeFixture } from './node-fixture.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
}

/** A served node with a dataset of each granularity, a controlled one and one of another assembly, and a client for it. */
export interface NodeClient {
  readonly fixture: NodeFixture
  readonly url: string
  readonly adminUrl: string
  /** Sends exactly what it is told. */
  send(method: string, path: string, body?: string | object, headers?: Record<string, string>): Promise<Answer>
  /** Paths below the Beacon API. */
  get(path: string): Promise<Answer>
  post(path: string, body: string | object): Promise<Answer>
}

export async function createNodeClient(): Promise<NodeClient> {
  const fixture = createNodeFixture()
  const granularities = ['boolean', 'count', 'record'] as const
  for (const granularity of granularities) fixture.addDataset(`public-${granularity}`, { granularity })
  fixture.addDataset('closed', { access: 'controlled' })
  fixture.addDataset('old', { assembly: 'GRCh37' })
  const vcf = toVcf(['a', 'b', 'c'], ['1 100 . A C . PASS . GT 0/1 1/1 0/0', '1 200 . G GT . PASS . GT 0/1 0/0 ./.'])
  for (const id of ['public-boolean', 'public-count', 'public-record', 'closed', 'old']) await fixture.ingest(id, [vcf])
  const { url, adminUrl } = await fixture.serve()

  function send(
    method: string,
    path: string,
    body?: string | object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const sent = text === undefined ? headers : { 'content-type': 'application/json', ...headers }
    return new Promise((resolve, reject) => {
      const call = httpRequest(`${url}${path}`, { method, headers: sent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          try {
            const content = Buffer.concat(chunks).toString()
            const parsed = (content === '' ? {} : JSON.parse(content)) as Answer['body']
            if (content !== '') requireValid(path, parsed)
            resolve({ status: response.statusCode!, headers: response.headers, body: parsed })
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        })
      })
      call.on('error', reject)
      call.end(text)
    })
  }
  return {
    fixture,
    url,
    adminUrl,
    send,
    get: (path) => send('GET', `/beacon/v2${path}`),
    post: (path, body) => send('POST', `/beacon/v2${path}`, body),
  }
}

export function expectValid(schema: SchemaPath, body: unknown): void {
  expect(validate(schema, body)).toEqual({ ok: true })
}

/** The allele of the client's datasets that two people carry. */
export const ALLELE = {
  referenceName: 'refseq:NC_000001.11',
  start: [99],
  referenceBases: 'A',
  alternateBases: 'C',
}

export function toRequest(parameters: object, rest: object = {}, apiVersion = 'v2.1.1'): object {
  return { meta: { apiVersion }, query: { requestParameters: { g_variant: parameters }, ...rest } }
}
