// Over 300 lines: one node that has everything, and a table of what can go wrong with each part of it.
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { openAuditKeys } from '../audit/audit-key.js'
import { keepDispute } from '../audit/witness-files.js'
import { runCli } from '../cli.js'
import { initNode, readNodeConfig } from '../config.js'
import { createNode } from '../create-node.js'
import { bamFile } from '../testing/sample-bam.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { someGene, writeGeneFile } from '../testing/gene-files.js'
import { startWitnessServer, type WitnessServer } from '../testing/witness-server.js'
import { checkNode, type CheckNodeOptions } from './check-node.js'
import { toLine } from './finding.js'

const SECRET = 'not-to-be-told-to-anybody'
const MT_LENGTH = 16_569
const NODE_ID = 'se.fyr.test'
const JWKS = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'k' }] }

let root: string
let fixture: NodeFixture
let witness: WitnessServer
let trusted: Server
let trustedUrl: string
let answerTrusted: (request: IncomingMessage, response: ServerResponse) => void
let copies = 0
let home: string
const written = { out: '', err: '' }

function answerRightly({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const isRems = url.startsWith('/api/permissions/')
  response.statusCode = isRems && headers['x-rems-api-key'] !== SECRET ? 401 : url === '/userinfo' ? 401 : 200
  response.end(JSON.stringify(isRems ? { ga4gh_passport_v1: [] } : JWKS))
}

/** A node with one of everything, as it is when it was served and stopped. */
beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true))
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true))
  root = mkdtempSync(join(tmpdir(), 'fyr-check-'))
  trusted = createServer((request, response) => answerTrusted(request, response))
  await new Promise<void>((resolve) => trusted.listen(0, '127.0.0.1', resolve))
  trustedUrl = `http://127.0.0.1:${(trusted.address() as AddressInfo).port}`
  answerTrusted = answerRightly

  fixture = createNodeFixture(NODE_ID)
  const { directory } = fixture
  const key = { name: `${NODE_ID}/audit`, publicKey: openAuditKeys(directory, () => new Date()).publicKey }
  witness = await startWitnessServer('hub', join(root, 'witness.sqlite'), [key])
  fixture.addDataset('d')
  await fixture.ingest('d', [toVcf(['a'], ['1 1000 . A C . PASS . GT 0/1'])])
  writeFileSync(join(directory, 'mt.fa'), `>MT\n${'G'.repeat(MT_LENGTH)}\n`)
  writeFileSync(join(directory, 'mt.fa.fai'), `MT\t${MT_LENGTH}\t4\t${MT_LENGTH}\t${MT_LENGTH + 1}\n`)
  writeFileSync(join(directory, 'rems.key'), `${SECRET}\n`, { mode: 0o600 })
  writeFileSync(join(directory, 'visas.key'), `${SECRET}-${SECRET}\n`, { mode: 0o600 })
  const issuer = { issuer: 'https://issuer.invalid/', jku: [`${trustedUrl}/issuer/jwks`], types: [], sources: [] }
  const config = {
    references: { GRCh38: 'mt.fa' },
    access: {
      trust: 'passport',
      brokers: [
        {
          issuer: 'https://broker.invalid/',
          jwksUri: `${trustedUrl}/jwks`,
          userinfoEndpoint: `${trustedUrl}/userinfo`,
        },
      ],
      visaIssuers: [{ ...issuer, valuePrefix: 'urn:rems:' }],
      rems: [{ url: trustedUrl, apiKeyFile: 'rems.key', userId: 'fyr', issuer: issuer.issuer }],
      visas: { apiKeyFile: 'visas.key' },
      allowPrivate: true,
    },
    audit: {
      witnesses: [{ name: 'hub', url: witness.address.url, publicKey: witness.witness.verifierKey }],
      allowPrivate: true,
    },
  }
  appendFileSync(join(directory, 'node.yaml'), stringify(config))
  writeFileSync(join(root, 'genes.gff3'), writeGeneFile([someGene('GENE')], 'refseq-gff3'))
  writeFileSync(join(root, 'reads.bam'), bamFile(['a'], [100, 200]))
  await mustRun('genes', 'add', directory, '--assembly', 'GRCh38', join(root, 'genes.gff3'))
  await mustRun('files', 'add', directory, '--dataset', 'd', join(root, 'reads.bam'))
  await mustRun('admin', 'add', directory, 'anna')
  await serve(directory, async (url) => {
    expect((await fetch(`${url}/beacon/v2/g_variants?geneId=GENE&assemblyId=GRCh38`)).status).toBe(200)
  })
}, 60_000)

