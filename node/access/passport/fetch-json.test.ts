import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Resolve } from './address-policy.js'
import { createJsonClient } from './fetch-json.js'

let port: number
let requests = 0
const server = createServer((request, response) => {
  requests++
  if (request.url === '/silent') return
  if (request.url === '/drip') return void setInterval(() => response.write(' '), 10).unref()
  if (request.url === '/twice') return void response.end('{"sub":"a","sub":"b"}')
  response.end('{"keys":[]}')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const toLoopback: Resolve = (_hostname, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])

test('a name of a private address is asked only where private addresses are allowed', async () => {
  const allowed = createJsonClient(true, toLoopback)
  const answer = await allowed.fetchJson(`http://broker.example:${port}/jwks`)
  expect(answer).toEqual({ status: 200, body: { keys: [] }, answeredAt: expect.any(Number) })
  expect(Math.abs(answer.answeredAt! - Date.now())).toBeLessThan(10_000)
  await allowed.close()
  expect(requests).toBe(1)
  const refused = createJsonClient(false, toLoopback)
  await expect(refused.fetchJson(`https://broker.example:${port}/jwks`)).rejects.toThrow('of a private address')
  await expect(refused.fetchJson(`http://broker.example:${port}/jwks`)).rejects.toThrow('is not https')
  await refused.close()
  expect(requests).toBe(1)
})

test.each(['/silent', '/drip', '/twice'])('%s is no answer', async (path) => {
  const client = createJsonClient(true, undefined, 100)
  await expect(client.fetchJson(`http://127.0.0.1:${port}${path}`)).rejects.toThrow()
  await client.close()
})
