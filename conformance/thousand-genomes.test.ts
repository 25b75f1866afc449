import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readTestConfig } from './support/config.js'
import { forEachConcurrently, postJson } from './support/http-client.js'
import { assertValidAnswer } from './support/valid-answer.js'
import { SHARED_DATA } from './support/paths.js'
import { mustRun, mustRunAll, run, startService, type Service } from './support/processes.js'
import { createRandom } from './support/random.js'
import { describeWithToolsAndShared } from './support/tools.js'
import { changedSpan, countWithBcftools, readByBruteForce, type OracleAllele } from './support/vcf-oracle.js'

const FILE = 'data/htsget/derived/1000G_htsnexus.vcf.gz'
const REGIONS = ['norr', 'mitt', 'syd'] as const
const AT_ONCE = 16
const MINUTES = 60_000

interface Answer {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults?: number }
  readonly info: {
    readonly node: { readonly counts: object }
    readonly complete: boolean
    readonly total: { readonly counts: object; readonly alleleFrequency?: number }
  }
}

function alleleQuestion({ chrom, pos, ref, alt }: OracleAllele): object {
  const g_variant = {
    assemblyId: 'GRCh37',
    referenceName: chrom,
    start: [pos - 1],
    referenceBases: ref,
    alternateBases: alt,
  }
  return question(g_variant)
}

function question(g_variant: object): object {
  const query = { requestParameters: { g_variant }, requestedGranularity: 'count', includeResultsetResponses: 'ALL' }
  return { meta: { apiVersion: 'v2.2.0' }, query }
}

/** All people are diploid, unrelated and of one dataset. */
function expectedCounts({ alleleCount, alleleNumber, heterozygotes, homozygotes }: OracleAllele): object {
  const individuals = heterozygotes + homozygotes
  return { individuals, families: individuals, heterozygotes, homozygotes, hemizygotes: 0, alleleCount, alleleNumber }
}

const { exhaustive } = readTestConfig()
/** One allele of so many is asked of the one node, and of the network. */
const NODE_STRIDE = 4
const NETWORK_STRIDE = 16

/** Every so manyth allele, and every indel: all of them take minutes, and FYR_EXHAUSTIVE asks for them. */
function sampleOf(alleles: readonly OracleAllele[], stride: number): readonly OracleAllele[] {
  if (exhaustive) return alleles
  return alleles.filter(({ ref, alt }, index) => index % stride === 0 || ref.length !== alt.length)
}

const TOO_MANY_REQUESTS = 429
const RETRY_MS = 1_000

/** A hub whose machine is busy asks to be asked later (docs/configuration.md); so says its Retry-After. */
async function askPatiently(url: string, question: object): ReturnType<typeof postJson> {
  for (;;) {
    const answer = await postJson(url, question)
    if (answer.status !== TOO_MANY_REQUESTS) return answer
    await sleep(RETRY_MS)
  }
}

