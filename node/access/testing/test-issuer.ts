import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose'
import { startListener } from '../../listener.js'

export interface TestKey {
  readonly id: string
  readonly algorithm: 'ES256' | 'RS256'
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

export async function createTestKey(id: string, algorithm: TestKey['algorithm'] = 'ES256'): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return {
    id,
    algorithm,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' },
  }
}

/** What is different from a good token; a claim or a header of value undefined is left out. */
export interface Changes {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: TestKey
}

export type TestAnswer = (request: IncomingMessage, response: ServerResponse) => void

/** A broker or an issuer of visas, with its keys on a real server on loopback. */
export interface TestIssuer {
  readonly issuer: string
  readonly jwksUri: string
  readonly userinfoEndpoint: string
  readonly key: TestKey
  /** Paths that were asked for. */
  readonly requests: string[]
  /** What userinfo says of tokens. */
  readonly userinfo: Map<string, object>
  /** The keys that it publishes. */
  keys: readonly JWK[]
  /** Takes the place of its answers; undefined: it answers as it should. */
  answer: TestAnswer | undefined
  sign(claims: object, header: object, key?: TestKey): Promise<string>
  /** A good Passport for `audience`, but for the changes. */
  toPassport(visas: readonly unknown[], audience: string, changes?: Changes): Promise<string>
  /** A good visa, but for the changes. */
  toVisa(said?: object, changes?: Changes): Promise<string>
  close(): Promise<void>
}

/** @param now seconds since 1970 */
export async function startTestIssuer(
  name: string,
  now: () => number,
  algorithm?: TestKey['algorithm'],
): Promise<TestIssuer> {
  const key = await createTestKey(`${name}-1`, algorithm)
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (issuer.answer) return issuer.answer(request, response)
    response.setHeader('content-type', 'application/json')
    if (request.url === '/jwks') return void response.end(JSON.stringify({ keys: issuer.keys }))
    const said = issuer.userinfo.get((request.headers.authorization ?? '').replace('Bearer ', ''))
    response.statusCode = said ? 200 : 401
    response.end(JSON.stringify(said ?? { error: 'invalid_token' }))
  })
  const url = await startListener(server, '127.0.0.1', 0)
  const sign = (claims: object, header: object, by: TestKey = key) =>
    new SignJWT(withoutUndefined(claims))
      .setProtectedHeader(withoutUndefined(header) as JWTHeaderParameters)
      .sign(by.privateKey)
  const issuer: TestIssuer = {
    issuer: `https://${name}.test/`,
    jwksUri: `${url}/jwks`,
    userinfoEndpoint: `${url}/userinfo`,
    key,
    requests,
    userinfo: new Map(),
    keys: [key.jwk],
    answer: undefined,
    sign,
    toPassport(visas, audience, { claims = {}, header = {}, key: by = key } = {}) {
      const said = { iss: issuer.issuer, sub: 'alice', aud: audience, iat: now(), exp: now() + 300, jti: 'p-1' }
      const typ = 'vnd.ga4gh.passport+jwt'
      return sign(
        { ...said, ga4gh_passport_v1: visas, ...claims },
        { alg: by.algorithm, kid: by.id, typ, ...header },
        by,
      )
    },
    toVisa(said = {}, { claims = {}, header = {}, key: by = key } = {}) {
      const visa = withoutUndefined({
        type: 'ControlledAccessGrants',
        value: 'https://norr.test/datasets/one',
        source: issuer.issuer,
        by: 'dac',
        asserted: now() - 10,
        ...said,
      })
      return sign(
        { iss: issuer.issuer, sub: 'alice', iat: now(), exp: now() + 3600, jti: 'v-1', ga4gh_visa_v1: visa, ...claims },
        { alg: by.algorithm, kid: by.id, typ: 'vnd.ga4gh.visa+jwt', jku: issuer.jwksUri, ...header },
        by,
      )
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return issuer
}

function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))
}
