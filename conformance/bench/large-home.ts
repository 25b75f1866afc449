import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { commandPath } from '../support/paths.js'
import { mustRun, run } from '../support/processes.js'
import { createRandom } from '../support/random.js'

/** A node with a large made-up dataset (node/testing/large-dataset.ts), a small one and one of several segments, of the same people. */
export interface LargeHome {
  readonly home: string
  /** A part of the large dataset as indexed BCF. */
  readonly slice: string
  /** Names of the people whom the term with all others below it leaves, a line each. */
  readonly filteredNames: string
  readonly truth: LargeTruth
}

export interface LargeParameters {
  readonly alleles: number
  readonly people: number
}

export const SMALL_ALLELES = 100_000
/** Of a dataset of several segments. */
const PARTED_SHARE = 1 / 10
const SLICE_ALLELES = 100_000
const SEGMENTS = 3
/** Descendants of the term that is asked, and the most terms of one person; four of ten people have none. */
export const DESCENDANTS = 500
const MOST_TERMS = 5
const SHARE_WITH_TERMS = 0.6
const SEED = 7

export interface AlleleTruth {
  readonly individuals: number
  readonly heterozygotes: number
  readonly homozygotes: number
  readonly alleleCount: number
  readonly alleleNumber: number
}

export interface ExactTruth {
  /** 0-based, trimmed. */
  readonly variant: {
    readonly contig: number
    readonly start: number
    readonly referenceBases: string
    readonly alternateBases: string
  }
  readonly all: AlleleTruth
  readonly filtered: AlleleTruth
}

export interface SeveralTruth {
  readonly variants: number
  readonly individuals: number
}

/** What node/testing/large-truth.ts prints. */
export interface LargeTruth {
  readonly people: number
  readonly filteredPeople: number
  readonly gene: { readonly symbol: string; readonly contig: number; readonly start: number; readonly end: number }
  readonly exact: readonly ExactTruth[]
  /** Of the gene, the same in all datasets. */
  readonly dense: readonly ExactTruth[]
  readonly ranges: readonly (SeveralTruth & { readonly contig: number; readonly start: number; readonly end: number })[]
  readonly brackets: readonly BracketTruth[]
  readonly wideBrackets: readonly BracketTruth[]
  /** The gene by annotation, the same in all datasets. */
  readonly noted: GeneTruth
  /** By its place, in a dataset of so many alleles. */
  readonly placed: readonly (GeneTruth & { readonly alleles: number })[]
}

export interface GeneTruth {
  readonly all: SeveralTruth
  readonly byType: Readonly<Record<string, SeveralTruth>>
}

export interface BracketTruth extends SeveralTruth {
  readonly contig: number
  readonly start: readonly [number, number]
  readonly end: readonly [number, number]
}

export function termId(number: number): string {
  return `TST:${String(number).padStart(7, '0')}`
}

/** The gene table has the annotated gene's place under this name. */
export const PLACED_GENE = 'PLACED'

/** One term with all others below it, three levels deep. */
function toObo(): string {
  const stanzas = Array.from({ length: DESCENDANTS }, (_, index) => {
    const parent = index < 20 ? 0 : 1 + (index % 20)
    return `[Term]\nid: ${termId(index + 1)}\nname: term ${index + 1}\nis_a: ${termId(parent)}\n`
  })
  return `format-version: 1.2\nontology: tst\n\n[Term]\nid: ${termId(0)}\nname: all\n\n${stanzas.join('\n')}`
}

interface Person {
  readonly id: string
  readonly sex: object
  readonly phenotypicFeatures: readonly object[]
}

function createPeople(people: number): readonly Person[] {
  const random = createRandom(SEED)
  return Array.from({ length: people }, (_, person) => ({
    id: `p${person}`,
    sex: { id: 'NCIT:C16576', label: 'female' },
    phenotypicFeatures: Array.from(
      { length: random() < SHARE_WITH_TERMS ? 1 + Math.floor(MOST_TERMS * random()) : 0 },
      () => ({ featureType: { id: termId(1 + Math.floor(random() * DESCENDANTS)) } }),
    ),
  }))
}

