import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { commandPath, SHARED_DATA } from '../support/paths.js'
import { mustRun } from '../support/processes.js'
import { median, type Bench, type Figure } from './bench.js'
import { writeCallFields, writeShiftedCopies } from './ingest-bench-files.js'

/** 14,747 records of 2,504 people (1000 Genomes Project, phase 3, parts of chromosomes 21 and 22). */
const THOUSAND_GENOMES = join(SHARED_DATA, 'htsget/derived/1000G_htsnexus.vcf.gz')
const ROUNDS = 3
const POLL_MS = 10
const KIBIBYTES_PER_MEGABYTE = 1e6 / 1024

/** Time and memory of loading a VCF file, beside `bcftools view -Ou` reading the same file. */
export const ingestBench: Bench = {
  name: 'ingest',
  about: 'fyr-node ingest against bcftools view -Ou: 118,000 records of 2,504 people, and GT:AD:DP:GQ:PL',
  async run(directory, log) {
    const figures: Figure[] = []
    if (existsSync(THOUSAND_GENOMES)) {
      const copies = join(directory, 'copies.vcf.gz')
      const records = await writeShiftedCopies(THOUSAND_GENOMES, copies)
      log(`${records} records of 2,504 people, ${megabytes(copies)} MB`)
      figures.push(...(await compare(directory, 'GT', copies, '<= 0.6', log)))
    } else {
      log(`skipped the 1000 Genomes file: it is not beside the project`)
    }
    const fields = join(directory, 'fields.vcf.gz')
    await writeCallFields(fields)
    log(`GT:AD:DP:GQ:PL, ${megabytes(fields)} MB`)
    figures.push(...(await compare(directory, 'GT:AD:DP:GQ:PL', fields, '<= 0.8', log)))
    return figures
  },
}

function megabytes(path: string): number {
  return Math.round(statSync(path).size / 1e6)
}

/** Both commands in turn, so that what else the machine does falls on both. */
async function compare(
  directory: string,
  name: string,
  file: string,
  target: string,
  log: (line: string) => void,
): Promise<Figure[]> {
  const home = join(directory, name.replaceAll(':', '-'))
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
  const seconds: number[] = []
  const oracle: number[] = []
  const peaks: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const theirs = await measure('bcftools', ['view', '-Ou', file])
    const dataset = `d${round}`
    await mustRun('node/main.js', 'dataset', 'add', home, dataset, '--name', 'D', '--assembly', 'GRCh37')
    const ours = await measure(process.execPath, [
      ...[commandPath('node/main.js'), 'ingest', home, '--json', '--dataset', dataset, file],
    ])
    checkReport(ours.stdout)
    oracle.push(theirs.seconds)
    seconds.push(ours.seconds)
    peaks.push(ours.peakMegabytes)
    log(`${name}: ${ours.seconds.toFixed(2)} s, bcftools ${theirs.seconds.toFixed(2)} s`)
  }
  return [
    { name: `${name}: ingest`, unit: 's', value: median(seconds) },
    { name: `${name}: bcftools view -Ou`, unit: 's', value: median(oracle) },
    { name: `${name}: ingest / bcftools`, unit: 'ratio', value: median(seconds) / median(oracle), target },
    { name: `${name}: peak memory`, unit: 'MB', value: Math.max(...peaks), target: '< 400' },
  ]
}

/** A quick ingest that stored little would be no figure. */
function checkReport(json: string): void {
  const { records, alleles } = JSON.parse(json) as { records: number; alleles: number }
  if (alleles < 0.99 * records) throw new Error(`${alleles} distinct alleles of ${records} records`)
}

interface Measured {
  readonly seconds: number
  /** Of the process with all its threads. */
  readonly peakMegabytes: number
  readonly stdout: string
}

/** Runs a command to its end; what bcftools writes is thrown away by the system, as with `> /dev/null`. */
async function measure(program: string, args: readonly string[]): Promise<Measured> {
  const keepsOutput = program === process.execPath
  const startedAt = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', keepsOutput ? 'pipe' : 'ignore', 'inherit'] })
  const exit = once(child, 'exit') as Promise<[number | null]>
  let kibibytes = 0
  const timer = setInterval(() => (kibibytes = Math.max(kibibytes, readPeak(child.pid!))), POLL_MS)
  const output = child.stdout === null ? Promise.resolve('') : readAll(child.stdout)
  const [code] = await exit
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(timer)
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
  return { seconds, peakMegabytes: kibibytes / KIBIBYTES_PER_MEGABYTE, stdout: await output }
}

async function readAll(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

/** The kernel's own high-water mark (proc(5), VmHWM), KiB; 0 where there is none. */
function readPeak(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
