import type { DataResponse, HubConfig, NetworkInfo } from '../../schemas/index.js'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import { createHub, type HubOverrides } from '../create-hub.js'
import {
  hubConfig,
  json,
  nodeAnswer,
  SOME_COUNTS,
  startRegion,
  type Behaviour,
  type FakeRegion,
} from './fake-region.js'

const toClose: (() => Promise<void>)[] = []

/** Closes what `region` and `hub` opened; for afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0).toReversed()) await close()
}

export async function region(id: string, behaviour: Behaviour): Promise<FakeRegion> {
  const started = await startRegion(id, behaviour)
  toClose.push(() => started.close())
  return started
}

/** A region with four carriers. */
export const norr = () => region('se.fyr.norr', json(nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS })))
/** A region without any. */
export const syd = () => region('se.fyr.syd', json(nodeAnswer('se.fyr.syd')))

/** A hub that listens on free ports. */
export async function hub(regions: readonly FakeRegion[], rest: Partial<HubConfig> = {}, overrides: HubOverrides = {}) {
  const created = await createHub(
    hubConfig(
      regions.map(({ config }) => config),
      rest,
    ),
    overrides,
  )
  const { url, adminUrl } = await created.listen()
  toClose.push(() => created.close())
  return { url, adminUrl, close: () => created.close() }
}

export interface Answer extends DataResponse {
  readonly info: NetworkInfo
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Answer & { readonly error: { readonly errorCode: number; readonly errorMessage: string } }
}

export interface Caller {
  readonly call: (url: string, init?: RequestInit) => Promise<Reply>
  readonly post: (url: string, body: object, headers?: Record<string, string>) => Promise<Reply>
}

/** Calls by way of `send`, which is the global fetch of a test; a Beacon answer that is not valid is an error. */
export function createCaller(send: (url: string, init: RequestInit) => Promise<Response>): Caller {
  const call = async (url: string, init: RequestInit = {}): Promise<Reply> => {
    const response = await send(url, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const body = (isJson ? JSON.parse(text) : {}) as Reply['body']
    if (isJson) requireValid(new URL(url).pathname, body)
    return { status: response.status, headers: response.headers, text, body }
  }
  return {
    call,
    post: (url, body, headers = {}) =>
      call(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  }
}

export const ALLELE = {
  assemblyId: 'hg38',
  referenceName: '17',
  start: [43045711],
  referenceBases: 'T',
  alternateBases: 'C',
}

export function question(query: object = {}, gVariant: object = ALLELE) {
  return {
    meta: { apiVersion: 'v2.2.0' },
    query: { requestParameters: { g_variant: gVariant }, includeResultsetResponses: 'ALL', ...query },
  }
}

export const GET_ALLELE =
  '/beacon/v2/g_variants?assemblyId=GRCh38&referenceName=17&start=43045711&referenceBases=T&alternateBases=C'
