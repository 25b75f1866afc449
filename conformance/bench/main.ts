import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { readVersion } from '../../schemas/index.js'
import { meetsTarget, type Bench, type Figure } from './bench.js'
import { genomeBench } from './genome-bench.js'
import { htsgetBench } from './htsget-bench.js'
import { httpBench } from './http-bench.js'
import { hubBench } from './hub-bench.js'
import { ingestBench } from './ingest-bench.js'
import { modelBench } from './model-bench.js'
import { storeBench } from './store-bench.js'

/** Every benchmark, in the order they are run. */
const BENCHES: readonly Bench[] = [ingestBench, genomeBench, storeBench, modelBench, httpBench, htsgetBench, hubBench]

const RESULTS = 'bench-results.json'

interface BenchResult {
  readonly bench: string
  readonly figures: readonly (Figure & { readonly met?: boolean })[]
}

function machineFacts(): object {
  const [cpu] = cpus()
  return {
    cpu: cpu?.model,
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    fyr: readVersion(),
  }
}

function toTable({ bench, figures }: BenchResult): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map(({ name, value, unit, target, met }) => {
    const verdict = met === undefined ? '' : `  (${met ? 'meets' : 'MISSES'} ${target ?? ''})`
    return `  ${name.padEnd(width)}  ${String(Number(value.toPrecision(4))).padStart(10)} ${unit}${verdict}`
  })
  return `${bench}\n${lines.join('\n')}\n`
}

async function runBench(bench: Bench): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), `fyr-bench-${bench.name}-`))
  try {
    const figures = await bench.run(directory, (line) => process.stderr.write(`${bench.name}: ${line}\n`))
    return {
      bench: bench.name,
      figures: figures.map((figure) => {
        const met = meetsTarget(figure)
        return met === undefined ? figure : { ...figure, met }
      }),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !BENCHES.some((bench) => bench.name === name))
if (unknown !== undefined) {
  const known = BENCHES.map(({ name, about }) => `  ${name}: ${about}`).join('\n')
  process.stderr.write(`there is no benchmark "${unknown}"; there are\n${known}\n`)
  process.exitCode = 2
} else {
  const results: BenchResult[] = []
  for (const bench of BENCHES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const result = await runBench(bench)
    process.stdout.write(toTable(result))
    results.push(result)
  }
  writeFileSync(RESULTS, `${JSON.stringify({ machine: machineFacts(), results }, null, 2)}\n`)
  process.stdout.write(`wrote ${RESULTS}\n`)
}
