import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openIndividuals } from '../metadata/individuals.js'
import { addStatements } from '../testing/add-statements.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { expectValid } from '../testing/node-client.js'
import { removeDataset, setPublished } from '../dataset.js'
import { removeInterpretations, removeInterpretationsOf } from './change-interpretations.js'
import { readInterpretations } from './interpretation-file.js'
import { openInterpretations } from './open-interpretations.js'

const HEADER = 'chrom\tpos\tref\talt\tclass\tlaboratory\tdate\tcondition\tcondition_label\tcausative\tindividual'

/** Lines have their columns joined by blanks. */
function toTable(lines: readonly string[], header = HEADER): string {
  return [header, ...lines.map((line) => line.split(/ +/).join('\t')), ''].join('\n')
}

let fixture: NodeFixture
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('genomes')
  fixture.addDataset('told', { granularity: 'boolean' })
  const lines = [
    '1 100 . A C . PASS . GT 0/1 1/1',
    '1 200 . G GT . PASS . GT 0/1 0/0',
    '1 300 . A T . PASS . GT 0/0 0/0',
  ]
  const vcf = toVcf(['anna', 'bo'], lines)
  await fixture.ingest('genomes', [vcf])
  await fixture.ingest('told', [vcf])
  url = (await fixture.serve()).url
})
afterAll(() => fixture.remove())

function add(text: string, datasetId?: string, name?: string) {
  return addStatements(fixture.directory, text, datasetId, name)
}

function clear(): void {
  removeInterpretations(fixture.directory, 'genomes', {})
}

interface Sets {
  readonly response: {
    readonly resultSets: readonly {
      readonly id: string
      readonly info: Record<string, unknown>
      readonly results: readonly Record<string, unknown>[]
    }[]
  }
}

async function ask(parameters: string): Promise<Sets['response']['resultSets']> {
  const path = `/beacon/v2/g_variants?assemblyId=GRCh38&referenceName=1&requestedGranularity=record&includeResultsetResponses=ALL&${parameters}`
  const response = await fetch(`${url}${path}`)
  const body = (await response.json()) as Sets
  expectValid('beacon/resultSetsResponse.json', body)
  return body.response.resultSets
}

const ALLELE = 'start=99&referenceBases=A&alternateBases=C'

describe('interpretations in answers', () => {
  test('stand in the record, and in numbers of laboratories beside the counts; nobody in them', async () => {
    clear()
    await add(
      toTable([
        '1 100 A C 5 Lab-A 2025-02-01 MONDO:0007254 breast yes anna',
        '1 100 A C pathogenic Lab-A 2025-03-01 MONDO:0007254 breast yes bo',
        '1 100 A C likely_benign Lab-B 2024-01-01 HP:0000256 . no .',
      ]),
    )
    const [genomes] = await ask(ALLELE)
    expect(genomes!.info['interpretations']).toEqual({
      laboratories: 2,
      classes: { 'likely benign': 1, pathogenic: 1 },
      newest: '2025-03-01',
      conflicting: true,
      causative: 1,
    })
    const [record] = genomes!.results
    expectValid('beacon/genomicVariation.json', record)
    expect(record!['variantLevelData']).toEqual({
      clinicalInterpretations: [
        {
          conditionId: 'MONDO:0007254',
          effect: { id: 'MONDO:0007254', label: 'breast' },
          clinicalRelevance: 'pathogenic',
          category: { id: 'MONDO:0000001', label: 'disease or disorder' },
          annotatedWith: { toolName: 'Lab-A', version: '2025-03-01', toolReferences: { laboratory: 'Lab-A' } },
          info: { laboratory: 'Lab-A', date: '2025-03-01', causative: true },
        },
        {
          conditionId: 'HP:0000256',
          effect: { id: 'HP:0000256' },
          clinicalRelevance: 'likely benign',
          category: { id: 'HP:0000118', label: 'phenotypic abnormality' },
          annotatedWith: { toolName: 'Lab-B', version: '2024-01-01', toolReferences: { laboratory: 'Lab-B' } },
          info: { laboratory: 'Lab-B', date: '2024-01-01', causative: false },
        },
      ],
    })
    expect(JSON.stringify(genomes)).not.toMatch(/anna|"bo"/)
  })

  test('are found whatever anchors the file writes, in ranges too, and noticed while the node serves', async () => {
    clear()
    expect((await ask('start=150&end=250'))[0]!.results[0]!['variantLevelData']).toBeUndefined()
    await add(toTable(['chr1 199 AG AGT 3 Lab-A 2025-02-01 OMIM:114480 . . .']))
    const [genomes] = await ask('start=150&end=250')
    expect(genomes!.results[0]).toMatchObject({
      variantLevelData: { clinicalInterpretations: [{ clinicalRelevance: 'uncertain significance' }] },
    })
    expect(genomes!.info['interpretations']).toBeUndefined()
  })

  test('are not told of an allele that nobody has, nor by a dataset that tells yes or no', async () => {
    clear()
    const line = '1 300 A T 5 Lab-A 2025-02-01 MONDO:0007254 . yes .'
    await add(toTable([line, line.replace('300 A T', '100 A C')]))
    await add(toTable([line.replace('300 A T', '100 A C')]), 'told')
    const [genomes] = await ask('start=299&referenceBases=A&alternateBases=T')
    expect(genomes!.info['counts']).toMatchObject({ individuals: 0 })
    expect(genomes!.info['interpretations']).toBeUndefined()
    const sets = await ask(ALLELE)
    expect(sets.map(({ id, info }) => [id, 'interpretations' in info])).toEqual([
      ['genomes', true],
      ['told', false],
    ])
  })
})