afterAll(async () => {
  jest.restoreAllMocks()
  await witness.close()
  trusted.closeAllConnections()
  await new Promise((resolve) => trusted.close(resolve))
  await fixture.remove()
  rmSync(root, { recursive: true })
})

beforeEach(() => {
  answerTrusted = answerRightly
  witness.answerBy(undefined)
  home = join(root, `node-${++copies}`)
  cpSync(fixture.directory, home, { recursive: true })
})

async function mustRun(...args: readonly string[]): Promise<void> {
  written.err = ''
  expect({ code: await runCli(args), err: written.err }).toEqual({ code: 0, err: '' })
}

async function serve(directory: string, work: (url: string) => Promise<void>): Promise<void> {
  const listen = { host: '127.0.0.1', port: 0 }
  const node = await createNode({ ...readNodeConfig(directory), listen, logLevel: 'silent' }, { directory })
  try {
    await work((await node.listen()).url)
  } finally {
    await node.close()
  }
}

/** What is found in the copy, and the command's exit code; every finding is one line and tells no secret. */
async function check(options: CheckNodeOptions = {}) {
  const found = await checkNode(home, { deadlineMs: 1_000, ...options })
  const lines = found.map((finding) => toLine(finding).replaceAll(home, 'DIR').replaceAll(root, 'ROOT').replaceAll(trustedUrl, 'TRUSTED')) // prettier-ignore
  for (const line of lines) expect(line).not.toMatch(new RegExp(`\\n|${SECRET}`))
  return lines
}

async function runCheck(...args: readonly string[]) {
  written.out = written.err = ''
  return { code: await runCli(['check', ...args]), out: written.out, err: written.err }
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(join(home, file), change(readFileSync(join(home, file), 'utf8')))
}

function segmentPath(): string {
  const folder = join(home, 'datasets', 'd', 'segments')
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.sqlite'))!,
  )
}

function listAll(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true }).map((name) => {
    const { size, mtimeMs } = statSync(join(directory, String(name)))
    return `${String(name)} ${size} ${mtimeMs}`
  })
}

describe('nothing is wrong', () => {
  test('with a node that has one of everything; looking writes nothing', async () => {
    const before = listAll(home)
    expect(await check()).toEqual([])
    expect(await check({ deep: true })).toEqual([])
    expect(listAll(home)).toEqual(before)
    expect(await runCheck(home)).toEqual({ code: 0, out: 'all is well\n', err: '' })
    expect(JSON.parse((await runCheck(home, '--json', '--deep')).out)).toEqual({ findings: [] })
  })

  test('with a node that was just made', async () => {
    const made = join(root, 'made')
    initNode(made, 'se.fyr.made', 'Made', undefined)
    expect(await checkNode(made)).toEqual([])
    expect(readdirSync(made)).toEqual(['node.yaml'])
  })
})

