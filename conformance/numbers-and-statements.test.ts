import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from './support/fixture-network.js'
import { getJson } from './support/http-client.js'
import { mustRun, runCommand } from './support/processes.js'

/** A region that begins with numbers, one with genotypes, and the hub over both. */
const network = createFixtureNetwork()
let numbers: string
let nodeUrl: string
let hubUrl: string

const VCF = { samples: ['anna', 'bo'], lines: ['17 43045712 . T C . PASS . GT 0/1 1/1'] }
const SITES = [
  '##fileformat=VCFv4.3',
  '##INFO=<ID=AC,Number=A,Type=Integer,Description="x">',
  '##INFO=<ID=AN,Number=1,Type=Integer,Description="x">',
  '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO',
  'chr17\t43045712\t.\tT\tC\t.\tPASS\tAC=3;AN=100',
  '',
].join('\n')
const STATEMENTS = [
  'class\tlaboratory\tdate\tcondition\tcondition_label\tchrom\tpos\tref\talt\tcausative',
  '5\tLab A\t2025-03-01\tMONDO:0007254\tbreast cancer\t17\t43045711\tAT\tAC\tyes',
  'VUS\tLab B\t2024-03-01\tMONDO:0007254\t\t17\t43045712\tT\tC\t',
  '',
].join('\n')

function write(name: string, text: string): string {
  const path = join(network.directory, name)
  writeFileSync(path, text)
  return path
}

const node = (...args: string[]) => runCommand('node/main.js', ...args)

beforeAll(async () => {
  const people = await network.startNode('people', [{ id: 'genomes', vcf: VCF }])
  const service = await network.startNode('numbers', [{ id: 'sites', granularity: 'record' }])
  numbers = join(network.directory, 'numbers')
  nodeUrl = service.url
  await mustRun('node/main.js', 'ingest', numbers, '--dataset', 'sites', '--sites', write('sites.vcf', SITES))
  await mustRun('node/main.js', 'interpretations', 'add', numbers, '--dataset', 'sites', write('lab.tsv', STATEMENTS))
  const regions = [
    ['people', `${people.url}/beacon/v2`],
    ['numbers', `${service.url}/beacon/v2`],
  ] as const
  hubUrl = (await network.startHub('hub', regions)).url
  await new Promise((resolve) => setTimeout(resolve, 1_200))
}, 60_000)
afterAll(() => network.stop())

const ALLELE = 'assemblyId=GRCh38&referenceName=17&start=43045711&referenceBases=T&alternateBases=C'

test('a region that begins with numbers answers with what is known, and with what its laboratories say', async () => {
  const { body } = await getJson(
    `${nodeUrl}/beacon/v2/g_variants?${ALLELE}&requestedGranularity=record&includeResultsetResponses=ALL`,
  )
  expect(body).toMatchObject({
    response: {
      resultSets: [
        {
          resultsCount: 1,
          info: {
            content: 'sites',
            counts: { partial: true, alleleCount: 3, alleleNumber: 100, anBasis: 'called' },
            bounds: { individuals: { lower: 2, upper: 3 } },
            interpretations: {
              laboratories: 2,
              classes: { pathogenic: 1, 'uncertain significance': 1 },
              newest: '2025-03-01',
              conflicting: true,
              causative: 1,
            },
          },
          results: [
            {
              variantInternalId: 'GRCh38-17-43045712-T-C',
              variantLevelData: {
                clinicalInterpretations: [
                  { conditionId: 'MONDO:0007254', clinicalRelevance: 'pathogenic' },
                  { conditionId: 'MONDO:0007254', clinicalRelevance: 'uncertain significance' },
                ],
              },
            },
          ],
        },
      ],
    },
  })
})

test('the hub adds its alleles, bounds the people, and drops what laboratories say', async () => {
  const { body } = await getJson(`${hubUrl}/beacon/v2/g_variants?${ALLELE}&requestedGranularity=count`)
  expect(body).toMatchObject({
    info: {
      complete: true,
      total: {
        exists: true,
        counts: { partial: true, alleleCount: 6, alleleNumber: 104, anBasis: 'called' },
        alleleFrequency: 6 / 104,
        bounds: { individuals: { lower: 4, upper: 5 } },
      },
    },
  })
  expect(JSON.stringify(body)).not.toMatch(/Lab A|pathogenic/)
})

test('the client shows bounds where people are not known', async () => {
  const { stdout, code } = await runCommand('hub/client/main.js', 'variant', '17-43045712-T-C', '--hub', hubUrl)
  expect(stdout).toMatch(/numbers +answered +2–3 +3\/100/)
  expect(stdout).toContain('people 4–5 (at least 4, at most 5)')
  expect(code).toBe(0)
})

test('commands say what does not go together', async () => {
  const file = write('again.vcf', SITES)
  const both = await node('ingest', numbers, '--dataset', 'sites', '--sites', '--ped', file, file)
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('does not go with --ped')])
  const genotypes = await node('ingest', numbers, '--dataset', 'sites', file)
  expect([genotypes.code, genotypes.stderr]).toEqual([1, expect.stringContaining('pre-counted')])
  const nothing = await node('interpretations', 'remove', numbers, '--dataset', 'sites')
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('--laboratory, --variant or --all')])
  const listed = await node('interpretations', 'list', numbers, '--dataset', 'sites', '--laboratory', 'Lab A')
  expect(listed.stdout).toBe(
    'GRCh38-17-43045712-T-C  pathogenic  Lab A  2025-03-01  MONDO:0007254 breast cancer  causative\n',
  )
  const removed = await node('interpretations', 'remove', numbers, '--dataset', 'sites', '--laboratory', 'Lab A')
  expect(removed.stdout).toBe('removed 1 interpretations of sites\n')
})
