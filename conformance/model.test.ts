import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTestConfig } from './support/config.js'
import { forEachConcurrently, postJson } from './support/http-client.js'
import {
  makeUpFilter,
  makeUpPeople,
  meetsFilter,
  toBeaconFiles,
  writeOntology,
  type AskedFilter,
  type MadeUpPerson,
} from './support/made-up-people.js'
import { SHARED_DATA } from './support/paths.js'
import { mustRunAll, run, startService, type Service } from './support/processes.js'
import { createRandom } from './support/random.js'
import { describeWithToolsAndShared } from './support/tools.js'
import { changedSpan, readByBruteForce } from './support/vcf-oracle.js'

const FILE = 'data/htsget/derived/1000G_htsnexus.vcf.gz'
const MINUTES = 60_000
const QUESTIONS = readTestConfig().exhaustive ? 2_000 : 120
const AT_ONCE = 8
const GENES = 12
const PATHS = ['g_variants', 'individuals', 'biosamples', 'runs', 'analyses'] as const

interface Allele {
  readonly chrom: string
  readonly ref: string
  readonly alt: string
  readonly pos: number
  readonly from: number
  readonly to: number
  readonly carriers: readonly number[]
}

interface Gene {
  readonly symbol: string
  readonly chrom: string
  readonly start: number
  readonly end: number
}

interface AskedQuestion {
  readonly path: (typeof PATHS)[number]
  readonly filters: readonly (AskedFilter | readonly AskedFilter[])[]
  readonly g_variant?: Readonly<Record<string, unknown>>
  /** The alleles that the parameters mean, found by reading all. */
  readonly alleles?: readonly Allele[]
}

interface Answer {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults?: number }
  readonly info: {
    readonly node: {
      readonly counts?: { readonly individuals: number; readonly variants?: number; readonly alleleNumber?: number }
      readonly bounds: { readonly individuals: { readonly lower: number; readonly upper: number | null } }
    }
  }
}