describeWithToolsAndShared(['bcftools'], [FILE], '2,504 individuals of the 1000 Genomes Project', () => {
  const file = join(SHARED_DATA, '..', FILE)
  const directory = mkdtempSync(join(tmpdir(), 'fyr-1000g-'))
  const services: Service[] = []
  let oracle: readonly OracleAllele[]

  async function makeNode(name: string, vcf: string): Promise<string> {
    const home = join(directory, name)
    const dataset = ['--name', '1000 Genomes', '--assembly', 'GRCh37', '--granularity', 'record', '--access', 'public']
    await mustRunAll('node/main.js', [
      ['init', home, '--id', `se.fyr.${name}`, '--name', `Region ${name}`],
      ['dataset', 'add', home, 'kg', ...dataset, '--basis', 'The 1000 Genomes Project is public'],
      ['ingest', home, '--dataset', 'kg', vcf],
    ])
    const service = await startService('node/main.js', 'serve', home, '--port', '0')
    services.push(service)
    return service.url
  }

  beforeAll(async () => {
    oracle = await countWithBcftools(file)
  }, 2 * MINUTES)

  afterAll(async () => {
    for (const service of services) await service.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test(
    `${exhaustive ? 'every' : 'one in four'} sequence alleles and every indel of one node: AC, AN, heterozygotes and homozygotes are those of bcftools`,
    async () => {
      const url = `${await makeNode('whole', file)}/beacon/v2/g_variants`
      expect(oracle.length).toBeGreaterThan(14_000)
      const wrong: object[] = []
      await forEachConcurrently(sampleOf(oracle, NODE_STRIDE), AT_ONCE, async (allele, index) => {
        const { body } = await postJson(url, alleleQuestion(allele))
        const { counts } = (body as Answer).info.node
        const expected = { ...expectedCounts(allele), anBasis: 'called' }
        if (JSON.stringify(sorted(counts)) !== JSON.stringify(sorted(expected))) wrong.push({ allele, counts })
        if (index % 100 === 0) assertValidAnswer('/beacon/v2/g_variants', body)
      })
      expect(wrong).toEqual([])
    },
    4 * MINUTES,
  )

  test(
    '200 random ranges of one node are those of brute force',
    async () => {
      const url = `${services[0]!.url}/beacon/v2/g_variants`
      const alleles = readByBruteForce(file).map((allele) => ({ ...allele, ...changedSpan(allele) }))
      const random = createRandom(20_13)
      for (let round = 0; round < 200; round++) {
        const anchor = alleles[Math.floor(random() * alleles.length)]!
        const start = Math.max(0, anchor.start - Math.floor(random() * 200))
        const end = start + 1 + Math.floor(random() ** 3 * 20_000)
        const matching = alleles.filter(({ chrom, from, to }) => {
          const isTouched = from === to ? start <= from && from < end : from < end && to > start
          return chrom === anchor.chrom && isTouched
        })
        const individuals = new Set(matching.flatMap(({ carriers }) => carriers)).size
        const variants = matching.filter(({ carriers }) => carriers.length > 0).length
        const { body } = await postJson(
          url,
          question({ assemblyId: 'GRCh37', referenceName: anchor.chrom, start: [start], end: [end] }),
        )
        const { counts } = (body as Answer).info.node
        expect({ start, end, counts }).toEqual({ start, end, counts: { variants, individuals, families: individuals } })
      }
    },
    2 * MINUTES,
  )

  test(
    'split by individuals into three nodes, each without the sites it has no carrier of, the hub’s totals are those of the whole',
    async () => {
      const samples = (await run('bcftools', ['query', '-l', file])).stdout.trim().split('\n')
      const hub = join(directory, 'hub')
      await mustRun('hub/main.js', 'init', hub, '--id', 'se.fyr.hub', '--name', 'Fyr', '--allow-private')
      for (const [index, region] of REGIONS.entries()) {
        const mine = samples.filter((_, sample) => sample % REGIONS.length === index)
        const vcf = join(directory, `${region}.vcf.gz`)
        const split = await run('bcftools', ['view', '-s', mine.join(','), '-c1', '-Oz', '-o', vcf, file])
        expect(split).toMatchObject({ code: 0 })
        const url = await makeNode(region, vcf)
        await mustRun(
          ...(['hub/main.js', 'region', 'add', hub, '--id', `se.fyr.${region}`, '--name', region] as const),
          ...['--url', `${url}/beacon/v2`],
        )
      }
      const service = await startService('hub/main.js', 'serve', hub, '--port', '0')
      services.push(service)
      const wrong: object[] = []
      await forEachConcurrently(sampleOf(oracle, NETWORK_STRIDE), AT_ONCE, async (allele, index) => {
        const { body } = await askPatiently(`${service.url}/beacon/v2/g_variants`, alleleQuestion(allele))
        const { total, complete } = (body as Answer).info
        const { anBasis: _, ...counts } = total.counts as { anBasis: string }
        const isRight = JSON.stringify(sorted(counts)) === JSON.stringify(sorted(expectedCounts(allele)))
        const frequency = allele.alleleCount / allele.alleleNumber
        if (!isRight || !complete || total.alleleFrequency !== frequency) wrong.push({ allele, total, complete })
        if (index % 100 === 0) assertValidAnswer('/beacon/v2/g_variants', body)
      })
      expect(wrong.slice(0, 5)).toEqual([])
      expect(wrong).toHaveLength(0)
    },
    5 * MINUTES,
  )
})

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
