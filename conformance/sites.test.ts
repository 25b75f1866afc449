import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { forEachConcurrently, postJson } from './support/http-client.js'
import { createRandom } from './support/mutate-vcf.js'
import { mustRunAll, run, startService, type Service } from './support/processes.js'
import { describeWithTools } from './support/tools.js'

const SAMPLES = 40
const RECORDS = 250

interface Question {
  readonly chrom: string
  readonly pos: number
  readonly ref: string
  readonly alt: string
}

interface Answer {
  readonly response: {
    readonly resultSets: readonly { readonly exists: boolean; readonly info: { readonly counts: Counts } }[]
  }
}

type Counts = Readonly<Record<string, number | string | boolean>>

/** What both ingests can know. */
const FIELDS = ['individuals', 'heterozygotes', 'homozygotes', 'hemizygotes', 'alleleCount', 'alleleNumber', 'anBasis']

describeWithTools(['bcftools'], 'a sites-only export of genotypes', () => {
  const random = createRandom(20_26)
  const below = (limit: number) => Math.floor(random() * limit)
  const directory = mkdtempSync(join(tmpdir(), 'fyr-sites-'))
  const home = join(directory, 'node')
  const samples = Array.from({ length: SAMPLES }, (_, index) => `s${index}`)
  const isMale = (index: number) => index % 2 === 0
  const questions: Question[] = []
  let service: Service

  function genotype(chrom: string, column: number, alts: number): string {
    const allele = () => (random() < 0.2 ? 1 + below(alts) : 0)
    if (random() < 0.05) return chrom === 'X' && isMale(column) ? '.' : './.'
    return chrom === 'X' && isMale(column) ? String(allele()) : `${allele()}/${allele()}`
  }

  function makeLines(): readonly string[] {
    const lines: string[] = []
    for (const chrom of ['1', 'X']) {
      for (let index = 0; index < RECORDS; index++) {
        const pos = 50_000_000 + 20 * index
        const ref = 'ACGT'[below(4)]! + 'ACGT'[below(4)]!
        const possible = [`${'ACGT'.replace(ref[0]!, '')[below(3)]!}${ref[1]!}`, ref[0]!, `${ref}${'ACGT'[below(4)]!}`]
        const alts = possible.slice(0, 1 + below(3))
        for (const alt of alts) questions.push({ chrom, pos, ref, alt })
        questions.push({ chrom, pos, ref, alt: `${ref[0]!}TTTTT${ref[1]!}` })
        const calls = samples.map((_, column) => genotype(chrom, column, alts.length))
        const filter = random() < 0.1 ? 'LowQual' : 'PASS'
        lines.push(`${chrom} ${pos} . ${ref} ${alts.join(',')} . ${filter} . GT ${calls.join(' ')}`)
      }
    }
    return lines
  }

  beforeAll(async () => {
    const file = join(directory, 'genotypes.vcf')
    const sites = join(directory, 'sites.vcf.gz')
    const plain = join(directory, 'plain.vcf.gz')
    const headers = [
      '##FILTER=<ID=LowQual,Description="x">',
      '##contig=<ID=1>',
      '##contig=<ID=X>',
      '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
    ]
    const text = toVcf({ samples, lines: makeLines() }).replace('\n', `\n${headers.join('\n')}\n`)
    writeFileSync(file, text)
    const ped = join(directory, 'people.ped')
    writeFileSync(ped, samples.map((name, index) => `${name} ${name} 0 0 ${isMale(index) ? 1 : 2} 0\n`).join(''))
    const tags = 'bcftools +fill-tags "$1" -Ou -- -t "$3" | bcftools view -G -Oz -o "$2"'
    const makeSites = async (target: string, wanted: string) => {
      const { code, stderr } = await run('bash', ['-o', 'pipefail', '-c', tags, 'sites', file, target, wanted])
      if (code !== 0) throw new Error(stderr)
    }
    await makeSites(sites, 'AC,AN,AC_Het,AC_Hom,AC_Hemi')
    await makeSites(plain, 'AC,AN')
    const options = ['--assembly', 'GRCh38', '--granularity', 'count', '--access', 'public', '--basis', 'made up']
    await mustRunAll('node/main.js', [
      ['init', home, '--id', 'se.fyr.sites', '--name', 'Region'],
      ...['genotypes', 'sites', 'plain'].map((id) => ['dataset', 'add', home, id, '--name', id, ...options]),
      ['ingest', home, '--dataset', 'genotypes', '--ped', ped, '--absent', 'unknown', file],
      ['ingest', home, '--dataset', 'sites', '--sites', sites],
      ['ingest', home, '--dataset', 'plain', '--sites', plain],
    ])
    service = await startService('node/main.js', 'serve', home, '--port', '0')
  }, 120_000)
  afterAll(async () => {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function counts(dataset: string, { chrom, pos, ref, alt }: Question): Promise<Counts> {
    const gVariant = {
      assemblyId: 'GRCh38',
      referenceName: chrom,
      start: [pos - 1],
      referenceBases: ref,
      alternateBases: alt,
    }
    const requestParameters = { g_variant: gVariant, datasets: { datasetIds: [dataset] } }
    const query = { requestParameters, requestedGranularity: 'count', includeResultsetResponses: 'ALL' }
    const url = `${service.url}/beacon/v2/g_variants`
    const { body } = await postJson(url, { meta: { apiVersion: 'v2.1.1' }, query })
    return (body as Answer).response.resultSets[0]!.info.counts
  }

  test('gives the same alleles and people as the genotypes', async () => {
    const different: object[] = []
    let hits = 0
    await forEachConcurrently(questions, 8, async (question) => {
      const [expected, found] = [await counts('genotypes', question), await counts('sites', question)]
      if (Number(expected['alleleCount']) > 0) hits += 1
      // A record that fails FILTER is stored nowhere, so that its place is unknown instead of called by nobody.
      const isFiltered = expected['alleleNumber'] === 0
      const fields = isFiltered ? FIELDS.filter((field) => field !== 'anBasis') : FIELDS
      if (fields.some((field) => expected[field] !== found[field])) different.push({ question, expected, found })
    })
    expect(different.slice(0, 3)).toEqual([])
    expect(hits).toBeGreaterThan(RECORDS)
  })

  test('without zygosities gives the same alleles, and bounds that hold the people', async () => {
    const different: object[] = []
    await forEachConcurrently(questions, 8, async (question) => {
      const [expected, found] = [await counts('genotypes', question), await counts('plain', question)]
      const { individuals } = expected as { readonly individuals: number }
      const alleleCount = found['alleleCount'] as number
      const isSame = alleleCount === expected['alleleCount'] && found['alleleNumber'] === expected['alleleNumber']
      const isBound = Math.ceil(alleleCount / 2) <= individuals && individuals <= alleleCount
      if (!isSame || !isBound || alleleCount > 1 !== (found['individuals'] === undefined))
        different.push({ question, expected, found })
    })
    expect(different.slice(0, 3)).toEqual([])
  })
})
