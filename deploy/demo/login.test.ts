import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { createHub, type Hub } from '../../hub/create-hub.js'
import { createIdentityProvider, type IdentityProvider } from './identity-provider.js'
import { createBrowser } from './testing/browser.js'
import { runFyr, startFyr } from './testing/run-fyr.js'
import { logInAs } from './testing/start-demo.js'

let home: string
let hubDirectory: string
let provider: IdentityProvider
let region: Server
let hub: Hub
let hubUrl: string
let audience: string
const asked: IncomingHttpHeaders[] = []

beforeAll(async () => {
  hubDirectory = mkdtempSync(join(tmpdir(), 'fyr-hub-'))
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const privateKeyFile = join(hubDirectory, 'hub-key.json')
  writeFileSync(privateKeyFile, JSON.stringify(await exportJWK(privateKey)))
  region = createServer((request, response) => {
    asked.push(request.headers)
    response.writeHead(503).end()
  })
  region.listen(0, '127.0.0.1')
  await once(region, 'listening')
  audience = `http://127.0.0.1:${(region.address() as AddressInfo).port}`
  const hubKey = { ...(await exportJWK(publicKey)), kid: 'hub-1' }
  provider = await createIdentityProvider({ port: 0, audiences: [audience], hubKeys: new Map([['fyr-hub', hubKey]]) })
  const { issuer } = provider
  hub = await createHub({
    id: 'se.fyr.hub',
    name: 'Hub',
    organization: { id: 'se.fyr', name: 'Fyr' },
    environment: 'test',
    listen: { host: '127.0.0.1', port: 0, adminPort: 0 },
    deadlineMs: 3_000,
    maximumResponseBytes: 100_000,
    allowPrivate: true,
    logLevel: 'silent',
    signing: { keyId: 'hub-1', privateKeyFile },
    login: { issuer, jwksUri: `${issuer}/jwks`, tokenEndpoint: `${issuer}/token`, clientId: 'fyr-hub' },
    regions: [{ id: 'se.fyr.norr', name: 'Norr', url: `${audience}/beacon/v2` }],
  })
  hubUrl = (await hub.listen()).url
})
afterAll(async () => {
  await hub.close()
  await provider.close()
  region.close()
  rmSync(hubDirectory, { recursive: true })
})
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fyr-home-'))
  asked.length = 0
})
afterEach(() => rmSync(home, { recursive: true }))

const file = () => join(home, '.config', 'fyr', 'login.json')
const environment = () => ({ HOME: home, FYR_HUB: hubUrl, FYR_ISSUER: provider.issuer })
const fyr = (...args: readonly string[]) => runFyr(args, environment())
const stored = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, string>
const change = (over: object) => writeFileSync(file(), JSON.stringify({ ...stored(), ...over }))

const logIn = (person: string) => logInAs(person, environment())

describe('fyr login', () => {
  test('prints an address, takes the answer of the browser, and keeps the login for its owner alone', async () => {
    const { exitCode, page, out, err } = await logIn('member')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('Go back to your terminal') })
    expect(out).toMatch(/\nLogged in as Maja Member \(member\) at http:\S+\/oidc, for the hub http:\S+\.\n$/)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, '.config', 'fyr')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(home, '.config', 'fyr')).sort()).toEqual(['login.json', 'login.json.lock'])
    expect(statSync(`${file()}.lock`).size).toBe(0)
    expect(out).not.toContain(stored()['accessToken'])
  })

  test('keeps it below XDG_CONFIG_HOME where that is set', async () => {
    const running = startFyr(['login', '--hint', 'visitor'], { ...environment(), XDG_CONFIG_HOME: join(home, 'xdg') })
    const [, url] = await running.said(/(http\S+\/auth\S+)/)
    await createBrowser().open(url!)
    expect(await running.exit).toBe(0)
    expect(existsSync(join(home, 'xdg', 'fyr', 'login.json'))).toBe(true)
    expect(existsSync(file())).toBe(false)
  })

  test('by device waits for the code', async () => {
    const running = startFyr(['login', '--device'], environment())
    const [, page, code] = await running.said(/Open (\S+) in any browser and enter the code (\S+)\n/)
    const browser = createBrowser()
    const confirm = await browser.submit(await browser.open(page!), { user_code: code! })
    await browser.submit(await browser.submit(confirm, {}), { person: 'researcher' })
    expect(await running.exit).toBe(0)
    expect(stored()).toMatchObject({ subject: 'researcher', name: 'Rune Researcher' })
  })

  test('turns away an answer with another state, and waits for its own', async () => {
    const running = startFyr(['login', '--hint', 'member'], environment())
    const [, url] = await running.said(/(http\S+\/auth\S+)/)
    const redirect = new URL(url!).searchParams.get('redirect_uri')!
    for (const path of ['?code=evil&state=guess', '?code=evil', '/other?state=guess']) {
      expect((await fetch(redirect + path)).status).toBe(404)
    }
    await createBrowser().open(url!)
    expect(await running.exit).toBe(0)
  })

  const answers: readonly (readonly [string, (state: string) => string, RegExp])[] = [
    [
      'of another service',
      (state) => `?code=x&state=${state}&iss=https://evil.example`,
      /not that of the login service/,
    ],
    ['that does not say of which service', (state) => `?code=x&state=${state}`, /not that of the login service/],
    ['with a code that is none', (state) => `?code=x&state=${state}&iss=${provider.issuer}`, /refused: invalid_grant/],
    ['that says no', (state) => `?error=access_denied&state=${state}&iss=${provider.issuer}`, /refused: access_denied/],
  ]
  test.each(answers)('refuses an answer %s', async (_, toAnswer, message) => {
    const running = startFyr(['login'], environment())
    const [, url] = await running.said(/(http\S+\/auth\S+)/)
    const { searchParams } = new URL(url!)
    await fetch(searchParams.get('redirect_uri')! + toAnswer(searchParams.get('state')!))
    expect(await running.exit).toBe(1)
    expect(running.err()).toMatch(message)
    expect(existsSync(file())).toBe(false)
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const running = startFyr(['login'], environment())
    const [, url] = await running.said(/(http\S+\/auth\S+)/)
    running.child.kill('SIGINT')
    await running.exit
    expect(readdirSync(home)).toEqual([])
    await expect(fetch(new URL(url!).searchParams.get('redirect_uri')!)).rejects.toThrow()
  })

  test('of a service that calls itself otherwise is refused', async () => {
    const { exitCode, err } = await fyr('login', '--issuer', `${provider.issuer}/`)
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('does not call itself') })
  })
})

