import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from './support/fixture-network.js'
import { getJson } from './support/http-client.js'
import { mustRun, runCommand, type Service } from './support/processes.js'

const MINUTE = 60_000
const network = createFixtureNetwork()
const home = join(network.directory, 'norr')
let node: Service

beforeAll(async () => {
  const vcf = { samples: ['a'], lines: ['1 100 . A C . PASS . GT 0/1'] }
  node = await network.startNode('norr', [
    { id: 'first', vcf },
    { id: 'second', vcf },
  ])
}, MINUTE)
afterAll(() => network.stop())

async function served(): Promise<readonly string[]> {
  const { body } = await getJson(`${node.url}/beacon/v2/datasets`)
  return (body as { response: { collections: readonly { id: string }[] } }).response.collections.map(({ id }) => id)
}

/** A running node follows within a second; a slow machine gets more. */
async function expectServed(expected: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (JSON.stringify(await served()) === JSON.stringify(expected)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(await served()).toEqual(expected)
}

async function answerOf(): Promise<object> {
  const query =
    'assemblyId=GRCh38&referenceName=1&start=99&referenceBases=A&alternateBases=C&requestedGranularity=count'
  const { body } = await getJson(`${node.url}/beacon/v2/g_variants?${query}`)
  const { responseSummary, info } = body as { responseSummary: object; info: { node: { datasetsAsked: number } } }
  return { ...responseSummary, datasetsAsked: info.node.datasetsAsked }
}

test(
  'a dataset is withdrawn, published and removed while the node runs',
  async () => {
    await expectServed(['first', 'second'])
    expect(await answerOf()).toEqual({ exists: true, numTotalResults: 2, datasetsAsked: 2 })
    expect(await mustRun('node/main.js', 'dataset', 'withdraw', home, 'first')).toBe('withdrew first\n')
    await expectServed(['second'])
    expect(await answerOf()).toEqual({ exists: true, numTotalResults: 1, datasetsAsked: 1 })
    expect(await mustRun('node/main.js', 'dataset', 'list', home)).toMatch(
      /^first {3}withdrawn {2}GRCh38 {2}public {2}count {2}1 segments {2}1 alleles {2}Dataset first\nsecond {2}published/,
    )
    await mustRun('node/main.js', 'dataset', 'publish', home, 'first')
    await expectServed(['first', 'second'])

    expect(await runCommand('node/main.js', 'dataset', 'remove', home, 'first')).toMatchObject({
      code: 1,
      stderr: 'fyr-node: dataset first is published: withdraw it first, then remove it\n',
    })
    await mustRun('node/main.js', 'dataset', 'withdraw', home, 'first')
    await mustRun('node/main.js', 'dataset', 'remove', home, 'first')
    expect(existsSync(join(home, 'datasets', 'first'))).toBe(false)
    await expectServed(['second'])
    expect(await answerOf()).toEqual({ exists: true, numTotalResults: 1, datasetsAsked: 1 })
    const listed = JSON.parse(await mustRun('node/main.js', 'dataset', 'list', home, '--json')) as { id: string }[]
    expect(listed.map(({ id }) => id)).toEqual(['second'])
  },
  MINUTE,
)

test.each(['withdraw', 'publish', 'remove'])('%s of a dataset that is not there', async (command) => {
  for (const id of ['nope', '../second']) {
    expect(await runCommand('node/main.js', 'dataset', command, home, id)).toMatchObject({
      code: 1,
      stderr: `fyr-node: there is no dataset ${id}\n`,
    })
  }
})

test('what a dataset tells of its people can be changed', async () => {
  const set = (...changes: string[]) => runCommand('node/main.js', 'dataset', 'set', home, 'second', ...changes)
  expect(await set('--identifiers', 'keep', '--groups', 'HP:0001250, ethnicity,HP:0001250')).toEqual({
    code: 0,
    stdout: 'changed second\n',
    stderr: '',
  })
  expect(await set('--groups', 'seizure')).toMatchObject({
    code: 1,
    stderr: 'fyr-node: "seizure" is no group: write a term such as HP:0001250, or ethnicity or geographicOrigin\n',
  })
  expect(await set('--case-level')).toMatchObject({
    code: 1,
    stderr: 'fyr-node: --case-level needs --granularity record: the dataset tells count at most\n',
  })
  expect(await set()).toMatchObject({ code: 2, stderr: expect.stringContaining('say what to change') })
  const manifests = JSON.parse(await mustRun('node/main.js', 'dataset', 'list', home, '--json')) as object[]
  expect(manifests).toMatchObject([{ identifiers: 'keep', caseLevelData: false, groups: ['HP:0001250', 'ethnicity'] }])
})
