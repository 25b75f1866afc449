import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasOfficialSchemas } from '../support/official-schemas.js'
import { SHARED_SPEC } from '../support/paths.js'
import type { CaseResult } from '../suite/case.js'
import { runConformanceCli } from '../cli.js'
import { toJunit } from '../suite/junit.js'
import { openOfficialSchemas } from './official-schemas.js'
import { hasFailed, type SuiteReport } from '../suite/report.js'
import { runSuite } from './run-suite.js'
import { runWith } from './testing/expect-found.js'
import { createRightBeacon, serveBeacon, type RightOptions } from './testing/right-beacon.js'
import { RIGHT_BASE } from './testing/right-documents.js'
import { RIGHT_DATA } from './testing/right-records.js'
import { NO_TRUTH } from './truth-file.js'

function ids({ cases }: SuiteReport, wanted: 'pass' | 'fail' | 'skip'): readonly string[] {
  return cases.filter(({ outcome }) => outcome === wanted).map(({ id }) => id)
}

const KNOWN = {
  referenceName: 'refseq:NC_000017.11',
  start: 43045711,
  end: 43045712,
  referenceBases: 'T',
  alternateBases: 'C',
}

describe('a right beacon', () => {
  test.each<[string, RightOptions]>([
    ['with all entry types', {}],
    ['that serves its own schemas', { servesSchemas: true }],
    ['that tells counts at most', { maximum: 'count' }],
    ['that tells yes or no at most', { maximum: 'boolean' }],
    ['of people alone', { paths: ['individuals'] }],
    ['of variants and datasets', { paths: ['g_variants', 'datasets'] }],
    ['that demands a login', { token: 'secret' }],
    [
      'without data',
      { data: { ...RIGHT_DATA, individual: [], biosample: [], run: [], analysis: [], genomicVariant: [] } },
    ],
  ])('%s fails nothing', async (_name, options) => {
    const report = await runWith({ name: 'none', options })
    expect(report.cases.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(hasFailed(report, true)).toBe(false)
  })

  test('with all entry types has nothing skipped but what it lacks', async () => {
    expect(ids(await runWith({ name: 'none', options: {} }), 'skip').toSorted()).toEqual([
      'answers.handovers',
      'filters.truth',
      'framework.served-schemas',
      'official.answers',
      'official.records',
      'records.own-schemas',
    ])
  })

  test('that demands a login is judged with a token', async () => {
    const report = await runWith({ name: 'none', options: { token: 'secret' }, suite: { token: 'secret' } })
    expect(ids(report, 'fail')).toEqual([])
    expect(ids(report, 'pass')).toContain('paths.post /individuals/{id}/biosamples')
  })

  test('gets its token alone, though its map names another host', async () => {
    const seen = new Map<string, Set<string | undefined>>()
    const rewrite: RightOptions['rewrite'] = ({ path }, answer) =>
      path === '/map'
        ? {
            ...answer,
            body: JSON.parse(
              JSON.stringify(answer.body).replaceAll(`${RIGHT_BASE}/runs`, 'http://other.invalid/runs'),
            ) as unknown,
          }
        : answer
    await runWith({
      name: 'none',
      options: { token: 'secret', rewrite },
      suite: { token: 'secret' },
      wire: (right) => (request) => {
        const { host } = new URL(request.url)
        seen.set(host, (seen.get(host) ?? new Set()).add(request.headers['authorization']))
        return right(request)
      },
    })
    expect(seen.get('right.invalid')).toContain('Bearer secret')
    expect([...seen.get('other.invalid')!]).toEqual([undefined])
  })

  test('that shows no records is asked for what a truth file tells', async () => {
    const variants = [
      { ...KNOWN, exists: true, testMode: false },
      { ...KNOWN, alternateBases: 'G', exists: false, testMode: false },
    ]
    const truth = {
      variants,
      ids: { individual: 'ind-01' },
      filters: [{ entryType: 'individual', filters: [{ id: 'NCIT:C16576' }], exists: true, count: 3 }],
    }
    const report = await runWith({ name: 'none', options: { maximum: 'boolean' }, suite: { truth } })
    expect(ids(report, 'fail')).toEqual([])
    expect(ids(report, 'pass')).toEqual(
      expect.arrayContaining(['queries.sequence', 'queries.range', 'filters.truth', 'paths.get /individuals/{id}']),
    )
  })

  test('fails when the truth is another', async () => {
    const variants = [{ ...KNOWN, alternateBases: 'G', exists: true, testMode: false }]
    const report = await runWith({
      name: 'none',
      options: { maximum: 'boolean' },
      suite: { truth: { ...NO_TRUTH, variants } },
    })
    expect(ids(report, 'fail')).toContain('queries.sequence')
  })
})

const describeWithOfficial = hasOfficialSchemas() ? describe : describe.skip

describeWithOfficial('with the official schemas', () => {
  const official = hasOfficialSchemas() ? openOfficialSchemas(join(SHARED_SPEC, 'beacon-schemas')) : undefined

  test('the right beacon is valid', async () => {
    const report = await runSuite(RIGHT_BASE, { transport: createRightBeacon(), official: official! })
    expect(ids(report, 'fail')).toEqual([])
    expect(ids(report, 'pass')).toEqual(expect.arrayContaining(['official.answers', 'official.records']))
  })

  test('a wrong record and a wrong answer are found', async () => {
    const run = RIGHT_DATA.run.map((record) => ({ ...record, libraryLayout: 'TRIPLE' }))
    const transport = createRightBeacon({
      data: { ...RIGHT_DATA, run },
      rewrite: (request, answer) =>
        request.path === '/map' ? { ...answer, body: { ...(answer.body as object), meta: {} } } : answer,
    })
    const failed = ids(await runSuite(RIGHT_BASE, { transport, official: official! }), 'fail')
    expect(failed).toEqual(
      expect.arrayContaining(['official.answers', 'official.records', 'records.run', 'framework.map']),
    )
  })
})

async function runCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await runConformanceCli(args, { out: (text) => (out += text), err: (text) => (err += text) })
  return { code, out, err }
}

