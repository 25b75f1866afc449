import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import type { LoginConfig } from '../../schemas/index.js'

const CLIENT = 'fyr-hub'
const KID = 'broker-1'

export interface Exchange {
  readonly form: URLSearchParams
  /** Claims of the client's assertion. */
  readonly assertion: JWTPayload
}

type Answer = (request: IncomingMessage, response: ServerResponse, exchange: Exchange) => void | Promise<void>

/** A stand-in for a broker: gives its keys, and makes Passports as told. */
export interface FakeBroker {
  readonly login: LoginConfig
  /** Public half of the hub's key. */
  readonly hubJwk: JWK
  /** Private half, as it lies in a file. */
  readonly hubKey: JWK
  readonly exchanges: readonly Exchange[]
  readonly keyRequests: () => number
  /** @param claims over those of a good token; undefined leaves one out */
  accessToken(claims?: Readonly<Record<string, unknown>>, typ?: string): Promise<string>
  passport(audience: string, lifetimeSeconds?: number): Promise<string>
  /** What the token endpoint answers from now on; undefined: as a good one. */
  behave(answer: Answer | undefined): void
  /** What is answered to whoever asks for keys; undefined: the keys. */
  behaveKeys(answer: ((response: ServerResponse) => void) | undefined): void
  close(): Promise<void>
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

export async function startBroker(now: () => Date = () => new Date()): Promise<FakeBroker> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const hub = await generateKeyPair('ES256', { extractable: true })
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: KID, alg: 'ES256' }] }
  const exchanges: Exchange[] = []
  let answer: Answer | undefined
  let answerKeys: ((response: ServerResponse) => void) | undefined
  let keyRequests = 0
  const seconds = () => Math.floor(now().getTime() / 1_000)
  const sign = (payload: JWTPayload, typ: string, key: CryptoKey = privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: KID, typ }).sign(key)

  const exchange = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await readForm(request)
    const made = { form, assertion: decodeJwt(form.get('client_assertion') ?? '') }
    exchanges.push(made)
    if (answer) return answer(request, response, made)
    sendJson(response, 200, {
      access_token: await broker.passport(form.get('resource') ?? ''),
      issued_token_type: 'urn:ga4gh:params:oauth:token-type:passport',
      token_type: 'Bearer',
      expires_in: 300,
    })
  }

  const server = createServer((request, response) => {
    if (request.url === '/token') return void exchange(request, response)
    keyRequests++
    if (answerKeys) answerKeys(response)
    else sendJson(response, 200, keys)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const broker: FakeBroker = {
    login: { issuer, jwksUri: `${issuer}/jwks`, tokenEndpoint: `${issuer}/token`, clientId: CLIENT },
    hubJwk: await exportJWK(hub.publicKey),
    hubKey: await exportJWK(hub.privateKey),
    exchanges,
    keyRequests: () => keyRequests,
    accessToken(claims = {}, typ = 'at+jwt') {
      const iat = seconds()
      const good = { iss: issuer, sub: 'alice', aud: issuer, scope: 'openid ga4gh_passport_v1', iat, exp: iat + 600 }
      return sign({ ...good, ...claims }, typ)
    },
    passport(audience, lifetimeSeconds = 300) {
      const iat = seconds()
      const payload = {
        iss: issuer,
        sub: 'alice',
        aud: audience,
        iat,
        exp: iat + lifetimeSeconds,
        ga4gh_passport_v1: [],
      }
      return sign({ ...payload, jti: String(exchanges.length) }, 'vnd.ga4gh.passport+jwt')
    },
    behave: (told) => void (answer = told),
    behaveKeys: (told) => void (answerKeys = told),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return broker
}
