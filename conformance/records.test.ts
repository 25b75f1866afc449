import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasOfficialSchemas, OFFICIAL_SCHEMAS, validateOfficial } from './support/official-schemas.js'
import { toVcf } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { mustRun, startService, type Service } from './support/processes.js'
import { describeWithShared } from './support/tools.js'

/** The shortest contig: a reference of it alone is small. */
const MT_LENGTH = 16_569
const SEQUENCE = 'GATCACAGGTCTATCACCCTATTAACCACTCACGGGAGCTCTCCATGCATTTGGTATTTTCGTC'.padEnd(MT_LENGTH, 'ACGTTGCA')
const SAMPLES = ['anna', 'bo', 'cia', 'dan']
/** anna and cia are women, bo is a man; dan's sex is not known. */
const PED = 'F anna 0 0 2 0\nF bo 0 0 1 0\nF cia 0 0 2 0\nF dan 0 0 0 0\n'
const LINES = [
  '1 1000 . A C . PASS . GT 0/1 1/1 0/0 ./.',
  '1 2000 . AT A . PASS . GT 0/1 0/0 0/0 0/0',
  '1 3000 . A AT . PASS . GT 0/1 0/0 0/0 0/0',
  '1 4000 . AG CT . PASS . GT 0/1 0/0 0/0 0/0',
  '1 5000 . AG C . PASS . GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <DEL> . PASS END=7000 GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <DUP:TANDEM> . PASS END=7000 GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <INV> . PASS END=7000 GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <INS:ME:ALU> . PASS SVLEN=281 GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <CNV> . PASS END=7000 CN 3 2 0 2',
  '1 6000 . N <CNV> . PASS END=7500 GT 0/1 0/0 0/0 0/0',
  '1 6000 . N <CN0>,<CN2> . PASS END=7000 GT 0/1 0/2 0/0 0/0',
  '1 6000 . N N[2:321682[ . PASS . GT 0/1 0/0 0/0 0/0',
  '1 6100 . N N. . PASS . GT 0/1 0/0 0/0 0/0',
  // Longer than what an id spells.
  `1 10000 . A A${'CAGT'.repeat(40)} . PASS . GT 0/1 0/0 0/0 0/0`,
  `1 11000 . A${'CAGT'.repeat(40)} A . PASS . GT 0/1 0/0 0/0 0/0`,
  `1 12000 . ${'CAGT'.repeat(40)} ${'TTGA'.repeat(40)} . PASS . GT 0/1 0/0 0/0 0/0`,
  'X 50000000 . A G . PASS . GT 0/1 1 0/0 0/0',
  // CACCCT: of three C one is taken away, or one is added.
  'MT 16 . ACC AC . PASS . GT 1 0 0 0',
  'MT 16 . AC ACC . PASS . GT 0 1 0 0',
  'MT 1 . G A . PASS . GT 1 1 0 0',
]
const TUMOURS = ['1 1000 . A C . PASS . GT 0/1 0/0 0/0 0/1', '1 9000 . G T . PASS . GT 0/1 0/0 0/0 0/0']

interface Record {
  readonly id: string
  readonly variantInternalId: string
  readonly variation: {
    readonly _id?: string
    readonly type?: string
    readonly variantType?: string
    readonly alternateBases?: string
    readonly state?: object
    readonly location?: { readonly sequence_id: string }
  }
  readonly identifiers?: { readonly variantAlternativeIds: readonly { readonly id: string }[] }
  readonly frequencyInPopulations?: readonly { readonly frequencies: readonly object[] }[]
  readonly caseLevelData?: readonly object[]
  readonly info?: object
}

const directory = mkdtempSync(join(tmpdir(), 'fyr-records-'))
const home = join(directory, 'node')
let service: Service