/** What is done to the copy, and the one line that tells it. */
const DAMAGES: readonly (readonly [what: string, damage: () => unknown, line: string | RegExp])[] = [
  [
    'an unknown key',
    () => appendFileSync(join(home, 'node.yaml'), 'lissen: 1\n'),
    /^node\.yaml: .*lissen.*; change it/,
  ],
  ['no node.yaml', () => rmSync(join(home, 'node.yaml')), /^node\.yaml: .*node\.yaml.*; change it .* make a node/],
  [
    'visas for nobody',
    () => edit('node.yaml', (text) => text.replace('apiKeyFile: visas.key', 'apiKeyFile: visas.key\n    subjectsOf: x').replace('valuePrefix: "urn:rems:"', 'subjectsOf: https://nobody.invalid/\n      valuePrefix: "urn:rems:"')), // prettier-ignore
    /^node\.yaml: access\.visaIssuers\[0\]\.subjectsOf is the issuer of no broker: .*; the node does not start with it/,
  ],
  [
    'a secret that is gone',
    () => rmSync(join(home, 'rems.key')),
    'access.rems[0].apiKeyFile of node.yaml: there is no DIR/rems.key; put the file there for the user of the node to read, or change node.yaml',
  ],
  [
    'an empty secret',
    () => truncateSync(join(home, 'visas.key')),
    'access.visas.apiKeyFile of node.yaml: DIR/visas.key is empty; write the secret into it',
  ],
  [
    'a secret for all to read',
    () => chmodSync(join(home, 'rems.key'), 0o644),
    'access.rems[0].apiKeyFile of node.yaml: DIR/rems.key is open to others on this machine; chmod 600 DIR/rems.key',
  ],
  [
    'a key of encrypted files that is none',
    () => {
      appendFileSync(join(home, 'node.yaml'), 'crypt4gh: { secretKeyFile: c4gh.key }\n')
      writeFileSync(join(home, 'c4gh.key'), SECRET, { mode: 0o600 })
    },
    /^crypt4gh of node\.yaml: DIR\/c4gh\.key: .*; put the right key there, or its passphrase$/,
  ],
  [
    'a damaged key of the log',
    () => writeFileSync(join(home, 'audit-key.json'), `{"${SECRET}`),
    'DIR/audit-key.json: it is damaged; put it back from a backup: with another key the log is another one',
  ],
  [
    'no key of the log',
    () => rmSync(join(home, 'audit-key.json')),
    'DIR/audit-key.json: it is gone, and there is a log; put it back from a backup: with another key the log is another one',
  ],
  [
    'keys of tickets for all to read',
    () => chmodSync(join(home, 'ticket-keys.json'), 0o640),
    'DIR/ticket-keys.json: it is open to others than its owner; chmod 600 DIR/ticket-keys.json',
  ],
  [
    'keys of tickets of which none signs',
    () => edit('ticket-keys.json', (text) => text.replace(/("createDateTime": "[^"]+")/, '$1, "retireDateTime": "2026-01-01T00:00:00.000Z"')), // prettier-ignore
    'DIR/ticket-keys.json: it is damaged; delete it: tickets of the last minutes are then void',
  ],
  [
    'a damaged key of visas',
    () => edit('visa-key.json', (text) => text.replace('P-256', SECRET)),
    'DIR/visa-key.json: it is damaged; delete it: visas of the last day are then void',
  ],
  [
    'damaged administrators',
    () => writeFileSync(join(home, 'administrators.json'), `${SECRET}`, { mode: 0o600 }),
    'DIR/administrators.json: it is damaged; put it back from a backup, or delete it and add the administrators again (fyr-node admin add)',
  ],
  [
    'a manifest that is cut',
    () => edit('datasets/d/manifest.json', (text) => text.slice(0, 100)),
    'dataset d: its manifest.json cannot be used: it is not JSON; put it back from a backup',
  ],
  [
    'a segment that is gone',
    () => rmSync(segmentPath()),
    /^dataset d, segment [\w-]+\.sqlite: it is gone; withdraw the/,
  ],
  [
    'a segment that is cut',
    () => truncateSync(segmentPath(), statSync(segmentPath()).size - 4_096),
    /^dataset d, segment [\w-]+\.sqlite: it has \d+ bytes of \d+: its end is missing; withdraw/,
  ],
  [
    'a segment of another version',
    () => {
      const db = new Database(segmentPath())
      db.prepare("UPDATE segment SET value = 4 WHERE key = 'format'").run()
      db.close()
    },
    /^dataset d, segment .*: segment .* has format 4, expected \d+; withdraw/,
  ],
  [
    'people who are gone',
    () => rmSync(join(home, 'individuals.sqlite')),
    /^dataset d: it has people, and individuals\.sqlite is gone; put it back from a backup$/,
  ],
  [
    'a database that is none',
    () => writeFileSync(join(home, 'consent.sqlite'), 'SELECT'.repeat(1_000)),
    'DIR/consent.sqlite: it is no SQLite database; put it back from a backup',
  ],
  [
    'an empty database',
    () => truncateSync(join(home, 'consent.sqlite')),
    'DIR/consent.sqlite: it is empty; put it back from a backup',
  ],
  [
    'genes of another version',
    () => {
      const db = new Database(join(home, 'genes.sqlite'))
      db.pragma('user_version = 1')
      db.close()
    },
    'DIR/genes.sqlite: its tables are of version 1, and this program knows 2; remove it and load the genes again (fyr-node genes add)',
  ],
  [
    'a reference that is cut',
    () => truncateSync(join(home, 'mt.fa'), 10_000),
    'references.GRCh38 of node.yaml: DIR/mt.fa does not fit its index: it ends too early; the node does not start without it',
  ],
  [
    'a reference without an index',
    () => rmSync(join(home, 'mt.fa.fai')),
    /^references\.GRCh38 of node\.yaml: the reference DIR\/mt\.fa has no index .*; the node does not start without it$/,
  ],
  [
    'a file whose person is gone',
    () => {
      const db = new Database(join(home, 'individuals.sqlite'))
      db.exec('UPDATE individual SET removed = 1')
      db.close()
    },
    'file d/reads: the node does not know 1 of its people; put it right, or fyr-node files remove DIR d/reads',
  ],
  [
    'an entry of the log that was changed',
    () => edit('audit/audit.ndjson', (text) => text.replace(/"outcome":"answered"/g, '"outcome":"denied"')),
    /^audit\/audit\.ndjson: the last line .* is not as the node wrote it .*; run fyr-node audit verify DIR$/,
  ],
  [
    'a log without its end',
    () => edit('audit/audit.ndjson', () => ''),
    /^audit\/audit\.ndjson: it ends with entry 0, and a checkpoint covers \d+: its end is gone; run fyr-node audit verify/,
  ],
  [
    'a checkpoint that was changed',
    () => {
      for (const name of ['checkpoint', 'checkpoints'])
        edit(`audit/${name}`, (text) => text.replace(/\ntime 2/g, '\ntime 3'))
    },
    'audit/checkpoints: the last checkpoint was not signed by the key of the node; run fyr-node audit verify DIR',
  ],
  [
    'checkpoints without their end',
    () => truncateSync(join(home, 'audit/checkpoints')),
    /^audit\/checkpoints: .* does not end with the last checkpoint; run fyr-node audit verify DIR$/,
  ],
  [
    'a witness that disagrees',
    () => keepDispute(home, 'hub', { ts: '2026-01-01T00:00:00.000Z', number: 3, size: 9 }),
    'witness hub: it refused checkpoint 3 at 2026-01-01T00:00:00.000Z: it has cosigned another history; run fyr-node audit verify DIR --witnesses',
  ],
]

describe('one thing is wrong', () => {
  test.each(DAMAGES)('%s', async (_, damage, line) => {
    await damage()
    expect(await check()).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)])
    const { code, err } = await runCheck(home)
    expect({ code, err }).toEqual({ code: 1, err: 'fyr-node: not all is well\n' })
  })

  test('a page in the middle of a segment, which --deep finds', async () => {
    const path = segmentPath()
    const db = new Database(path, { readonly: true })
    const page = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'long_allele'").pluck().get()!
    db.close()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4_096 * (page - 1), 4_096 * page)
    writeFileSync(path, bytes)
    expect(await check()).toEqual([])
    expect(await check({ deep: true })).toEqual([
      expect.stringMatching(/^dataset d, segment [\w-]+\.sqlite: SQLite finds it damaged \(.*\); withdraw/),
    ])
  })

  test('a file that is gone', async () => {
    renameSync(join(root, 'reads.bam'), join(root, 'gone.bam'))
    const lines = await check()
    renameSync(join(root, 'gone.bam'), join(root, 'reads.bam'))
    expect(lines).toEqual([
      expect.stringMatching(/^file d\/reads: .*ROOT\/reads\.bam.*; put it right, or fyr-node files/),
    ])
  })

  test('JSON tells the parts of a line', async () => {
    chmodSync(join(home, 'rems.key'), 0o604)
    const { code, out } = await runCheck(home, '--json')
    expect({ code, ...(JSON.parse(out) as object) }).toEqual({
      code: 1,
      findings: [
        {
          level: 'problem',
          where: 'access.rems[0].apiKeyFile of node.yaml',
          what: `${home}/rems.key is open to others on this machine`,
          remedy: `chmod 600 ${home}/rems.key`,
        },
      ],
    })
  })

  test('wrong usage is exit code 2', async () => {
    expect((await runCheck()).code).toBe(2)
    expect((await runCheck(home, '--quick')).code).toBe(2)
  })
})

