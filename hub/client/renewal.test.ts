import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freshen } from './fresh-login.js'
import { readLogin, removeLogin } from './stored-login.js'

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url))
/** A service takes its time, so that those who ask at once do ask at once. */
const SLOWNESS_MS = 300

/** A login service that rotates refresh tokens, and takes the second use of one for theft: then all of its family are void. */
interface TokenService {
  readonly url: string
  /** Refresh tokens that were sent. */
  readonly sent: string[]
  /** What the next refresh token is called. */
  valid: string | undefined
  hangs: boolean
  readonly server: Server
}

async function startTokenService(): Promise<TokenService> {
  const used = new Set<string>()
  let issued = 0
  async function answer(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const token = form.get('refresh_token') ?? ''
    service.sent.push(token)
    if (service.hangs) return
    const isGood = token === service.valid
    if (used.has(token)) service.valid = undefined
    used.add(token)
    if (isGood) service.valid = `refresh-${++issued}`
    const reply = {
      access_token: `access-${issued}`,
      refresh_token: service.valid,
      expires_in: 600,
      token_type: 'Bearer',
    }
    await sleep(SLOWNESS_MS)
    response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isGood ? reply : { error: 'invalid_grant' }))
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => void answer(new URLSearchParams(body), response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const service: TokenService = { url, sent: [], valid: 'refresh-0', hangs: false, server }
  return service
}

let home: string
let service: TokenService
const children: ChildProcess[] = []
const file = () => join(home, '.config', 'fyr', 'login.json')
const stored = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, string>
const change = (what: Readonly<Record<string, string>>) =>
  writeFileSync(file(), JSON.stringify({ ...stored(), ...what }), { mode: 0o600 })
const expire = () => change({ expiresAt: '2020-01-01T00:00:00.000Z' })

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'fyr-renewal-'))
  mkdirSync(join(home, '.config', 'fyr'), { recursive: true, mode: 0o700 })
  service = await startTokenService()
  const login = {
    version: 1,
    issuer: service.url,
    clientId: 'fyr',
    tokenEndpoint: `${service.url}/token`,
    hub: 'http://127.0.0.1:1',
    subject: 'maja',
    accessToken: 'access',
    expiresAt: '2020-01-01T00:00:00.000Z',
    refreshToken: 'refresh-0',
  }
  writeFileSync(file(), JSON.stringify(login), { mode: 0o600 })
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  service.server.closeAllConnections()
  service.server.close()
  rmSync(home, { recursive: true })
})

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly err: string }> {
  let err = ''
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdout!.resume()
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, err }
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(10)) if (holds()) return
  throw new Error('it did not come to that')
}

test.each([2, 5])('of %i processes that find the login too old, one renews it, and all go on', async (count) => {
  for (const round of [1, 2]) {
    expire()
    const all = await Promise.all(Array.from({ length: count }, () => ended(start('whoami'))))
    expect(all).toEqual(all.map(() => ({ code: 0, err: '' })))
    expect(service.sent).toHaveLength(round)
    expect(new Set(service.sent).size).toBe(round)
    expect(stored()).toMatchObject({ accessToken: `access-${round}`, refreshToken: `refresh-${round}` })
  }
  expect(service.valid).toBe('refresh-2')
})

test('a process that dies while it renews leaves no lock behind', async () => {
  service.hangs = true
  const dying = start('whoami')
  await until(() => service.sent.length === 1)
  const waiting = start('whoami')
  const told = ended(waiting)
  await sleep(500)
  expect(service.sent).toHaveLength(1)
  expect(existsSync(`${file()}.lock`)).toBe(true)
  service.hangs = false
  dying.kill('SIGKILL')
  expect(await told).toEqual({ code: 0, err: '' })
  expect(service.sent).toEqual(['refresh-0', 'refresh-0'])
  expect(stored()).toMatchObject({ refreshToken: 'refresh-1' })
  // Nor does the file that is left stand in anybody's way.
  expire()
  expect(await ended(start('whoami'))).toEqual({ code: 0, err: '' })
})

describe('while another process renews the login', () => {
  async function renewing(): Promise<Promise<{ readonly code: number | null; readonly err: string }>[]> {
    const child = ended(start('whoami'))
    await until(() => service.sent.length === 1)
    return [child]
  }

  test('a logout waits, and nothing is left of it', async () => {
    const [renewal] = await renewing()
    const logout = ended(start('logout'))
    expect(await renewal).toEqual({ code: 0, err: '' })
    expect(await logout).toEqual({ code: 0, err: '' })
    expect(existsSync(file())).toBe(false)
  })
})

test.each([
  { hub: 'http://127.0.0.1:2' },
  { subject: 'rune' },
  { issuer: 'https://other.example' },
  { tokenEndpoint: 'http://127.0.0.1:1/token' },
])('a login with %j that took the place of the one that was read is not mistaken for it', async (other) => {
  const read = readLogin(file())!
  change({ ...other, expiresAt: '2090-01-01T00:00:00.000Z' })
  await expect(freshen(file(), read, () => new Date())).rejects.toThrow(/changed just now by another fyr/)
  removeLogin(file())
  await expect(freshen(file(), read, () => new Date())).rejects.toThrow(/changed just now by another fyr/)
  expect(service.sent).toEqual([])
})

test('a refresh token that is no longer good says so, once', async () => {
  service.valid = undefined
  const { code, err } = await ended(start('whoami'))
  expect([code, err]).toEqual([1, expect.stringMatching(/your login is over/)])
  expect(service.sent).toEqual(['refresh-0'])
})
