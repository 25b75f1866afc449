import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from './support/fixture-network.js'
import { mustRun, runCommand, type Finished, type Service } from './support/processes.js'

const MINUTE = 60_000
const NAME = 'anna-svensson'
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.secret.token'

const network = createFixtureNetwork()
let home: string
let service: Service

const audit = (...args: string[]): Promise<Finished> => runCommand('node/main.js', 'audit', ...args)

async function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${service.url}/beacon/v2${path}`, { headers })
  await response.arrayBuffer()
  return response.status
}

beforeAll(async () => {
  const lines = ['1 1000 . A C . PASS . GT 0/1 0/0']
  home = await network.makeNode('audit', [
    { id: 'd', granularity: 'record', vcf: { samples: [NAME, 'bertil-berg'], lines } },
  ])
  service = await network.serve(home)
  const question = '/g_variants?assemblyId=GRCh38&referenceName=1&start=999&referenceBases=A&alternateBases=C'
  expect(await ask(`${question}&requestedGranularity=count`)).toBe(200)
  expect(await ask('/individuals?requestedGranularity=record')).toBe(200)
  expect(await ask(question, { authorization: `Bearer ${TOKEN}` })).toBe(401)
  expect(await ask(`${question}&datasetIds=${NAME}`)).toBeGreaterThanOrEqual(400)
}, MINUTE)
afterAll(() => network.stop())

function readAudit(): string {
  const directory = join(home, 'audit')
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('')
}

describe('fyr-node audit, while the node serves', () => {
  test(
    'verify finds all as it was written',
    async () => {
      const { code, stdout } = await audit('verify', home)
      expect(stdout).toMatch(/^audit: 4 entries\ncli: 2 entries\n(.*\n)*all is as it was written\n$/)
      expect(code).toBe(0)
    },
    MINUTE,
  )

  test(
    'neither names nor tokens nor questions are in any byte of the log, or of what is exported',
    async () => {
      const exported = await Promise.all(
        ['ndjson', 'csv', 'fhir'].map((format) => mustRun('node/main.js', 'audit', 'export', home, '--format', format)),
      )
      expect(exported.map((text) => text.trim().split('\n').length)).toEqual([6, 7, expect.any(Number)])
      for (const text of [readAudit(), ...exported]) {
        expect(text).toContain('P-')
        expect(text).not.toMatch(/anna|svensson|bertil|eyJ|secret|\b999\b|Bearer/)
      }
    },
    MINUTE,
  )

  test(
    'subject tells a person, by name or pseudonym, who saw their data',
    async () => {
      const byName = await audit('subject', home, NAME, '--json')
      const report = JSON.parse(byName.stdout) as { subject: string; accesses: object[]; possibleCounts: object[] }
      expect(report.subject).toMatch(/^P-[0-9A-Z]{12}$/)
      expect(report).toMatchObject({
        datasets: ['d'],
        accesses: [{ event: 'record.read', question: 'individual', principal: 'anonymous' }],
        possibleCounts: [{ questions: 1, granularity: 'count', datasets: ['d'] }],
      })
      const { stdout } = await audit('subject', home, report.subject)
      expect(stdout).toContain('anonymous: records were shown: individual of d')
      const nobody = await audit('subject', home, 'carl-carlsson')
      expect(nobody).toMatchObject({ code: 1, stderr: expect.not.stringContaining('carl') })
    },
    MINUTE,
  )

  test(
    'checks are listed, and documented when they were made',
    async () => {
      const listed = await audit('checks', home, '--json')
      expect(JSON.parse(listed.stdout)).toEqual([])
      expect(await audit('checks', home, '--done', '0123456789ab', '--by', 'hsa-1', '--note', 'x')).toMatchObject({
        code: 1,
        stderr: 'fyr-node: there is no check 0123456789ab in this period\n',
      })
      expect((await audit('checks', home, '--done', '0123456789ab')).code).toBe(2)
    },
    MINUTE,
  )

  test.each([
    ['verify', '--key', 'x'],
    ['export', '--format', 'xml'],
    ['subject', 'somebody', '--since', 'yesterday'],
    ['checks', '--time-zone', 'Mars/Base'],
  ])('%s %s %s … is wrong usage', async (command, ...args) => {
    expect((await audit(command, home, ...args)).code).toBe(2)
  })
})

test(
  'verify names the file and the line of what was changed after the node had stopped',
  async () => {
    await service.stop()
    const key = /^key: (.*)$/m.exec((await audit('verify', home)).stdout)![1]!
    expect((await audit('verify', home, '--key', key)).code).toBe(0)
    const path = join(home, 'audit', 'audit.ndjson')
    const written = readFileSync(path, 'utf8')
    writeFileSync(path, written.replace('"granularity":"count"', '"granularity":"boolean"'))
    expect(await audit('verify', home)).toMatchObject({
      code: 1,
      stderr: 'fyr-node: audit/audit.ndjson, line 1: entry 1 was changed: its hash is another\n',
    })
    writeFileSync(path, written.slice(0, written.lastIndexOf('\n', written.length - 2) + 1))
    expect(await audit('verify', home)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /audit\.ndjson, line 4: entry 4 is missing: checkpoint \d covers more than is there/,
      ),
    })
    writeFileSync(path, written)
    expect((await audit('verify', home)).code).toBe(0)
  },
  MINUTE,
)