describe('warnings do not fail', () => {
  test('a disk that is nearly full', async () => {
    const line = 'warning: DIR: 0.5 GB of its disk are free; make room: without it nobody is answered'
    expect(await check({ diskSpace: { free: 0.5e9, all: 10e9 } })).toEqual([line])
    expect(await check({ diskSpace: { free: 50e9, all: 10e12 } })).toEqual([line.replace('0.5', '50.0')])
    expect(await check({ diskSpace: { free: 5e9, all: 10e9 } })).toEqual([])
  })

  test('a secret that its group can read', async () => {
    chmodSync(join(home, 'rems.key'), 0o640)
    const { code, out } = await runCheck(home)
    expect(out).toMatch(
      /^warning: access\.rems\[0\]\.apiKeyFile of node\.yaml: the group of .* can read it; .*\nall is well\n$/,
    )
    expect(code).toBe(0)
  })

  test('a witness that has not cosigned the last checkpoint for long', async () => {
    rmSync(join(home, 'audit/witnesses/hub.cosignatures'))
    expect(existsSync(join(home, 'audit/checkpoints'))).toBe(true)
    expect(await check()).toEqual([])
    // By the clock of the node alone: those of others then differ.
    const later = () => new Date(Date.now() + 3_600_000)
    expect(await check({ now: later })).toContainEqual(
      expect.stringMatching(
        /^warning: witness hub: it has cosigned nothing, and \d+ is of 20.*; see that the node serves/,
      ),
    )
  })
})