async function timed<T>(log: (line: string) => void, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  log(`${what}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
  return result
}

function megabytesOf(path: string): string {
  return `${(statSync(path).size / 1e6).toFixed(0)} MB`
}

/** The large one is the first. */
export function datasetsOf(alleles: number) {
  return [
    { id: 'large', alleles, segments: 1 },
    { id: 'parted', alleles: Math.max(SMALL_ALLELES, Math.floor(alleles * PARTED_SHARE)), segments: SEGMENTS },
    { id: 'small', alleles: SMALL_ALLELES, segments: 1 },
  ] as const
}

async function writeAll(
  directory: string,
  { alleles, people }: LargeParameters,
  log: (line: string) => void,
): Promise<void> {
  const home = join(directory, 'home')
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
  for (const { id, alleles: count, segments } of datasetsOf(alleles)) {
    await timed(log, `writing ${count} alleles of ${people} people in ${segments} segment(s)`, () =>
      mustRun('node/testing/large-dataset.js', home, id, String(count), String(people), String(segments)),
    )
  }
  log(`the large one takes ${megabytesOf(join(home, 'datasets/large/segments/large-0.sqlite'))}`)
  await timed(log, `exporting ${SLICE_ALLELES} alleles as BCF`, () => exportSlice(home, join(directory, 'slice.bcf')))
  const made = createPeople(people)
  const filtered = made.filter(({ phenotypicFeatures }) => phenotypicFeatures.length > 0).map(({ id }) => id)
  write('filtered.txt', `${filtered.join('\n')}\n`)
  const numbers = write('filtered.json', JSON.stringify(filtered.map((id) => Number(id.slice(1)) + 1)))
  const others = datasetsOf(alleles)
    .slice(1)
    .map((dataset) => String(dataset.alleles))
  await timed(log, 'working out what is true', async () =>
    write(
      'truth.json',
      await mustRun('node/testing/large-truth.js', String(alleles), String(people), numbers, ...others),
    ),
  )
  const { gene } = JSON.parse(readFileSync(join(directory, 'truth.json'), 'utf8')) as LargeTruth
  const columns = [
    gene.contig,
    'x',
    'gene',
    gene.start + 1,
    gene.end,
    '.',
    '+',
    '.',
    `ID=gene-P;Name=P;gene=${PLACED_GENE}`,
  ]
  await timed(log, 'storing phenotypes, an ontology and a gene', async () => {
    await mustRun('node/main.js', 'ontology', 'add', home, write('tst.obo', toObo()))
    await mustRun('node/main.js', 'ingest', home, '--dataset', 'large', write('individuals.json', JSON.stringify(made)))
    const gff = write('genes.gff3', `##gff-version 3\n${columns.join('\t')}\n`)
    await mustRun('node/main.js', 'genes', 'add', home, '--assembly', 'GRCh38', gff)
  })
}

async function exportSlice(home: string, path: string): Promise<void> {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const script = quote(commandPath('node/testing/export-slice.js'))
  const from = `${quote(process.execPath)} ${script} ${quote(home)} large 1 100000000 ${SLICE_ALLELES}`
  const piped = `set -o pipefail; ${from} | bcftools view -Ob --threads 1 -o ${quote(path)} && bcftools index ${quote(path)}`
  const { code, stderr } = await run('bash', ['-c', piped])
  if (code !== 0) throw new Error(`the export ended with ${code}: ${stderr}`)
}

/** What decides the bytes of a node's files. */
const WRITERS = [
  'variants/sqlite/layout.js',
  'variants/sqlite/segment-writer.js',
  'variants/sqlite/bin-totals.js',
  'variants/sqlite/annotation-tables.js',
  'variants/genes/gene-tables.js',
  'metadata/ontologies/ontology-file.js',
]

/** Data are made once for the same parameters and the same rules, and kept among the temporary files. */
function cacheOf(parameters: LargeParameters): string {
  const hash = createHash('sha256').update(JSON.stringify({ parameters, SMALL_ALLELES, SLICE_ALLELES, SEGMENTS }))
  for (const script of ['large-alleles.js', 'large-dataset.js', 'large-truth.js', 'export-slice.js']) {
    hash.update(readFileSync(commandPath(`node/testing/${script}`)))
  }
  for (const script of WRITERS) hash.update(readFileSync(commandPath(`node/${script}`)))
  hash.update(readFileSync(commandPath('conformance/bench/large-home.js')))
  return join(tmpdir(), `fyr-bench-data-${hash.digest('hex').slice(0, 16)}`)
}

/**
 * A node of its own below `directory`: it shares only the segments, which nothing changes, with the data that are kept.
 */
export async function prepareLargeHome(
  directory: string,
  parameters: LargeParameters,
  log: (line: string) => void,
): Promise<LargeHome> {
  const cache = cacheOf(parameters)
  if (!existsSync(cache)) {
    const unfinished = `${cache}.${process.pid}`
    try {
      mkdirSync(unfinished)
      await timed(log, 'all data', () => writeAll(unfinished, parameters, log))
      renameSync(unfinished, cache)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  log(`data in ${cache}`)
  const home = join(directory, basename(cache))
  cpSync(join(cache, 'home'), home, {
    recursive: true,
    filter(source, target) {
      const isSegment = /segments\/[^/]+\.sqlite$/.test(source)
      if (isSegment) linkSync(source, target)
      return !isSegment
    },
  })
  return {
    home,
    slice: join(cache, 'slice.bcf'),
    filteredNames: join(cache, 'filtered.txt'),
    truth: JSON.parse(readFileSync(join(cache, 'truth.json'), 'utf8')) as LargeTruth,
  }
}