beforeAll(async () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const reference = write('mt.fa', `>MT\n${SEQUENCE}\n`)
  write('mt.fa.fai', `MT\t${MT_LENGTH}\t4\t${MT_LENGTH}\t${MT_LENGTH + 1}\n`)
  const mt = LINES.filter((line) => line.startsWith('MT'))
  const others = LINES.filter((line) => !line.startsWith('MT'))
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr')
  const rest = ['--assembly', 'GRCh38', '--granularity', 'record', '--access', 'public', '--basis', 'made up']
  for (const id of ['genomes', 'mitochondria']) {
    const who = id === 'genomes' ? ['--case-level'] : ['--case-level', '--identifiers', 'keep']
    if (id === 'mitochondria') appendFileSync(join(home, 'node.yaml'), `references:\n  GRCh38: ${reference}\n`)
    await mustRun('node/main.js', 'dataset', 'add', home, id, '--name', id, ...rest, ...who)
  }
  const ingest = (dataset: string, name: string, lines: readonly string[], ...more: string[]) =>
    mustRun(
      'node/main.js',
      'ingest',
      home,
      '--dataset',
      dataset,
      ...more,
      write(name, toVcf({ samples: SAMPLES, lines })),
    )
  // The reference has MT alone; records elsewhere are not compared with it.
  await ingest('genomes', 'in.vcf', others, '--ped', write('in.ped', PED))
  await ingest('genomes', 'tumours.vcf', TUMOURS, '--origin', 'somatic')
  await ingest('mitochondria', 'mt.vcf', mt)
  service = await startService('node/main.js', 'serve', home, '--port', '0')
}, 60_000)

