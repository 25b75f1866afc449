import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { createHubKey, signRequest } from '../../schemas/testing/signed-request.js'
import { startPassportIssuer, type PassportIssuer } from '../rights/passport-issuer.js'
import { configureNode, sendTo } from '../support/hub-proof.js'
import { alleleQuestion, askMixed } from '../support/mixed-questions.js'
import { mustRun, startService, type Service } from '../support/processes.js'
import { median, type Bench, type Figure } from './bench.js'
import { makeBenchNode, startBenchNode } from './http-bench.js'
import { prepareHttpData } from './http-data.js'
import { createWrk, type Load, type WrkRequest } from './wrk.js'

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_SECONDS = 4
const WARM_UP_SECONDS = 2
const BODIES = 2_000
/** Each signature is good once: so many more are made than requests that were answered with a Passport alone. */
const SPARE = 2
/** Questions, one after another, each without a token, with a new Passport and with one that is known. */
const PASSPORTS = 400

const AUDIENCE = 'https://bench.example'
const HUB = { keyId: 'hub-1', client: 'bench-hub' }

const SERVERS = ['floor', 'anonymous', 'passport', 'signed'] as const
type Loads = Record<(typeof SERVERS)[number], Load[]>

function perRound(name: string, rounds: readonly number[], unit: string, target?: string): Figure {
  return { name, value: median(rounds), rounds, unit, ...(target === undefined ? {} : { target }) }
}

/** What access costs in one process, by the programs that measure it. */
async function measureParts(): Promise<readonly Figure[]> {
  const { sign } = JSON.parse(await mustRun('hub/testing/measure-signing.js')) as { sign: number[] }
  const printed = await mustRun('node/testing/measure-access.js')
  const { verify, audit } = JSON.parse(printed) as Record<'verify' | 'audit', number[]>
  return [
    perRound('request signature: to sign', sign, 'us'),
    perRound('request signature: to verify, and to keep its nonce', verify, 'us'),
    perRound('audit: a record, 16 at once', audit, 'us'),
  ]
}

/** What a Passport adds to a question that is asked alone. */
async function measurePassports(url: string, issuer: PassportIssuer, body: string): Promise<readonly Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const wish = { subject: 'somebody', audience: AUDIENCE, isRegistered: true }
  const known = await issuer.toPassport(wish)
  const times: Record<'none' | 'cold' | 'warm', number[]> = { none: [], cold: [], warm: [] }
  const time = async (kind: keyof typeof times, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const startedAt = performance.now()
    const { status } = await sendTo(url, { method: 'POST', url: `${url}/beacon/v2/g_variants`, headers, body }, agent)
    times[kind].push(performance.now() - startedAt)
    if (status !== 200) throw new Error(`a question was answered with ${status}`)
  }
  for (let index = 0; index < PASSPORTS; index++) {
    const fresh = await issuer.toPassport({ ...wish, subject: `somebody-${index}` })
    await time('none')
    await time('cold', fresh)
    await time('warm', known)
  }
  agent.destroy()
  const none = median(times.none)
  return [
    {
      name: 'cold Passport with two visas: what it adds',
      value: median(times.cold) - none,
      unit: 'ms',
      target: '<= 5',
    },
    { name: 'warm Passport: what it adds', value: median(times.warm) - none, unit: 'ms' },
  ]
}

function toFigures(loads: Loads): readonly Figure[] {
  const ratio = (who: keyof Loads, name: string, target?: string) => {
    const ratios = loads[who].map((load, round) => load.requestsPerSecond / loads.floor[round]!.requestsPerSecond)
    return perRound(`exact allele, ${name}: requests/s as a part of the floor's`, ratios, 'ratio', target)
  }
  return [
    ratio('anonymous', 'no token'),
    ratio('passport', 'Passport and audit', '>= 0.35'),
    ratio('signed', 'signed Passport and audit', '>= 0.25'),
    ...SERVERS.map((who) =>
      perRound(
        `requests/s, ${who}`,
        loads[who].map((load) => load.requestsPerSecond),
        'req/s',
      ),
    ),
  ]
}

