import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { createHubKey, signRequest } from '../schemas/testing/signed-request.js'
import { createAuthority, type CertificateFiles } from './support/certificates.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { askRegions, configureHub, configureNode, makeHub, sendTo } from './support/hub-proof.js'
import { alleleQuestion } from './support/mixed-questions.js'
import { startService, type Service } from './support/processes.js'
import { describeWithTools } from './support/tools.js'

/** Many processes are started, which take their time on a busy machine. */
const PATIENCE = 180_000
const QUESTION = alleleQuestion('GRCh38', { chrom: '1', pos: 1_000, ref: 'A', alt: 'C' })
const NORR = 'https://norr.example/beacon/v2'

describeWithTools(['openssl'], 'a node that speaks TLS, at signed+mtls', () => {
  const network = createFixtureNetwork()
  const key = createHubKey()
  let node: Service
  const toStop: Service[] = []
  let ca: string
  let hubCertificate: CertificateFiles
  let otherCertificate: CertificateFiles
  let foreignCertificate: CertificateFiles
  let hubHome: string

  beforeAll(async () => {
    const { directory } = network
    const authority = await createAuthority(directory, 'authority')
    ca = authority.caFile
    const server = await authority.issue('norr')
    hubCertificate = await authority.issue('hub')
    otherCertificate = await authority.issue('other')
    foreignCertificate = await (await createAuthority(directory, 'foreign')).issue('hub')
    const made = await makeHub(directory, 'hub')
    hubHome = made.home
    const ownKeyFile = join(directory, 'own.json')
    writeFileSync(ownKeyFile, JSON.stringify(key.publicJwk))
    const home = await network.makeNode('norr', [
      { id: 'd', vcf: { samples: ['p1'], lines: ['1 1000 . A C . PASS . GT 0/1'] } },
    ])
    const { sha256 } = hubCertificate
    configureNode(home, {
      tls: { keyFile: server.keyFile, certFile: server.certFile, clientCaFile: ca },
      access: {
        trust: 'signed+mtls',
        brokers: [],
        visaIssuers: [],
        hubs: [
          { keyId: 'se.fyr.hub-1', client: 'hub', publicKeyFile: made.publicKeyFile, certificateSha256: sha256 },
          { keyId: 'hub-1', client: 'test-hub', publicKeyFile: ownKeyFile, certificateSha256: sha256 },
          {
            keyId: 'hub-2',
            client: 'stranger',
            publicKeyFile: ownKeyFile,
            certificateSha256: foreignCertificate.sha256,
          },
        ],
      },
    })
    node = await startService('node/main.js', 'serve', home, '--port', '0', '--workers', '2')
    toStop.push(node)
  }, PATIENCE)
  afterAll(async () => {
    for (const service of toStop) await service.stop()
    await network.stop()
  })

  function agentOf(certificate?: CertificateFiles): Agent {
    const own = certificate && { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) }
    return new Agent({ ca: readFileSync(ca), ...own })
  }
  const toRequest = () => ({ method: 'POST', url: `${node.url}/beacon/v2/g_variants`, body: JSON.stringify(QUESTION) })
  const signed = (keyId = 'hub-1') => signRequest(toRequest(), key, { keyId })
  const refused = (message: RegExp) => ({
    status: 401,
    challenge: 'Signature error="invalid_signature"',
    body: { error: { errorCode: 401, errorMessage: expect.stringMatching(message) } },
  })

  test('serves https, and whoever shows no certificate', async () => {
    expect(node.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const question = { ...toRequest(), headers: { 'content-type': 'application/json' } }
    expect(await sendTo(node.url, question, agentOf())).toMatchObject({ status: 200 })
  })

  test('believes a signature over the connection of its hub', async () => {
    expect(await sendTo(node.url, signed(), agentOf(hubCertificate))).toMatchObject({ status: 200 })
  })

  test('refuses it over any other', async () => {
    for (const certificate of [undefined, otherCertificate, foreignCertificate]) {
      const answer = await sendTo(node.url, signed(), agentOf(certificate))
      expect(answer).toMatchObject(refused(/the connection has not the hub's TLS certificate$/))
    }
  })

  test('takes no certificate that its authority did not sign, were it the very one that is asked for', async () => {
    const answer = await sendTo(node.url, signed('hub-2'), agentOf(foreignCertificate))
    expect(answer).toMatchObject(refused(/the connection has not the hub's TLS certificate$/))
  })

  test('a session that is taken up again shows what it showed at first', async () => {
    const [bare, hub] = [agentOf(), agentOf(hubCertificate)]
    for (let i = 0; i < 4; i++) {
      expect(await sendTo(node.url, signed(), bare)).toMatchObject(refused(/TLS certificate$/))
      expect(await sendTo(node.url, signed(), hub)).toMatchObject({ status: 200 })
    }
  })

  test('a certificate does not make up for a signature', async () => {
    const request = { ...signRequest({ ...toRequest(), url: `${NORR}/g_variants` }, key), url: toRequest().url }
    const answer = await sendTo(node.url, request, agentOf(hubCertificate))
    expect(answer).toMatchObject(refused(/not of this request by this key$/))
  })

  test.each([
    ['with its certificate is answered', () => ({ ...filesOf(hubCertificate), caFile: ca }), 'answered'],
    ['with another is refused', () => ({ ...filesOf(otherCertificate), caFile: ca }), 'refused'],
    ['with none is refused', () => ({ caFile: ca }), 'refused'],
    ["that does not know the region's authority asks nothing", () => filesOf(hubCertificate), 'unreachable'],
  ])(
    'a hub %s',
    async (_what, tls, status) => {
      configureHub(hubHome, [['norr', `${node.url}/beacon/v2`]], tls())
      const hub = await startService('hub/main.js', 'serve', hubHome, '--port', '0')
      try {
        expect(await askRegions(hub.url, QUESTION)).toEqual({ norr: status })
        expect(await askRegions(hub.url, QUESTION)).toEqual({ norr: status })
      } finally {
        await hub.stop()
      }
    },
    PATIENCE,
  )

  const filesOf = ({ keyFile, certFile }: CertificateFiles) => ({ keyFile, certFile })
})
