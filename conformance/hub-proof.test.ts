import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { toContentDigest } from '../schemas/index.js'
import {
  createHubKey,
  signRequest,
  type PlainRequest,
  type SignatureChoices,
} from '../schemas/testing/signed-request.js'
import { startPassportIssuer, type PassportIssuer } from './rights/passport-issuer.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { askRegions, configureHub, configureNode, makeHub, sendTo, type ProofAnswer } from './support/hub-proof.js'
import { alleleQuestion } from './support/mixed-questions.js'
import { startService } from './support/processes.js'
import { startWorkers, type WorkersService } from './support/workers.js'

/** Many processes are started, which take their time on a busy machine. */
const PATIENCE = 180_000
const NORR = 'https://norr.example'
const ALLELE = { chrom: '1', pos: 1_000, ref: 'A', alt: 'C' }
const VCF = { samples: ['p1', 'p2'], lines: ['1 1000 . A C . PASS . GT 0/1 0/0'] }

const network = createFixtureNetwork()
const [hubKey, otherKey] = [createHubKey(), createHubKey('Ed25519')]
const keyFiles = [hubKey, otherKey].map(({ publicJwk }, index) => {
  const file = join(network.directory, `key-${index}.json`)
  writeFileSync(file, JSON.stringify(publicJwk))
  return file
})
let home: string
/** The same node before it was configured. */
let copy: string
let issuer: PassportIssuer
let node: WorkersService
const toStop: (() => unknown)[] = []

const accessOf = (hubs: readonly { keyId: string; client: string; publicKeyFile: string }[]) => ({
  trust: 'signed' as const,
  brokers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }],
  visaIssuers: [],
  hubs,
  allowPrivate: true,
})

beforeAll(async () => {
  issuer = await startPassportIssuer()
  toStop.push(() => issuer.close())
  home = await network.makeNode('norr', [{ id: 'd', vcf: VCF }])
  copy = `${home}-copy`
  cpSync(home, copy, { recursive: true })
  const hubs = [
    { keyId: 'hub-1', client: 'ngp-hub', publicKeyFile: keyFiles[0]! },
    { keyId: 'hub-2', client: 'other-hub', publicKeyFile: keyFiles[1]! },
  ]
  configureNode(home, { access: accessOf(hubs), baseUrl: `${NORR}/beacon/v2` })
  node = await startWorkers(home, 2)
  toStop.push(() => node.stop())
}, PATIENCE)
afterAll(async () => {
  for (const stop of toStop.toReversed()) await stop()
  await network.stop()
})

const QUESTION: PlainRequest = {
  method: 'POST',
  url: `${NORR}/beacon/v2/g_variants?skip=0`,
  body: JSON.stringify(alleleQuestion('GRCh38', ALLELE)),
  headers: { 'ngp-purpose': 'HRESCH', 'ngp-project': 'urn:ngp:project:2026-1' },
}
const GET: PlainRequest = {
  method: 'GET',
  url: `${NORR}/beacon/v2/g_variants?assemblyId=GRCh38&referenceName=1&start=999&referenceBases=A&alternateBases=C`,
}
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const sign = (choices: SignatureChoices = {}, request = QUESTION) => signRequest(request, hubKey, choices)
const send = (request: ReturnType<typeof sign>) => sendTo(node.url, request)
const changed = (headers: Readonly<Record<string, string>>, request = sign()) =>
  send({ ...request, headers: { ...request.headers, ...headers } })

const SYD = { ...QUESTION, url: QUESTION.url.replace('norr', 'syd') }
const REFUSED = {
  status: 401,
  challenge: 'Signature error="invalid_signature"',
  body: {
    error: { errorCode: 401, errorMessage: expect.stringMatching(/^the signature of the request is refused: /) },
  },
}

/** Rows of access-privacy-audit section 8; each a real request to a node of two workers. */
const ATTACKS: readonly (readonly [string, () => Promise<ProofAnswer>])[] = [
  ['S2 another body', () => send({ ...sign(), body: QUESTION.body!.replace('1', '2') })],
  ['S2 another query', () => send({ ...sign(), url: QUESTION.url.replace('skip=0', 'skip=1') })],
  ['S2 another method', () => send({ ...sign({}, GET), method: 'POST' })],
  [
    'S2 a body where none was',
    () =>
      send({
        ...sign({}, { ...GET, method: 'POST' }),
        body: '{}',
        headers: { ...sign({}, { ...GET, method: 'POST' }).headers, 'content-type': 'application/json' },
      }),
  ],
  ['S2 another purpose', () => changed({ 'ngp-purpose': 'PUBHLTH' })],
  ['S2 another project', () => changed({ 'ngp-project': 'p' })],
  ['S2 a token added', () => changed({ authorization: 'Bearer x' })],
  ['S3 a component dropped', () => send(sign({ components: (all) => all.filter((name) => name !== 'ngp-project') }))],
  [
    'S4 two labels',
    () => {
      const [a, b] = [sign(), sign({ label: 'b' })]
      return changed(
        {
          'signature-input': `${a.headers['signature-input']}, ${b.headers['signature-input']}`,
          signature: `${a.headers['signature']}, ${b.headers['signature']}`,
        },
        a,
      )
    },
  ],
  ['S5 the key id of another', () => send(sign({ keyId: 'hub-2', alg: null }))],
  ['S5 an unknown key id', () => send(sign({ keyId: 'hub-3' }))],
  ['S6 another algorithm', () => send(sign({ alg: 'hmac-sha256' }))],
  ['S7 good for 61 s', () => send(sign({ created: inSeconds(0), expires: inSeconds(62) }))],
  ['S8 made 20 s ahead', () => send(sign({ created: inSeconds(20) }))],
  ['S8 expired 20 s ago', () => send(sign({ created: inSeconds(-80) }))],
  ['S9 signed for another node', () => send(sign({}, SYD))],
  [
    'S9 signed for the address that the node listens on',
    () => send(sign({}, { ...QUESTION, url: QUESTION.url.replace(NORR, node.url) })),
  ],
  [
    'S10 its host, forwarded',
    () =>
      changed(
        {
          host: 'syd.example',
          'x-forwarded-host': 'syd.example',
          'x-forwarded-proto': 'https',
          forwarded: 'host=syd.example;proto=https',
        },
        sign({}, SYD),
      ),
  ],
]