describe('adding', () => {
  test('replaces what a laboratory said before, and keeps what is newer', async () => {
    clear()
    const line = (klass: string, date: string) => toTable([`1 100 A C ${klass} Lab-A ${date} MONDO:0007254 . . .`])
    expect(await add(line('3', '2024-01-01'))).toMatchObject({ added: 1, total: 1 })
    expect(await add(line('5', '2025-01-01'))).toMatchObject({ added: 0, replaced: 1, total: 1 })
    expect(await add(line('3', '2024-01-01'))).toMatchObject({ kept: 1, total: 1 })
    await expect(add(line('1', '2025-01-01'))).rejects.toThrow(
      /date 2025-01-01 is that of another statement of GRCh38-1-100-A-C/,
    )
    const [stored, another] = readInterpretations(fixture.directory, 'genomes')
    expect([stored!.relevance, another]).toEqual(['pathogenic', undefined])
  })

  test('reads VCF, with characters that VCF has a use for percent-encoded', async () => {
    clear()
    const info = 'CLASS=4;LABORATORY=Lab%3B A;DATE=2025-02-01;CONDITION=MONDO:0007254;CONDITION_LABEL=breast%20cancer'
    const vcf = [
      '##fileformat=VCFv4.3',
      '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO',
      `1\t100\t.\tA\tC\t.\t.\t${info}`,
      '',
    ]
    await add(vcf.join('\n'), 'genomes', 'file.vcf')
    expect(readInterpretations(fixture.directory, 'genomes')).toMatchObject([
      { relevance: 'likely pathogenic', laboratory: 'Lab; A', conditionLabel: 'breast cancer' },
    ])
    await expect(add(vcf.join('\n').replace('CLASS=', 'KLASS='), 'genomes', 'file.vcf')).rejects.toThrow(
      /file.vcf:3: INFO "KLASS" is not known/,
    )
  })

  test('names every fault by file, line and column, and stores nothing', async () => {
    clear()
    const good = '1 100 A C 5 Lab-A 2025-02-01 MONDO:0007254 . . .'
    const bad = [
      '1 100 A C 6 Lab-A 2025-02-30 MONDO . maybe carl',
      'Z 0 N AC,G 5 . 2027-01-01 MONDO:0007254 . . .',
      '1 248956423 A C 5 Lab-A 2025-02-01 MONDO:0007254 . . .',
      '1 100 A A 5 Lab-A 2025-02-01 MONDO:0007254 . .',
    ]
    const error = await add(toTable([good, ...bad]), 'genomes', 'bad.tsv').then(
      () => '',
      (reason: Error) => reason.message,
    )
    const places = [...error.matchAll(/bad\.tsv:(\d+): (\w+)/g)].map(([, line, column]) => `${line} ${column}`)
    expect(places.sort()).toEqual(
      [
        '3 class',
        '3 date',
        '3 condition',
        '3 causative',
        '3 individual',
        '4 laboratory',
        '4 date',
        '4 chrom',
        '4 ref',
        '4 alt',
        '4 pos',
        '5 pos',
        '6 has',
      ].sort(),
    )
    expect(error).not.toContain('carl')
    expect(readInterpretations(fixture.directory, 'genomes')).toEqual([])
  })

  test.each([
    ['an unknown column', HEADER.replace('causative', 'causitive'), /there is no column "causitive"/],
    ['a column twice', `${HEADER}\tclass`, /stands there twice/],
    ['no class', HEADER.replace('class\t', ''), /the column class is missing/],
  ])('refuses %s', async (_what, header, reason) => {
    await expect(add(toTable([], header))).rejects.toThrow(reason)
  })

  test('refuses a line of another assembly, when the file says so', async () => {
    const header = 'assembly\tchrom\tpos\tref\talt\tclass\tlaboratory\tdate\tcondition'
    const line = (assembly: string) => toTable([`${assembly} 1 100 A C 5 Lab-A 2025-02-01 MONDO:0007254`], header)
    await expect(add(line('GRCh37'))).rejects.toThrow(/assembly "GRCh37" is not the dataset’s assembly, GRCh38/)
    await expect(add(line('GRCh38'))).resolves.toMatchObject({ total: 1 })
  })
})

test('what was said of a person goes with the person, and all of it with the dataset', async () => {
  clear()
  const line = '1 100 A C 5 Lab-A 2025-02-01 MONDO:0007254 . . '
  await add(toTable([`${line}anna`, `${line}bo`, `${line}.`]))
  const individuals = openIndividuals(fixture.directory)
  const anna = individuals.list().find(({ name }) => name === 'anna')!.number
  individuals.close()
  expect(removeInterpretationsOf(fixture.directory, anna)).toBe(1)
  expect(readInterpretations(fixture.directory, 'genomes')).toHaveLength(2)
  expect(removeInterpretations(fixture.directory, 'genomes', { laboratory: 'Lab-B' })).toBe(0)
  expect(removeInterpretations(fixture.directory, 'genomes', { variant: '1-100-A-C' })).toBe(2)

  const source = openInterpretations(fixture.directory)
  const variant = { contig: 1, start: 99, referenceBases: 'A', alternateBases: 'C' }
  fixture.addDataset('short')
  await add(toTable([`${line}.`]), 'short')
  expect(source.ofDataset('short')(variant)).toHaveLength(1)
  setPublished(fixture.directory, 'short', false, new Date())
  removeDataset(fixture.directory, 'short')
  // Questions of one turn of the event loop look at the file once.
  await new Promise(setImmediate)
  expect(source.ofDataset('short')(variant)).toEqual([])
  mkdirSync(join(fixture.directory, 'datasets', 'short'), { recursive: true })
  await new Promise(setImmediate)
  expect(source.ofDataset('short')(variant)).toEqual([])
  source.close()
})
