import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readVersion } from '../../schemas/index.js'
import { accessBench } from './access-bench.js'
import { meetsTarget, type Bench, type BenchOptions, type Figure } from './bench.js'
import { clinicalBench } from './clinical-bench.js'
import { genomeBench } from './genome-bench.js'
import { htsgetBench } from './htsget-bench.js'
import { httpBench } from './http-bench.js'
import { hubBench } from './hub-bench.js'
import { ingestBench } from './ingest-bench.js'
import { modelBench } from './model-bench.js'
import { storeBench } from './store-bench.js'

/** What is run, in this order, when nothing is named. */
const BENCHES: readonly Bench[] = [
  ingestBench,
  genomeBench,
  storeBench,
  modelBench,
  httpBench,
  accessBench,
  htsgetBench,
  hubBench,
]
/** Those that are run only when they are named: they take long and much of the disk. */
const NAMED_ONLY: readonly Bench[] = [clinicalBench]
const ALL = [...BENCHES, ...NAMED_ONLY]

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

async function runBench(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), `fyr-bench-${bench.name}-`))
  try {
    const figures = await bench.run(directory, (line) => process.stderr.write(`${bench.name}: ${line}\n`), options)
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

const known = ALL.map(({ name, about }) => `  ${name}: ${about}`).join('\n')
const USAGE = `usage: npm run bench -- [NAME…] [--large] [--alleles N]
  --large      the same as ${modelBench.name}
  --alleles N  so many alleles instead of the usual number, where a benchmark says so
without a name all are run but those that say otherwise; there are
${known}
`

interface Wanted {
  readonly help: boolean
  readonly names: readonly string[]
  readonly options: BenchOptions
}

/** @throws Error for what is no benchmark and no number */
function readWanted(): Wanted {
  const { values, positionals } = parseArgs({
    options: { large: { type: 'boolean' }, alleles: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  const unknown = positionals.find((name) => !ALL.some((bench) => bench.name === name))
  if (unknown !== undefined) throw new TypeError(`there is no benchmark "${unknown}"`)
  const alleles = Number(values.alleles)
  if (values.alleles !== undefined && !(Number.isInteger(alleles) && alleles > 0)) {
    throw new TypeError(`--alleles takes a number, not "${values.alleles}"`)
  }
  return {
    help: values.help === true,
    names: [...positionals, ...(values.large ? [modelBench.name] : [])],
    options: values.alleles === undefined ? {} : { alleles },
  }
}

let wanted: Wanted | undefined
try {
  wanted = readWanted()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  process.exitCode = 2
}
if (wanted?.help) {
  process.stdout.write(USAGE)
} else if (wanted) {
  const { names, options } = wanted
  const results: BenchResult[] = []
  for (const bench of names.length === 0 ? BENCHES : ALL.filter(({ name }) => names.includes(name))) {
    const result = await runBench(bench, options)
    process.stdout.write(toTable(result))
    results.push(result)
  }
  writeFileSync(RESULTS, `${JSON.stringify({ machine: machineFacts(), results }, null, 2)}\n`)
  process.stdout.write(`wrote ${RESULTS}\n`)
}