const REMS_LINE =
  'REMS TRUSTED: it refuses the API key (HTTP 401); see that the node can reach it with its API key: without it what it grants is worth nothing'

describe('whom the node relies on', () => {
  const only = (path: string, answer: (response: ServerResponse) => void) => {
    answerTrusted = (request, response) => (request.url === path ? answer(response) : answerRightly(request, response))
  }
  const KEYS = 'broker https://broker.invalid/, keys at TRUSTED/jwks'
  const UNKNOWN = 'see that the node can reach it: without its keys nobody is known'

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['answers 503', (response) => void response.writeHead(503).end(), 'it answers HTTP 503'],
    ['answers a page', (response) => void response.end(`<html>${SECRET}`), 'what it answers is not JSON'],
    ['answers no keys', (response) => void response.end('{"keys":1}'), 'what it answers is no set of keys'],
    ['breaks off', (response) => void response.destroy(), 'it cannot be reached (UND_ERR_SOCKET)'],
    ['says nothing', () => undefined, 'it does not answer within 1 s'],
  ])('a publisher of keys that %s', async (_, answer, what) => {
    only('/jwks', answer)
    expect(await check()).toEqual([`${KEYS}: ${what}; ${UNKNOWN}`])
  })

  test('all are silent: all are asked at once', async () => {
    answerTrusted = () => undefined
    witness.answerBy(() => undefined)
    const before = performance.now()
    const lines = await check()
    expect(lines.map((line) => line.replace(/:.*/, ''))).toEqual(['broker https', 'visa issuer https', 'broker https', 'REMS TRUSTED', 'witness hub at http']) // prettier-ignore
    expect(lines.every((line) => line.includes('it does not answer within 1 s'))).toBe(true)
    expect(performance.now() - before).toBeLessThan(4_000)
  })

  test('a REMS that does not know the key', async () => {
    writeFileSync(join(home, 'rems.key'), 'another\n')
    expect(await check()).toEqual([REMS_LINE])
  })

  test('a witness that has seen more than there is', async () => {
    for (const name of ['checkpoint', 'checkpoints', 'tree']) rmSync(join(home, 'audit', name))
    expect(await check()).toEqual([
      expect.stringMatching(
        /^witness hub at .*: it has cosigned \d+ entries, and the last checkpoint covers 0; see that/,
      ),
    ])
  })

  test.each([
    ['behind', 95, 'it is 95 s behind that of'],
    ['ahead', -95, 'it is 95 s ahead of that of'],
  ])('a clock that is %s', async (_, seconds, what) => {
    only('/jwks', (response) => {
      response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString())
      response.end(JSON.stringify(JWKS))
    })
    const [line, ...rest] = await check()
    expect(rest).toEqual([])
    expect(line).toMatch(new RegExp(`^clock: ${what.replace('95', '9[4-6]')} ${KEYS}; set it by NTP, or tell them to$`))
  })

  test('a cache is no clock that is behind', async () => {
    only('/jwks', (response) => {
      response.setHeader('date', new Date(Date.now() - 600_000).toUTCString())
      response.setHeader('age', '600')
      response.end(JSON.stringify(JWKS))
    })
    expect(await check()).toEqual([])
  })

  test('a store that does not answer is one line, however many files it has', async () => {
    const db = new Database(join(home, 'files.sqlite'))
    const location = 'http://127.0.0.1:9/reads'
    const add = db.prepare(
      "INSERT INTO file SELECT ?, dataset, format, encrypted, ?, size, version, ?, index_version, added FROM file WHERE id = 'd/reads'",
    )
    for (const id of ['d/1', 'd/2', 'd/3']) add.run(id, `${location}${id}.bam`, `${location}${id}.bam.bai`)
    db.close()
    expect(await check()).toEqual([
      'storage http://127.0.0.1:9: it cannot be reached (3 files); see that the node can reach it',
    ])
  })
})