/** What it costs a node to know who asks, against the least that an Express application costs. */
export const accessBench: Bench = {
  name: 'access',
  about: 'Passports, request signatures and audit: alone, and in exact allele queries against the bare framework',
  async run(directory, log) {
    const parts = await measureParts()
    const data = prepareHttpData(directory)
    log(`data: ${data.about}`)
    const bodies = data.alleles.slice(0, BODIES).map((allele) => JSON.stringify(alleleQuestion(data.assembly, allele)))
    const home = await makeBenchNode(directory, data)
    const issuer = await startPassportIssuer()
    const key = createHubKey()
    const publicKeyFile = join(directory, 'hub.json')
    writeFileSync(publicKeyFile, JSON.stringify(key.publicJwk))
    configureNode(home, {
      access: {
        trust: 'passport',
        audience: AUDIENCE,
        brokers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }],
        visaIssuers: [
          {
            issuer: issuer.issuer,
            jku: [issuer.jwksUri],
            types: ['ResearcherStatus', 'AcceptedTermsAndPolicies'],
            sources: [issuer.issuer],
            subjectsOf: issuer.issuer,
          },
        ],
        hubs: [{ ...HUB, publicKeyFile }],
        allowPrivate: true,
      },
    })
    const services: Service[] = []
    try {
      const node = await startBenchNode(directory, home, 1)
      services.push(node)
      const answer = join(directory, 'answer.json')
      const agent = new Agent()
      const typical = await askMixed(agent, node.url, { body: JSON.parse(bodies[0]!) as object })
      writeFileSync(answer, typical.slice(typical.indexOf('{')))
      const floor = await startService('conformance/bench/floor-server.js', answer)
      services.push(floor)
      const passports = await measurePassports(node.url, issuer, bodies[0]!)

      const wish = { subject: 'somebody', audience: AUDIENCE, isRegistered: true }
      const url = `${node.url}/beacon/v2/g_variants`
      const wrkOf = (name: string, requests: readonly WrkRequest[]) => {
        const own = join(directory, name)
        mkdirSync(own, { recursive: true })
        return createWrk(own, requests)
      }
      const withHeaders = (headers: Readonly<Record<string, string>>) => bodies.map((body) => ({ headers, body }))
      const loads: Loads = { floor: [], anonymous: [], passport: [], signed: [] }
      for (let round = 0; round <= ROUNDS; round++) {
        const seconds = round === 0 ? WARM_UP_SECONDS : ROUND_SECONDS
        const authorization = `Bearer ${await issuer.toPassport(wish)}`
        const hub = { client: HUB.client, keyThumbprint: key.thumbprint }
        const bound = { authorization: `Bearer ${await issuer.toPassport({ ...wish, hub })}` }
        const take = async (who: keyof Loads, requests: readonly WrkRequest[], to: string) => {
          const load = await wrkOf(who, requests).load(to, CONNECTIONS, seconds)
          if (round > 0) loads[who].push(load)
          log(`round ${round} ${who}: ${load.requestsPerSecond.toFixed(0)} req/s, p99 ${load.p99Ms} ms`)
          return load
        }
        await take('floor', withHeaders({}), `${floor.url}/beacon/v2/g_variants`)
        await take('anonymous', withHeaders({}), url)
        const { requestsPerSecond } = await take('passport', withHeaders({ authorization }), url)
        const toSign = Math.ceil(requestsPerSecond * seconds * SPARE)
        const signed = Array.from({ length: toSign }, (_, index) => {
          const body = bodies[index % bodies.length]!
          const { headers } = signRequest({ method: 'POST', url, body, headers: bound }, key, { keyId: HUB.keyId })
          return { headers, body }
        })
        await take('signed', signed, url)
      }
      return [...parts, ...passports, ...toFigures(loads)]
    } finally {
      for (const service of services) await service.stop()
      issuer.close()
    }
  },
}
