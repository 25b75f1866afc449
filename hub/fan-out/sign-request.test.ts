import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { toContentDigest, toPrivateSignatureKey, toPublicSignatureKey, toSignatureBase } from '../../schemas/index.js'
import { createHubJwk } from '../../schemas/testing/hub-jwk.js'
import type { FakeRequest } from '../testing/fake-region.js'
import { closeAll, createCaller, hub, norr, question, syd } from '../testing/running-hub.js'
import { createAgents } from './agents.js'
import { postJson } from './post-json.js'
import { createRequestSigner, type OutgoingRequest } from './sign-request.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-signing-'))
const jwk = createHubJwk()
const privateKeyFile = join(directory, 'hub-key.json')
writeFileSync(privateKeyFile, JSON.stringify(jwk))
const key = toPrivateSignatureKey(jwk)
const publicKey = toPublicSignatureKey(key.publicJwk)
const signing = { keyId: 'se.fyr.hub-1', privateKeyFile }
const { post } = createCaller(fetch)

afterEach(closeAll)
afterAll(() => rmSync(directory, { recursive: true }))

const SIGNATURE_INPUT =
  /^ngp=((\("[^)]*"\));created=(\d+);expires=(\d+);nonce="([\w-]{24})";keyid="se\.fyr\.hub-1";alg="ecdsa-p256-sha256";tag="ngp-fed-v1")$/

/** Checks a signature as RFC 9421 says, of what arrived. */
function read(headers: Readonly<Record<string, unknown>>, method: string, url: string) {
  const [, parameters, list, created, expires, nonce] = SIGNATURE_INPUT.exec(String(headers['signature-input']))!
  const components = list!.slice(2, -2).split('" "')
  const own: Readonly<Record<string, unknown>> = { ...headers, '@method': method, '@target-uri': url }
  const base = toSignatureBase(components, parameters!, (component) => String(own[component]))
  const [, signature] = /^ngp=:(.*):$/.exec(String(headers['signature']))!
  expect(publicKey.verify(base, Buffer.from(signature!, 'base64'))).toBe(true)
  expect(Number(expires) - Number(created)).toBe(60)
  expect(Math.abs(Number(created) - Date.now() / 1000)).toBeLessThan(10)
  return { components, nonce }
}

test('what every region is sent is signed for it alone', async () => {
  const regions = [await norr(), await syd()]
  const { url } = await hub(regions, { signing })
  for (let i = 0; i < 2; i++) expect((await post(`${url}/beacon/v2/g_variants`, question())).status).toBe(200)
  const nonces = regions.flatMap(({ config, requests }) =>
    requests.map((request: FakeRequest) => {
      const { components, nonce } = read(request.headers, 'POST', `${config.url}/g_variants`)
      expect(components).toEqual(['@method', '@target-uri', 'content-type', 'content-digest', 'x-request-id'])
      expect(request.headers['content-digest']).toBe(toContentDigest(Buffer.from(request.body)))
      return nonce
    }),
  )
  expect(new Set(nonces).size).toBe(4)
})

test('without a key nothing is signed', async () => {
  const region = await norr()
  const { url } = await hub([region])
  await post(`${url}/beacon/v2/g_variants`, question())
  expect(Object.keys(region.requests[0]!.headers).filter((name) => /signature|digest/.test(name))).toEqual([])
})

test('a token, a purpose and a project are covered, and a GET needs no digest', () => {
  const sign = createRequestSigner(signing.keyId, key)
  const headers = { 'ngp-project': 'p', 'ngp-purpose': 'HRESCH', authorization: 'Bearer x', accept: 'application/json' }
  const request: OutgoingRequest = {
    method: 'GET',
    url: new URL('https://Norr.example:443/beacon/v2/individuals?a=%20b#c'),
    headers,
    body: undefined,
  }
  const sent = { ...headers, ...sign(request) }
  const { components } = read(sent, 'GET', 'https://norr.example/beacon/v2/individuals?a=%20b')
  expect(components).toEqual(['@method', '@target-uri', 'authorization', 'ngp-purpose', 'ngp-project'])
})

test('a request that is sent again is signed again', async () => {
  const received: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const connection = sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      received.push(data.toString())
      // As a region does that had just decided to close the connection.
      if (connection === 1 && received.length === 2) return void socket.destroy()
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const agents = createAgents(true)
  const sign = createRequestSigner(signing.keyId, key)
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const limits = { maximumResponseBytes: 1_000, allowPrivate: true, sign }
  const ask = () => postJson(url, Buffer.from('{}'), {}, agents, limits, { signal: new AbortController().signal })
  try {
    expect(await ask()).toMatchObject({ kind: 'json' })
    expect(await ask()).toMatchObject({ kind: 'json' })
    const nonces = received.map((text) => /nonce="([^"]+)"/.exec(text)?.[1])
    expect(nonces).toHaveLength(3)
    expect(new Set(nonces).size).toBe(3)
  } finally {
    agents.destroy()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})
