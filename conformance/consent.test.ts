import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from './support/fixture-network.js'
import { mustRun, runCommand } from './support/processes.js'
import { startWorkers, until, type WorkersService } from './support/workers.js'

const MINUTE = 60_000
const WORKERS = 2
/** At a time. */
const CONNECTIONS = 8

const network = createFixtureNetwork()
const home = join(network.directory, 'norr')
let node: WorkersService

const vcf = { samples: ['p0', 'p1', 'p2', 'p3'], lines: ['1 1000 . A C . PASS . GT 0/1 0/1 1/1 0/0'] }

beforeAll(async () => {
  await network.makeNode('norr', [{ id: 'd', vcf }])
  node = await startWorkers(home, WORKERS)
}, MINUTE)
afterAll(async () => {
  await node.stop()
  await network.stop()
})

interface Counts {
  readonly individuals: number
  readonly alleleNumber: number
}

/** People and alleles as the node counts them now: every answer, until each worker has given one. */
async function countAll(): Promise<readonly string[]> {
  const query = 'assemblyId=GRCh38&referenceName=1&start=999&referenceBases=A&alternateBases=C'
  const url = `${node.url}/beacon/v2/g_variants?${query}&requestedGranularity=count`
  const before = answersOfWorkers()
  const counted = new Set<string>()
  await until(async () => {
    const asked = Array.from({ length: CONNECTIONS }, async () => {
      const response = await fetch(url, { headers: { connection: 'close' } })
      const { info } = (await response.json()) as { info: { node: { counts: Counts } } }
      counted.add(`${info.node.counts.individuals} of ${info.node.counts.alleleNumber}`)
    })
    await Promise.all(asked)
    return answersOfWorkers().every((answers, index) => answers > before[index]!)
  })
  return [...counted]
}

function answersOfWorkers(): readonly number[] {
  return Array.from({ length: WORKERS }, (_, index) => {
    const path = join(home, 'audit', `worker-${index + 1}.ndjson`)
    return readFileSync(path, 'utf8').split('"answered"').length
  })
}

const fyrNode = (...args: string[]) => mustRun('node/main.js', 'consent', ...args)

test(
  'what one person says changes the next answer of every worker, and taking it back too',
  async () => {
    expect(await countAll()).toEqual(['3 of 8'])
    const options = ['--kind', 'research_consent', '--source', 'form 7']
    const stdout = await fyrNode('set', home, 'p2', ...options, '--effect', 'deny')
    expect(await countAll()).toEqual(['2 of 6'])
    expect(stdout).toMatch(/^P-\w+ {2}research_consent deny from .*: form 7\n {2}nobody has fetched records or files/)
    expect(stdout).not.toContain('p2')
    await fyrNode('set', home, 'p2', ...options, '--effect', 'allow')
    expect(await countAll()).toEqual(['3 of 8'])
  },
  MINUTE,
)

test(
  'a table is recorded whole or not at all, and shown again',
  async () => {
    const path = join(network.directory, 'said.csv')
    writeFileSync(path, 'name,kind,effect,source\np0,biobank_consent,deny,register\np9,deceased,deny,register\n')
    const refused = await runCommand('node/main.js', 'consent', 'import', home, path)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('line 3: there is no individual')
    expect(await countAll()).toEqual(['3 of 8'])
    writeFileSync(path, 'name,kind,effect,source\np0,biobank_consent,deny,register\np1,ehds_optout,deny,register\n')
    await fyrNode('import', home, path, '--by', 'Anna')
    expect(await countAll()).toEqual(['1 of 4'])
    const listed = JSON.parse(await fyrNode('list', home, '--kind', 'ehds_optout', '--json')) as object[]
    expect(listed).toMatchObject([{ kind: 'ehds_optout', effect: 'deny', by: 'Anna' }])
    const shown = JSON.parse(await fyrNode('show', home, 'p2', '--json')) as { statuses: object[] }
    expect(shown.statuses).toMatchObject([{ effect: 'deny' }, { effect: 'allow' }])
    const wrong = await runCommand('node/main.js', 'consent', 'set', home, 'p0', '--kind', 'x')
    expect(wrong.code).toBe(2)
  },
  MINUTE,
)