describe('a node of two workers', () => {
  test('answers what a hub signed, and what nobody did', async () => {
    expect(await send(sign())).toMatchObject({ status: 200, body: { responseSummary: { exists: true } } })
    expect(await send(sign({}, GET))).toMatchObject({ status: 200, body: { responseSummary: { exists: true } } })
    expect(await send({ ...QUESTION, headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 200 })
  })

  test.each(ATTACKS)('%s', async (_name, attack) => {
    expect(await attack()).toMatchObject(REFUSED)
  })

  test('S1 of forty copies of one request answers one, whichever worker gets it', async () => {
    for (const key of [hubKey, otherKey]) {
      const request = signRequest(QUESTION, key, { keyId: key === hubKey ? 'hub-1' : 'hub-2' })
      const answers = await Promise.all(Array.from({ length: 40 }, () => send(request)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer).toMatchObject(REFUSED)
    }
  })

  test('S11 a packed body is not unpacked', async () => {
    const packed = gzipSync(QUESTION.body!).toString('latin1')
    const headers = {
      ...QUESTION.headers,
      'content-encoding': 'gzip',
      'content-digest': toContentDigest(Buffer.from(packed)),
    }
    expect(await send(sign({}, { ...QUESTION, body: packed, headers }))).toMatchObject({
      status: 415,
      body: { error: { errorCode: 415 } },
    })
  })

  test('htsget refuses in its own words', async () => {
    const request = sign({}, { method: 'GET', url: `${NORR}/htsget/v1/reads/d/a` })
    expect(await send(request)).toMatchObject({ status: 404, body: { htsget: { error: 'NotFound' } } })
    expect(await send(request)).toMatchObject({
      status: 401,
      challenge: REFUSED.challenge,
      body: { htsget: { error: 'InvalidAuthentication' } },
    })
  })

  test('a Passport of a hub is good in requests that this hub signed', async () => {
    const hub = { client: 'ngp-hub', keyThumbprint: hubKey.thumbprint }
    const passport = await issuer.toPassport({ subject: 'u', audience: NORR, isRegistered: false, hub })
    const headers = { authorization: `Bearer ${passport}` }
    const question = { ...QUESTION, headers }
    expect(await send(signRequest(question, hubKey))).toMatchObject({ status: 200 })
    const refused = { status: 401, challenge: expect.stringMatching(/^Bearer .*error="invalid_token"/) }
    expect(await send(signRequest(question, otherKey, { keyId: 'hub-2' }))).toMatchObject(refused)
    expect(await send({ ...question, headers: { ...headers, 'content-type': 'application/json' } })).toMatchObject(
      refused,
    )
  })

  test(
    'S1 a restart forgets no nonce',
    async () => {
      const request = sign()
      expect(await send(request)).toMatchObject({ status: 200 })
      for (const pid of [...(await node.pids()), node.pid]) process.kill(pid, 'SIGKILL')
      await node.exit
      node = await startWorkers(home, 2)
      expect(await send(request)).toMatchObject(REFUSED)
      expect(await send(sign())).toMatchObject({ status: 200 })
    },
    PATIENCE,
  )
})

describe('a hub', () => {
  test(
    'is believed by the region that has its key, and by no other',
    async () => {
      const { home: hubHome, publicKeyFile } = await makeHub(network.directory, 'hub')
      configureNode(copy, { access: accessOf([{ keyId: 'se.fyr.hub-1', client: 'ngp-hub', publicKeyFile }]) })
      const knowing = await network.serve(copy)
      configureHub(hubHome, [
        ['norr', `${knowing.url}/beacon/v2`],
        ['syd', `${node.url}/beacon/v2`],
      ])
      const hub = await startService('hub/main.js', 'serve', hubHome, '--port', '0')
      try {
        for (let i = 0; i < 3; i++) {
          const statuses = await askRegions(hub.url, alleleQuestion('GRCh38', ALLELE))
          expect(statuses).toEqual({ norr: 'answered', syd: 'refused' })
        }
      } finally {
        await hub.stop()
      }
    },
    PATIENCE,
  )
})