describe('a login', () => {
  test('goes to the hub that it is for, which asks the region with a Passport; to no other hub', async () => {
    await logIn('researcher')
    await fyr('variant', '17-43045712-T-C', '--purpose', 'HRESCH', '--project', 'urn:ngp:project:2026-001')
    expect(asked[0]).toMatchObject({ 'ngp-purpose': 'HRESCH', 'ngp-project': 'urn:ngp:project:2026-001' })
    const passport = decodeJwt(asked[0]!.authorization!.replace('Bearer ', ''))
    expect(passport).toMatchObject({ sub: 'researcher', aud: [audience], act: { sub: 'fyr-hub' } })
    await fyr('variant', '17-43045712-T-C', '--anonymous')
    expect(asked[1]).not.toHaveProperty('authorization')
    const elsewhere = await fyr('variant', '17-43045712-T-C', '--hub', audience)
    expect(elsewhere.exitCode).toBe(1)
    expect(asked[2]).not.toHaveProperty('authorization')
  })

  test('gives Passports for one node, printed or in a file for its owner alone', async () => {
    await logIn('member')
    const printed = await fyr(
      'token',
      '--audience',
      audience,
      '--purpose',
      'HRESCH',
      '--project',
      'urn:ngp:project:2026-001',
    )
    expect(decodeJwt(printed.out.trim())).toMatchObject({
      sub: 'member',
      aud: [audience],
      client_id: 'fyr',
      ngp_purpose: 'HRESCH',
      ngp_project: 'urn:ngp:project:2026-001',
    })
    const out = join(home, 'passport')
    const written = await fyr('token', '--audience', `${audience}/`, '--json', '--out', out)
    expect(written).toMatchObject({ exitCode: 0, out: `wrote ${out}; it is good for 300 s\n` })
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
    const elsewhere = await fyr('token', '--audience', 'https://elsewhere.example')
    expect(elsewhere).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('makes no Passports for') })
  })

  test('is renewed when it is over, as long as the service does it', async () => {
    await logIn('member')
    const first = stored()
    change({ expiresAt: '2020-01-01T00:00:00Z' })
    expect((await fyr('whoami')).out).toMatch(/^Maja Member \(member\) at /)
    expect(stored()['accessToken']).not.toBe(first['accessToken'])
    change({ expiresAt: '2020-01-01T00:00:00Z', refreshToken: 'gone' })
    for (const args of [['whoami'], ['variant', '17-43045712-T-C']]) {
      expect(await fyr(...args)).toMatchObject({
        exitCode: 1,
        out: '',
        err: expect.stringContaining('your login is over'),
      })
    }
    expect(asked).toEqual([])
  })

  test('that is not good says so', async () => {
    await logIn('member')
    change({ accessToken: 'nonsense' })
    const { exitCode, err } = await fyr('variant', '17-43045712-T-C')
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringMatching(/^fyr: the hub refuses: .*log in again\n$/),
    })
    writeFileSync(file(), '{"accessToken":"secret')
    const damaged = await fyr('whoami')
    expect(damaged).toMatchObject({ exitCode: 1, err: expect.stringContaining('is damaged') })
    expect(damaged.err).not.toContain('secret')
    expect((await fyr('logout')).exitCode).toBe(1)
    expect(existsSync(file())).toBe(false)
  })

  test('is forgotten here and at the service', async () => {
    await logIn('member')
    const { refreshToken } = stored()
    expect(await fyr('logout')).toMatchObject({ exitCode: 0, out: 'Logged out.\n' })
    expect(existsSync(file())).toBe(false)
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'fyr', refresh_token: refreshToken! })
    expect((await fetch(`${provider.issuer}/token`, { method: 'POST', body })).status).toBe(400)
  })
})
