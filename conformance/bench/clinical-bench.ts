import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, startService } from '../support/processes.js'
import { median, type Bench, type Figure } from './bench.js'
import { GENOME_ALLELES, writeGenome } from './genome-file.js'

/** A large clinical laboratory's real size, and what of it is written unless the command line says otherwise. */
const REAL_ALLELES = 270_000_000
const ALLELES = 50_000_000
const SMALL_ALLELES = 100_000
const PEOPLE = 10_000
/** More than an allele takes; some room is left for others. */
const BYTES_PER_ALLELE = 600
const SPARE_BYTES = 5e9

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1_000
}

/** The p50 of exact questions among all alleles over that among few, and the former: over HTTP, and of the store alone. */
async function measureExact(home: string, alleles: number, when: string): Promise<readonly Figure[]> {
  const node = await startService('node/main.js', 'serve', home, '--port', '0')
  try {
    const overHttp = await compare(home, alleles, `${when}, over HTTP`, node.url)
    return [...overHttp, ...(await compare(home, alleles, `${when}, in the store`))]
  } finally {
    await node.stop()
  }
}

async function compare(home: string, alleles: number, when: string, ...url: string[]): Promise<readonly Figure[]> {
  const named = [`small=${SMALL_ALLELES}`, `clinical=${alleles}`]
  const printed = await mustRun('node/testing/measure-exact.js', home, ...named, ...url)
  const { small, clinical } = JSON.parse(printed) as Record<'small' | 'clinical', readonly number[]>
  const ratios = clinical.map((value, round) => value / small[round]!)
  return [
    {
      name: `exact p50, ${alleles} over ${SMALL_ALLELES} alleles, ${when}`,
      value: median(ratios),
      rounds: ratios,
      unit: 'ratio',
      target: '<= 1.5',
    },
    { name: `exact p50 among ${alleles} alleles, ${when}`, value: median(clinical), rounds: clinical, unit: 'us' },
  ]
}

/** Everything is below the directory of the run, and goes with it. */
export const clinicalBench: Bench = {
  name: 'clinical',
  about: `${ALLELES / 1e6} million alleles of 10,000 people, and a genome added to them (--alleles N: of so many); only when named`,
  async run(directory, log, { alleles = ALLELES }) {
    const { bavail, bsize } = statfsSync(directory)
    if (bavail * bsize < alleles * BYTES_PER_ALLELE + SPARE_BYTES) {
      throw new Error(`${alleles} alleles may not fit into the ${((bavail * bsize) / 1e9).toFixed(0)} GB that are free`)
    }
    const home = join(directory, 'home')
    const genome = join(directory, 'genome.vcf.gz')
    await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
    const write = (id: string, count: number) =>
      mustRun('node/testing/large-dataset.js', home, id, String(count), String(PEOPLE))
    await write('small', SMALL_ALLELES)
    log(`writing ${alleles} alleles of ${PEOPLE} people`)
    const writing = await secondsOf(() => write('clinical', alleles))
    const bytes = statSync(join(home, 'datasets/clinical/segments/large-0.sqlite')).size
    log(`${writing.toFixed(0)} s, ${(bytes / 1e9).toFixed(1)} GB; writing a genome`)
    await writeGenome(genome)
    log('asking')
    const before = await measureExact(home, alleles, 'one segment')
    log('adding the genome')
    const adding = await secondsOf(() => mustRun('node/main.js', 'ingest', home, '--dataset', 'clinical', genome))
    log('asking again')
    const after = await measureExact(home, alleles, 'with the genome')
    return [
      { name: `writing ${alleles} alleles of ${PEOPLE} people`, value: writing, unit: 's' },
      { name: 'on disk', value: bytes / 1e9, unit: 'GB' },
      { name: `projected for ${REAL_ALLELES} alleles`, value: (bytes / 1e9 / alleles) * REAL_ALLELES, unit: 'GB' },
      ...before,
      { name: `adding a genome of ${GENOME_ALLELES} alleles`, value: adding, unit: 's' },
      ...after,
    ]
  },
}
