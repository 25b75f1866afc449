import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { commandPath } from '../support/paths.js'
import { postJson } from '../support/http-client.js'
import { mustRun, startService } from '../support/processes.js'
import type { Bench } from './bench.js'
import { GENOME_ALLELES, writeGenome } from './genome-file.js'

const ALLELES_BEFORE = 1_000_000
const PEOPLE = 1_000
const IDLE_QUESTIONS = 3_000
/** Between two questions, so that the load is that of people and not of a loop. */
const PAUSE_MS = 2

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!
}

/** Asks exact questions one after another until told to stop; returns their times, milliseconds. */
async function askExact(url: string, mayGoOn: (asked: number) => boolean): Promise<readonly number[]> {
  const times: number[] = []
  while (mayGoOn(times.length)) {
    const start = 100_000_000 + 20 * ((times.length * 7_919) % 50_000)
    const g_variant = {
      assemblyId: 'GRCh38',
      referenceName: '1',
      start: [start],
      referenceBases: 'A',
      alternateBases: 'C',
    }
    const startedAt = performance.now()
    await postJson(`${url}/beacon/v2/g_variants`, {
      query: { requestParameters: { g_variant }, requestedGranularity: 'count' },
    })
    times.push(performance.now() - startedAt)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return times
}

export const genomeBench: Bench = {
  name: 'genome',
  about: 'one genome of 5 million alleles added to a dataset of 1,000 people that is asked meanwhile',
  async run(directory, log) {
    const home = join(directory, 'node')
    const genome = join(directory, 'genome.vcf.gz')
    await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
    log(`writing ${ALLELES_BEFORE} alleles of ${PEOPLE} people, and the genome`)
    await mustRun('node/testing/large-dataset.js', home, 'd', String(ALLELES_BEFORE), String(PEOPLE))
    await writeGenome(genome)
    const node = await startService('node/main.js', 'serve', home, '--port', '0')
    try {
      await askExact(node.url, (asked) => asked < IDLE_QUESTIONS)
      const idle = await askExact(node.url, (asked) => asked < IDLE_QUESTIONS)
      log('adding the genome')
      const startedAt = performance.now()
      const ingest = spawn(process.execPath, [commandPath('node/main.js'), 'ingest', home, '--dataset', 'd', genome], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      let seconds: number | undefined
      const ended = once(ingest, 'exit').then(([code]) => {
        if (code !== 0) throw new Error(`the ingest ended with ${String(code)}`)
        seconds = (performance.now() - startedAt) / 1000
      })
      const meanwhile = await askExact(node.url, () => seconds === undefined && ingest.exitCode === null)
      await ended
      const [idleP99, busyP99] = [percentile(idle, 0.99), percentile(meanwhile, 0.99)]
      return [
        { name: `adding ${GENOME_ALLELES} alleles of one person`, value: seconds!, unit: 's', target: '< 30' },
        { name: 'exact p99 alone', value: idleP99, unit: 'ms' },
        { name: `exact p99 of ${meanwhile.length} questions meanwhile`, value: busyP99, unit: 'ms' },
        { name: 'exact p99 meanwhile over alone', value: busyP99 / idleP99, unit: 'ratio', target: '< 3' },
      ]
    } finally {
      await node.stop()
    }
  },
}