describe('the command', () => {
  let directory: string
  let right: Awaited<ReturnType<typeof serveBeacon>>
  let wrong: Awaited<ReturnType<typeof serveBeacon>>
  let page: Server
  const pageUrl = () => `http://127.0.0.1:${(page.address() as AddressInfo).port}`
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fyr-conformance-'))
    right = await serveBeacon((base) => createRightBeacon({ base, servesSchemas: true }))
    const paths = ['individuals']
    wrong = await serveBeacon((base) =>
      createRightBeacon({
        base,
        paths,
        data: { ...RIGHT_DATA, individual: RIGHT_DATA.individual.map((record) => ({ ...record, sex: '<fe&male>' })) },
      }),
    )
    page = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
    )
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await right.close()
    await wrong.close()
    page.close()
    page.closeAllConnections()
    rmSync(directory, { recursive: true, force: true })
  })

  test('ends with 0 and a table for a right beacon', async () => {
    const { code, out, err } = await runCommand('beacon', right.url)
    expect(err).toBe('')
    expect(out).toContain('conforms: of what must hold')
    expect(out).toMatch(/^framework +\d+ +0 +\d+$/m)
    expect(code).toBe(0)
  })

  test('ends with 1, and writes JSON and JUnit, for a wrong one', async () => {
    const [report, junit] = [join(directory, 'report.json'), join(directory, 'junit.xml')]
    const { code, out } = await runCommand('beacon', wrong.url, '--json', '--report', report, '--junit', junit)
    expect(code).toBe(1)
    const document = JSON.parse(out) as { service: object; summary: { must: { fail: number } }; cases: CaseResult[] }
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(document)
    expect(document.service).toMatchObject({ id: 'org.example.right', version: 'v2.1.1' })
    expect(document.summary.must.fail).toBe(1)
    const failed = document.cases.find(({ outcome }) => outcome === 'fail')
    expect(failed).toMatchObject({
      id: 'records.individual',
      severity: 'must',
      seen: expect.stringContaining('sex must be object'),
    })
    for (const { id, title, spec, severity } of document.cases)
      expect([id, title, spec, severity]).not.toContain(undefined)
    const xml = readFileSync(junit, 'utf8')
    expect(xml).toContain('&lt;fe&amp;male&gt;')
    expect(xml).toMatch(/<testsuite [^>]*failures="1"/)
    expect(xml.match(/<testcase /g)).toHaveLength(document.cases.length)
  })

  test.each([
    ['no URL', []],
    ['a URL of another kind', ['ftp://host.invalid/']],
    ['no URL at all', ['beacon.example']],
    ['a timeout of nothing', ['http://127.0.0.1:1/', '--timeout', '0']],
    ['an unknown option', ['http://127.0.0.1:1/', '--loud']],
    ['a truth file that is not there', ['http://127.0.0.1:1/', '--truth', '/nowhere/truth.json']],
    ['a folder without schemas', ['http://127.0.0.1:1/', '--schemas', '/nowhere']],
    ['a token file that is not there', ['http://127.0.0.1:1/', '--token-file', '/nowhere/token']],
  ])('ends with 2 and one sentence: %s', async (_name, args) => {
    const { code, out, err } = await runCommand('beacon', ...args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).not.toBe('')
  })

  test('says where a truth file is wrong', async () => {
    const truth = join(directory, 'truth.json')
    writeFileSync(truth, JSON.stringify({ variants: [{ referenceName: '17', start: -1, end: 2 }] }))
    const { code, err } = await runCommand('beacon', right.url, '--truth', truth)
    expect(code).toBe(2)
    expect(err).toContain('/variants/0/start must be >= 0')
  })

  test('says that nobody is there', async () => {
    const { code, err } = await runCommand('beacon', 'http://127.0.0.1:1/beacon/v2')
    expect(code).toBe(1)
    expect(err).toMatch(/^fyr-conformance: http:\/\/127\.0\.0\.1:1\/beacon\/v2 cannot be reached: .*ECONNREFUSED/)
  })

  test('says that a web page is no Beacon', async () => {
    const { code, err } = await runCommand('beacon', pageUrl())
    expect(code).toBe(1)
    expect(err).toContain('is no Beacon v2')
    expect(err).toContain('text/html')
  })

  test('says so when no answer comes in time', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { code, err } = await runCommand(
      'beacon',
      `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      '--timeout',
      '0.2',
    )
    silent.close()
    silent.closeAllConnections()
    expect(code).toBe(1)
    expect(err).toContain('no answer within 200 ms')
  })
})

test('what should hold fails a JUnit report only when that is wanted', () => {
  const result = {
    id: 'a.b',
    title: 'c',
    spec: 'd',
    severity: 'should',
    outcome: 'fail',
    seen: 'e',
    required: 'f',
  } as const
  const report = {
    suite: 'beacon',
    standard: 's',
    service: { url: 'http://x.invalid' },
    requests: 1,
    elapsedMs: 1,
    cases: [result],
  }
  expect(toJunit(report, false)).toContain('failures="0"')
  expect(toJunit(report, true)).toContain('failures="1"')
  expect([hasFailed(report), hasFailed(report, true)]).toEqual([false, true])
})
