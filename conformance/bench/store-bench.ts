import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postJson } from '../support/http-client.js'
import { mustRun, startService, type Service } from '../support/processes.js'
import type { Bench, Figure } from './bench.js'
import { proportionalMegabytes } from './memory.js'

const SMALL = 100_000
const LARGE = 5_000_000
const PEOPLE = 1_000
/** Datasets of one node, and processes that serve them. */
const DATASETS = 50
const PROCESSES = 2
const EXACT_QUESTIONS = 40
/** Where the made-up datasets are dense (node/testing/large-dataset.ts). */
const DENSE = { start: [100_000_000], end: [101_000_000] }
const STEP = 20
const NODE_OPTIONS = ['--id', 'se.fyr.bench', '--name', 'Bench']

interface Measured {
  readonly exactP50Us: number
  readonly rangeP50Ms: number
  readonly restrictedP50Ms: number
  readonly loopDelayP99Ms: number
  readonly exactMeanwhileP99Us: number
  readonly exactP99Us: number
  readonly variantsInRange: number
}

/** Makes a node with datasets of made-up alleles, each written straight into a segment. */
async function createLargeNode(home: string, datasets: Readonly<Record<string, number>>): Promise<void> {
  await mustRun('node/main.js', 'init', home, ...NODE_OPTIONS)
  for (const [id, alleles] of Object.entries(datasets)) {
    await mustRun('node/testing/large-dataset.js', home, id, String(alleles), String(PEOPLE))
  }
}

async function measureAnswers(directory: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const home = join(directory, 'large')
  log(`writing ${SMALL} and ${LARGE} alleles of ${PEOPLE} people`)
  await createLargeNode(home, { small: SMALL, large: LARGE })
  log('asking both')
  const printed = await mustRun('node/testing/measure-store.js', home, String(PEOPLE), 'small', 'large')
  const { small, large } = JSON.parse(printed) as { small: Measured; large: Measured }
  return [
    {
      name: 'exact p50, 5 M over 100,000 alleles',
      value: large.exactP50Us / small.exactP50Us,
      unit: 'ratio',
      target: '<= 1.2',
    },
    { name: 'exact p50, 5 M alleles', value: large.exactP50Us, unit: 'us' },
    { name: 'alleles of the 1 Mb range', value: large.variantsInRange, unit: 'alleles' },
    { name: '1 Mb range p50', value: large.rangeP50Ms, unit: 'ms', target: '< 20' },
    { name: '1 Mb range p50, 1 % of the people invisible', value: large.restrictedP50Ms, unit: 'ms', target: '< 250' },
    { name: 'event-loop delay p99 meanwhile', value: large.loopDelayP99Ms, unit: 'ms', target: '< 10' },
    { name: 'exact p99 meanwhile over alone', value: large.exactMeanwhileP99Us / large.exactP99Us, unit: 'ratio' },
  ]
}

/** A copy of a dataset under another id. */
function copyDataset(home: string, from: string, to: string): void {
  const [source, target] = [from, to].map((id) => join(home, 'datasets', id))
  mkdirSync(target!)
  cpSync(join(source!, 'segments'), join(target!, 'segments'), { recursive: true })
  const manifest = JSON.parse(readFileSync(join(source!, 'manifest.json'), 'utf8')) as object
  writeFileSync(join(target!, 'manifest.json'), JSON.stringify({ ...manifest, id: to }))
}

async function askAll(node: Service, ids: readonly string[]): Promise<void> {
  const ask = (place: object, datasetIds: readonly string[]) => {
    const g_variant = { assemblyId: 'GRCh38', referenceName: '1', ...place }
    const query = { requestParameters: { g_variant, datasets: { datasetIds } }, requestedGranularity: 'count' }
    return postJson(`${node.url}/beacon/v2/g_variants`, { query })
  }
  for (const id of ids) {
    for (let index = 0; index < EXACT_QUESTIONS; index++) {
      await ask({ start: [DENSE.start[0]! + 1_000 * STEP * index], referenceBases: 'A', alternateBases: 'C' }, [id])
    }
    await ask(DENSE, [id])
    await ask({ ...DENSE, variantType: 'DEL' }, [id])
  }
}

async function measureMemory(directory: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const home = join(directory, 'many')
  log(`making ${DATASETS} datasets`)
  await createLargeNode(home, { d0: SMALL })
  const ids = Array.from({ length: DATASETS }, (_, index) => `d${index}`)
  for (const id of ids.slice(1)) copyDataset(home, 'd0', id)
  const nodes: Service[] = []
  try {
    for (let index = 0; index < PROCESSES; index++) {
      nodes.push(await startService('node/main.js', 'serve', home, '--port', '0'))
    }
    let before = 0
    for (const { pid } of nodes) before += proportionalMegabytes(pid)
    log('asking each process for each dataset')
    for (const node of nodes) await askAll(node, ids)
    let after = 0
    for (const { pid } of nodes) after += proportionalMegabytes(pid)
    return [
      { name: `memory of ${PROCESSES} processes at the start`, value: before, unit: 'MB' },
      { name: `memory after asking all ${DATASETS} datasets`, value: after, unit: 'MB', target: '<= 400' },
    ]
  } finally {
    for (const node of nodes) await node.stop()
  }
}

export const storeBench: Bench = {
  name: 'store',
  about: 'one allele and a megabase among 5 million alleles; memory of 50 datasets',
  async run(directory, log) {
    const memory = await measureMemory(directory, log)
    return [...(await measureAnswers(directory, log)), ...memory]
  },
}