afterAll(async () => {
  await service.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function recordsOf(referenceName: string, length: number, requestedSchemas: readonly object[] = []) {
  const parameters = { g_variant: { assemblyId: 'GRCh38', referenceName, start: [0], end: [length] } }
  const query = { requestParameters: parameters, requestedGranularity: 'record', pagination: { skip: 0, limit: 100 } }
  const path = `${service.url}/beacon/v2/g_variants`
  const { body } = await postJson(path, { meta: { apiVersion: 'v2.1.1', requestedSchemas }, query })
  if (hasOfficialSchemas()) expect(validateOfficial('/beacon/v2/g_variants', body)).toEqual([])
  const { response } = body as { response: { resultSets: readonly { results: readonly Record[] }[] } }
  return response.resultSets.flatMap(({ results }) => results)
}

const VRS = [{ entityType: 'genomicVariant', schema: 'ga4gh-vrs-1.3' }]

async function recordOf(id: string): Promise<Record> {
  const records = await recordsOf(id.split('-')[1]!, id.includes('-MT-') ? MT_LENGTH : 60_000_000)
  const record = records.find((one) => one.id === id)
  if (!record) throw new Error(`no ${id} among ${records.map((one) => one.id).join(' ')}`)
  return record
}

describeWithShared([OFFICIAL_SCHEMAS], 'records of every kind', () => {
  test.each([
    ['legacy', []],
    ['VRS', VRS],
  ])('are valid by the official schemas in the %s form', async (_, schemas) => {
    const records = [
      ...(await recordsOf('1', 1_000_000, schemas)),
      ...(await recordsOf('X', 60_000_000, schemas)),
      ...(await recordsOf('MT', MT_LENGTH, schemas)),
    ]
    // One of each line, two of the CNV with copy numbers, two of the record with two ALTs, one more of the tumours.
    expect(records).toHaveLength(LINES.length + 3)
    for (const { id, variantInternalId } of records) {
      expect(variantInternalId).toBe(id)
      expect(encodeURIComponent(id)).toBe(id)
    }
  })
})

test('a record of any kind is found by its id, and is the same then', async () => {
  const records = [...(await recordsOf('1', 1_000_000)), ...(await recordsOf('MT', MT_LENGTH))]
  for (const record of records) {
    const path = `${service.url}/beacon/v2/g_variants/${record.id}`
    const { body } = await postJson(path, { meta: { apiVersion: 'v2.1.1' }, query: { requestedGranularity: 'record' } })
    const { response } = body as { response: { resultSets: readonly { results: readonly Record[] }[] } }
    expect(response.resultSets.flatMap(({ results }) => results)).toEqual([record])
  }
})

test.each([
  ['GRCh38-1-6000-DEL-7000', { variantType: 'DEL', alternateBases: '' }],
  ['GRCh38-1-6000-DUP.TANDEM-7000', { variantType: 'DUP', alternateBases: '' }],
  ['GRCh38-1-6000-INV-7000', { variantType: 'INV', alternateBases: '' }],
  ['GRCh38-1-6000-INS.ME.ALU-6000-LEN281', { variantType: 'INS', alternateBases: 'N' }],
  ['GRCh38-1-6000-CNV-7500', { variantType: 'CNV', alternateBases: '' }],
  ['GRCh38-1-6000-CNV-7000-CN3', { type: 'CopyNumberCount', copies: { type: 'Number', value: 3 } }],
  ['GRCh38-1-6000-CNV-7000-CN0', { type: 'CopyNumberCount', copies: { type: 'Number', value: 0 } }],
  ['GRCh38-1-6000-CNV.ALLELE-7000-CN0', { type: 'CopyNumberChange', copy_change: 'efo:0030067' }],
  ['GRCh38-1-6000-CNV.ALLELE-7000-CN2', { type: 'CopyNumberChange', copy_change: 'efo:0030070' }],
  ['GRCh38-1-2000-AT-A', { variantType: 'DEL', referenceBases: 'T', alternateBases: '' }],
  ['GRCh38-1-3000-A-AT', { variantType: 'INS', referenceBases: '', alternateBases: 'T' }],
  ['GRCh38-1-1000-A-C', { variantType: 'SNP', referenceBases: 'A', alternateBases: 'C' }],
])('%s is a variation of its kind', async (id, expected) => {
  expect((await recordOf(id)).variation).toMatchObject(expected)
})

test('a breakend says where its other end is, and a structural type what stands behind its first word', async () => {
  const records = await recordsOf('1', 1_000_000)
  const infos = records.map(({ info }) => info)
  expect(infos).toContainEqual({ structural: { type: 'BND', mate: 'N[2:321682[' } })
  expect(infos).toContainEqual({ structural: { type: 'BND', mate: 'N.' } })
  expect(infos).toContainEqual({ structural: { type: 'DUP:TANDEM' } })
  expect(infos).toContainEqual({ structural: { type: 'INS:ME:ALU', length: 281 } })
})

test('frequencies are those of the dataset and of each sex', async () => {
  // anna 0/1, bo 1/1, cia 0/0; dan was not called.
  const { frequencyInPopulations } = await recordOf('GRCh38-1-1000-A-C')
  const toFrequency = (population: string, counts: readonly [number, number, number, number]) => {
    const [alleleCount, alleleNumber, hom, het] = counts
    const zygosities = { alleleCountHomozygous: hom, alleleCountHeterozygous: het, alleleCountHemizygous: 0 }
    return { population, alleleFrequency: alleleCount / alleleNumber, alleleCount, alleleNumber, ...zygosities }
  }
  expect(frequencyInPopulations).toEqual([
    {
      source: expect.any(String),
      sourceReference: `${service.url}/beacon/v2/datasets/genomes`,
      frequencies: [
        toFrequency('genomes', [3, 6, 1, 1]),
        toFrequency('female', [1, 4, 0, 1]),
        toFrequency('male', [2, 2, 1, 0]),
      ],
    },
    // Of the controller of both datasets; the people of the other one are the same.
    {
      source: expect.any(String),
      sourceReference: `${service.url}/beacon/v2/datasets`,
      frequencies: [toFrequency('genomes, mitochondria', [3, 6, 1, 1])],
    },
  ])
})

test('on X a man has one allele, and on MT nobody has a zygosity', async () => {
  const onX = await recordOf('GRCh38-X-50000000-A-G')
  expect(onX.frequencyInPopulations![0]!.frequencies).toContainEqual({
    population: 'male',
    alleleFrequency: 1,
    alleleCount: 1,
    alleleNumber: 1,
    alleleCountHomozygous: 0,
    alleleCountHeterozygous: 0,
    alleleCountHemizygous: 1,
  })
  const onMt = await recordOf('GRCh38-MT-1-G-A')
  expect(onMt.frequencyInPopulations![0]!.frequencies).toEqual([
    { population: 'mitochondria', alleleFrequency: 0.5, alleleCount: 2, alleleNumber: 4 },
    { population: 'female', alleleFrequency: 0.5, alleleCount: 1, alleleNumber: 2 },
    { population: 'male', alleleFrequency: 1, alleleCount: 1, alleleNumber: 1 },
  ])
})

test('people are named with their zygosity, by pseudonyms or as the laboratory does', async () => {
  const onMt = await recordOf('GRCh38-MT-1-G-A')
  const homoplasmic = { id: 'GENO:0000602', label: 'homoplasmic' }
  const germline = { id: 'SO:0001778', label: 'germline variant' }
  expect(onMt.caseLevelData).toEqual(
    ['anna', 'bo'].map((individualId) => {
      return { biosampleId: 'unknown', individualId, alleleOrigin: germline, zygosity: homoplasmic }
    }),
  )
  const copies = await recordOf('GRCh38-1-6000-CNV-7000-CN3')
  expect(copies.caseLevelData).toEqual([
    expect.objectContaining({
      individualId: expect.stringMatching(/^P-/),
      zygosity: { id: 'GENO:0000137', label: 'unspecified zygosity' },
    }),
  ])
})

test('an allele of tumours says of how many people, and has no frequency among them', async () => {
  const origin = (id: string, label: string, individuals: number) => ({ alleleOrigin: { id, label }, individuals })
  const both = await recordOf('GRCh38-1-1000-A-C')
  expect(both.info).toEqual({
    alleleOrigins: [origin('SO:0001778', 'germline variant', 2), origin('SO:0001777', 'somatic variant', 2)],
  })
  const somatic = await recordOf('GRCh38-1-9000-G-T')
  expect(somatic.info).toEqual({ alleleOrigins: [origin('SO:0001777', 'somatic variant', 1)] })
  expect(somatic.frequencyInPopulations![0]!.frequencies).toContainEqual(
    expect.objectContaining({ population: 'genomes', alleleCount: 0, alleleNumber: 8 }),
  )
})

/** VRS 1.3 by hand: digests of canonical JSON. */
function toVrsId(start: number, end: number, sequence: string): string {
  const digest = (text: string) => createHash('sha512').update(text).digest().subarray(0, 24).toString('base64url')
  const interval = `{"end":{"type":"Number","value":${end}},"start":{"type":"Number","value":${start}},"type":"SequenceInterval"}`
  const location = `{"interval":${interval},"sequence_id":"${digest(SEQUENCE)}","type":"SequenceLocation"}`
  const state = `{"sequence":"${sequence}","type":"LiteralSequenceExpression"}`
  return `ga4gh:VA.${digest(`{"location":"${digest(location)}","state":${state},"type":"Allele"}`)}`
}

test.each([
  ['GRCh38-MT-1-G-A', toVrsId(0, 1, 'A')],
  // SEQUENCE has CCC at [16, 19): both lines are written further to the left or right of the same.
  ['GRCh38-MT-16-AC-A', toVrsId(16, 19, 'CC')],
  ['GRCh38-MT-16-A-AC', toVrsId(16, 19, 'CCCC')],
])('%s is known by its VRS identifier where a reference is configured', async (id, vrsId) => {
  expect(SEQUENCE.slice(15, 20)).toBe('ACCCT')
  const { identifiers } = await recordOf(id)
  expect(identifiers!.variantAlternativeIds.map((one) => one.id)).toEqual([vrsId])
  const inVrs = (await recordsOf('MT', MT_LENGTH, VRS)).find((one) => one.id === id)
  expect(inVrs!.variation).toMatchObject({ _id: vrsId, type: 'Allele' })
  expect(inVrs!.variation.location!.sequence_id).toMatch(/^ga4gh:SQ\./)
  // Kept, so that the next start need not hash again.
  expect(readdirSync(home)).toContain('reference-digests-GRCh38.json')
})

test('an allele on a sequence that the reference lacks has no VRS identifier', async () => {
  const { identifiers } = await recordOf('GRCh38-1-1000-A-C')
  expect(identifiers).toEqual({ genomicHGVSId: 'NC_000001.11:g.1000A>C' })
  const inVrs = (await recordsOf('1', 1_000_000, VRS)).find((one) => one.id === 'GRCh38-1-1000-A-C')
  expect(inVrs!.variation).toMatchObject({ type: 'Allele', state: { sequence: 'C' } })
  expect(inVrs!.variation).not.toHaveProperty('_id')
})
