import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Resolve } from './address-policy.js'
import { createJsonClient } from './fetch-json.js'

let port: number
let requests = 0
const server = createServer((_request, response) => {
  requests++
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
  expect(await allowed.fetchJson(`http://broker.example:${port}/jwks`)).toEqual({ status: 200, body: { keys: [] } })
  await allowed.close()
  expect(requests).toBe(1)
  const refused = createJsonClient(false, toLoopback)
  await expect(refused.fetchJson(`https://broker.example:${port}/jwks`)).rejects.toThrow('of a private address')
  await expect(refused.fetchJson(`http://broker.example:${port}/jwks`)).rejects.toThrow('is not https')
  await refused.close()
  expect(requests).toBe(1)
})