test('a certificate that ends, has ended, is of another key, or is none', async () => {
  mkdirSync(join(home, 'tls'))
  edit('node.yaml', (text) => text.replace(/^listen:\n/m, 'listen:\n  tls: { keyFile: tls/key, certFile: tls/cert }\n'))
  const make = (days: number) => {
    const files = ['-keyout', join(home, 'tls/key'), '-out', join(home, 'tls/cert')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=node']
    execFileSync('openssl', ['req', '-x509', ...kind, '-days', String(days), ...files], { stdio: 'ignore' })
    chmodSync(join(home, 'tls/key'), 0o600)
  }
  make(30)
  expect(await check()).toEqual([])
  const inAYear = () => new Date(Date.now() + 365 * 86_400_000)
  expect(await check({ now: inAYear })).toContainEqual(
    expect.stringMatching(/^listen\.tls of node\.yaml: its certificate ended on 20\S+; get a new one$/),
  )
  make(5)
  expect(await check()).toEqual([
    expect.stringMatching(/^warning: listen\.tls of node\.yaml: its certificate ends on 20\S+; get a new one$/),
  ])
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(join(home, 'tls/key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(await check()).toEqual([
    'listen.tls of node.yaml: the key is not that of the certificate; put the two there that belong together',
  ])
  writeFileSync(join(home, 'tls/cert'), 'x')
  expect(await check()).toEqual([
    'listen.tls of node.yaml: DIR/tls/cert or its clientCaFile: it is no certificate; put PEM files there',
  ])
})

// The last one: the witness then knows a longer log than that of any other copy.
test('nothing is wrong with a node while the node serves', async () => {
  await serve(home, async (url) => {
    const asking = Array.from({ length: 20 }, () => fetch(`${url}/beacon/v2/g_variants?geneId=GENE&assemblyId=GRCh38`))
    expect(await check()).toEqual([])
    for (const answer of await Promise.all(asking)) expect(answer.status).toBe(200)
  })
})