describeWithToolsAndShared(['bcftools'], [FILE], 'the whole model on 2,504 people with made-up phenotypes', () => {
  const file = join(SHARED_DATA, '..', FILE)
  const directory = mkdtempSync(join(tmpdir(), 'fyr-model-'))
  const random = createRandom(4)
  let service: Service
  let people: readonly MadeUpPerson[]
  let alleles: readonly Allele[]
  let genes: readonly Gene[]

  beforeAll(async () => {
    const names = (await run('bcftools', ['query', '-l', file])).stdout.trim().split('\n')
    people = makeUpPeople(names, random)
    alleles = readByBruteForce(file).map((allele) => ({ ...allele, pos: allele.start, ...changedSpan(allele) }))
    genes = Array.from({ length: GENES }, (_, index): Gene => {
      const near = alleles[Math.floor(random() * alleles.length)]!
      const start = Math.max(0, near.from - Math.floor(random() * 5_000))
      return { symbol: `GENE${index}`, chrom: near.chrom, start, end: start + 1 + Math.floor(random() * 10_000) }
    })
    const write = (name: string, text: string) => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const home = join(directory, 'node')
    const files = Object.entries(toBeaconFiles(people)).map(([name, records]) => write(name, JSON.stringify(records)))
    const rows = genes.map(({ symbol, chrom, start, end }) =>
      [chrom, 'x', 'gene', start + 1, end, '.', '+', '.', `ID=gene-${symbol};Name=${symbol};gene=${symbol}`].join('\t'),
    )
    const gff = write('genes.gff3', `##gff-version 3\n${rows.join('\n')}\n`)
    const obo = write('tst.obo', writeOntology())
    const options = ['--assembly', 'GRCh37', '--granularity', 'count', '--access', 'public', '--basis', 'public data']
    await mustRunAll('node/main.js', [
      ['init', home, '--id', 'se.fyr.model', '--name', 'Model'],
      ['dataset', 'add', home, 'kg', '--name', '1000 Genomes', ...options],
      ['ontology', 'add', home, obo],
      ['genes', 'add', home, '--assembly', 'GRCh37', gff],
      ['ingest', home, '--dataset', 'kg', file],
      ['ingest', home, '--dataset', 'kg', ...files],
    ])
    service = await startService('node/main.js', 'serve', home, '--port', '0')
  }, 3 * MINUTES)

  afterAll(async () => {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  function overlapping(chrom: string, start: number, end: number): readonly Allele[] {
    return alleles.filter((allele) => {
      const isTouched =
        allele.from === allele.to ? start <= allele.from && allele.from < end : allele.from < end && allele.to > start
      return allele.chrom === chrom && isTouched
    })
  }

  /** A question about alleles near one that is there, so that few find nothing. */
  function aboutAlleles(): Pick<AskedQuestion, 'g_variant' | 'alleles'> {
    const near = alleles[Math.floor(random() * alleles.length)]!
    const place = { assemblyId: 'GRCh37', referenceName: near.chrom }
    const kind = Math.floor(random() * 4)
    if (kind === 0 && !near.alt.startsWith('<')) {
      const g_variant = { ...place, start: [near.pos], referenceBases: near.ref, alternateBases: near.alt }
      return { g_variant, alleles: [near] }
    }
    if (kind === 1) {
      const gene = genes[Math.floor(random() * genes.length)]!
      return {
        g_variant: { assemblyId: 'GRCh37', geneId: gene.symbol },
        alleles: overlapping(gene.chrom, gene.start, gene.end),
      }
    }
    const width = 1 + Math.floor(random() ** 2 * 5_000)
    if (kind === 2) {
      const start = [Math.max(0, near.from - width), near.from + width] as const
      const end = [near.to, near.to + 2 * width] as const
      const found = alleles.filter(
        ({ chrom, from, to }) =>
          chrom === near.chrom && start[0] <= from && from < start[1] && Math.max(1, end[0]) <= to && to < end[1],
      )
      return { g_variant: { ...place, start, end: [Math.max(1, end[0]), end[1]] }, alleles: found }
    }
    const start = Math.max(0, near.from - Math.floor(width / 2))
    return {
      g_variant: { ...place, start: [start], end: [start + width] },
      alleles: overlapping(near.chrom, start, start + width),
    }
  }

  function makeUpQuestion(): AskedQuestion {
    const path = PATHS[Math.floor(random() * PATHS.length)]!
    const filters = Array.from({ length: Math.floor(random() * 4) }, () =>
      random() < 0.15 ? [makeUpFilter(random), makeUpFilter(random)] : makeUpFilter(random),
    )
    return path === 'g_variants' || random() < 0.6 ? { path, filters, ...aboutAlleles() } : { path, filters }
  }

  /** Everything by reading every person and every allele. */
  function expectedOf({ path, filters, alleles: asked }: AskedQuestion): object {
    const groups = filters.map((item) =>
      Array.isArray(item) ? (item as readonly AskedFilter[]) : [item as AskedFilter],
    )
    const meets = (person: MadeUpPerson, samples: MadeUpPerson['samples']) =>
      groups.every((group) => group.some((filter) => meetsFilter(person, samples, filter)))
    const matching = new Set(people.flatMap((person, index) => (meets(person, person.samples) ? [index] : [])))
    const carriers = asked && new Set(asked.flatMap((allele) => allele.carriers))
    if (path === 'g_variants') {
      const variants = asked!.filter((allele) => allele.carriers.some((person) => matching.has(person))).length
      const individuals = [...carriers!].filter((person) => matching.has(person)).length
      return { numTotalResults: variants, individuals }
    }
    const isCarrier = (index: number) => carriers?.has(index) ?? true
    if (path === 'individuals') {
      const found = [...matching].filter(isCarrier).length
      return { numTotalResults: found, individuals: found }
    }
    const records = people.flatMap((person, index) =>
      isCarrier(index)
        ? person.samples.filter((sample) => meetsRecord(person, sample, path, groups)).map(() => index)
        : [],
    )
    return { numTotalResults: records.length, individuals: new Set(records).size }
  }

  /** A filter on records of another kind holds of a record when it holds of one of its person's. */
  function meetsRecord(
    person: MadeUpPerson,
    sample: MadeUpPerson['samples'][number],
    path: AskedQuestion['path'],
    groups: readonly (readonly AskedFilter[])[],
  ): boolean {
    const own = { biosamples: ['collectionDate', 'UBERON:'], runs: ['platform'], analyses: [] as string[] }[
      path as 'biosamples'
    ]
    const isOwn = ({ id }: AskedFilter) => own.some((prefix) => id.startsWith(prefix))
    return groups.every((group) =>
      group.some((filter) => meetsFilter(person, isOwn(filter) ? [sample] : person.samples, filter)),
    )
  }

  test(
    `${QUESTIONS} random questions over all entry types give what reading everything gives`,
    async () => {
      const asked = Array.from({ length: QUESTIONS }, makeUpQuestion)
      const wrong: object[] = []
      let found = 0
      await forEachConcurrently(asked, AT_ONCE, async (question) => {
        const { path, filters, g_variant } = question
        const query = {
          requestedGranularity: 'count',
          includeResultsetResponses: 'ALL',
          ...(g_variant ? { requestParameters: { g_variant } } : {}),
          ...(filters.length > 0 ? { filters } : {}),
        }
        const { status, body } = await postJson(`${service.url}/beacon/v2/${path}`, {
          meta: { apiVersion: 'v2.1.1' },
          query,
        })
        const expected = expectedOf(question)
        if (status !== 200) return void wrong.push({ path, query, status, body })
        const { responseSummary, info } = body as Answer
        const { lower, upper } = info.node.bounds.individuals
        const got = {
          numTotalResults: responseSummary.numTotalResults,
          individuals: info.node.counts?.individuals ?? lower,
        }
        if (lower > 0) found++
        if (lower !== upper || JSON.stringify(got) !== JSON.stringify(expected))
          wrong.push({ path, query, got, expected })
      })
      expect(wrong.slice(0, 5)).toEqual([])
      // Questions that find nobody are easily right.
      expect(found).toBeGreaterThan(QUESTIONS / 3)
    },
    5 * MINUTES,
  )
})
