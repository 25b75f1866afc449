import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import type { CaseLevelData, GenomicVariation } from '../../schemas/index.js'
import { setDataset } from '../dataset.js'
import { addInterpretations } from '../interpretations/change-interpretations.js'
import { openIndividuals } from '../metadata/individuals.js'
import { storeMetadata } from '../metadata/store-metadata.js'
import { removeIndividual } from '../remove-individual.js'
import {
  casesByHand,
  FILES,
  NAMES,
  PED,
  PLACES,
  sampleByHand,
  SEIZURE,
  toRecords,
  toText,
  WITH_SEIZURE,
} from '../testing/case-world.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

const NAMED = ['cases', 'kept']
const UNNAMED = ['records', 'counts', 'closed']
const CROWD = Array.from({ length: 150 }, (_, index) => `LAB-c${index}`)

let fixture: NodeFixture
let url: string
const pseudonyms = new Map<string, string>()

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('cases', { caseLevel: true })
  fixture.addDataset('kept', { caseLevel: true, identifiers: 'keep' })
  fixture.addDataset('records')
  fixture.addDataset('counts', { granularity: 'count' })
  fixture.addDataset('closed', { access: 'controlled', caseLevel: true })
  fixture.addDataset('crowd', { caseLevel: true })
  for (const id of NAMED) {
    for (const file of FILES) await fixture.ingest(id, [toText(file)], PED, { origin: file.origin })
  }
  for (const id of UNNAMED) await fixture.ingest(id, [toText(FILES[0]!)], PED)
  const rows = Array.from({ length: 15 }, (_, index) => `2 ${index + 1} . A C . PASS . GT ${'0/1 '.repeat(150)}`)
  await fixture.ingest('crowd', [toVcf(CROWD, rows)])
  const register = openIndividuals(fixture.directory)
  const people = register.list()
  register.close()
  for (const { name, pseudonym } of people) pseudonyms.set(name, pseudonym)
  for (const id of [...NAMED, ...UNNAMED]) {
    storeMetadata(fixture.directory, id, { records: toRecords(), cohorts: [] }, people)
  }
  url = (await fixture.serve()).url
}, 60_000)

afterAll(() => fixture.remove())

interface Body {
  readonly response?: { readonly resultSets?: readonly { readonly id: string; readonly results: readonly object[] }[] }
  readonly error?: { readonly errorCode: number }
}

async function get(path: string): Promise<{ readonly body: Body; readonly text: string }> {
  const response = await fetch(`${url}/beacon/v2/${path}`)
  const text = await response.text()
  const body = JSON.parse(text) as Body
  requireValid(path, body)
  return { body, text }
}

async function recordsOf(dataset: string, path: string): Promise<readonly GenomicVariation[]> {
  const style = 'requestedGranularity=record&includeResultsetResponses=ALL&limit=0'
  const { body, text } = await get(`${path}${path.includes('?') ? '&' : '?'}${style}&datasets=${dataset}`)
  if (dataset !== 'kept') expect(text).not.toContain('LAB-')
  else for (const pseudonym of pseudonyms.values()) expect(text).not.toContain(pseudonym)
  return (body.response?.resultSets?.find(({ id }) => id === dataset)?.results ?? []) as readonly GenomicVariation[]
}

const COLUMNS = 'chrom\tpos\tref\talt\tclass\tlaboratory\tdate\tcondition\tindividual'

async function addStatements(datasetId: string, table: string): Promise<void> {
  const path = join(fixture.directory, 'statements.tsv')
  writeFileSync(path, table)
  const individuals = openIndividuals(fixture.directory)
  const { directory: nodeDirectory } = fixture
  const now = () => new Date('2026-06-01T00:00:00Z')
  await addInterpretations({ nodeDirectory, datasetId, files: [path], references: {}, individuals, now })
  individuals.close()
}

const RANGES = ['1', 'X', 'Y', 'MT'].map((contig) => {
  return `g_variants?assemblyId=GRCh38&referenceName=${contig}&start=0&end=${contig === 'MT' ? 16_569 : 57_000_000}`
})

async function allRecords(dataset: string, rest = ''): Promise<readonly GenomicVariation[]> {
  const found = []
  for (const range of RANGES) found.push(...(await recordsOf(dataset, range + rest)))
  return found
}

function nameOf(dataset: string, id: string): string {
  if (dataset === 'kept') return id
  return [...pseudonyms].find(([, pseudonym]) => pseudonym === id)![0]
}

function toLine(dataset: string, { individualId, alleleOrigin, zygosity }: CaseLevelData): string {
  const origin = alleleOrigin.id === 'SO:0001777' ? 'somatic' : 'germline'
  return `${nameOf(dataset, individualId)} ${origin} ${zygosity?.label ?? '-'}`
}

/** Each allele with its people, as told and by hand. */
function expectCases(dataset: string, records: readonly GenomicVariation[], among = NAMES): void {
  const told = new Map(
    records.map(({ id, caseLevelData = [] }) => [id, caseLevelData.map((each) => toLine(dataset, each)).sort()]),
  )
  const byHand = PLACES.flatMap((place) =>
    ['C', 'G'].map((alt): [string, string[]] => {
      const cases = casesByHand(FILES, place, alt).filter((line) => among.includes(line.split(' ')[0]!))
      return [`GRCh38-${place.contig}-${place.pos}-A-${alt}`, [...cases].sort()]
    }),
  )
  expect(told).toEqual(new Map(byHand.filter(([, cases]) => cases.length > 0)))
}

describe('caseLevelData', () => {
  test.each(NAMED)('names exactly the people who have an allele, and how: %s', async (dataset) => {
    const records = await allRecords(dataset)
    expectCases(dataset, records)
    const zygosities = records.flatMap(({ caseLevelData = [] }) => caseLevelData.map(({ zygosity }) => zygosity?.id))
    expect(new Set(zygosities)).toEqual(
      new Set([
        undefined,
        ...['0000134', '0000135', '0000136', '0000137', '0000602', '0000603'].map((number) => `GENO:${number}`),
      ]),
    )
  })

  test.each(NAMED)('names samples, runs and analyses where no other can be meant: %s', async (dataset) => {
    const records = await allRecords(dataset)
    for (const { caseLevelData = [] } of records) {
      for (const told of caseLevelData) {
        const [owner, origin] = toLine(dataset, told).split(' ')
        const sample = sampleByHand(owner!, origin as 'germline' | 'somatic')
        expect(told.biosampleId === 'unknown').toBe(sample === undefined)
        expect([told.runId !== undefined, told.analysisId !== undefined]).toEqual(
          Array(2).fill(sample?.isRead ?? false),
        )
        if (dataset !== 'kept' || !sample) continue
        expect(told).toMatchObject({
          biosampleId: sample.id,
          ...(sample.isRead ? { runId: `LAB-run-of-${sample.id}`, analysisId: `LAB-analysis-of-${sample.id}` } : {}),
        })
      }
    }
    const [person] = records.flatMap(({ caseLevelData = [] }) => caseLevelData.filter(({ runId }) => runId))
    for (const path of [`biosamples/${person!.biosampleId}`, `runs/${person!.runId}`]) {
      expect(await recordsOf(dataset, path)).toMatchObject([{ individualId: person!.individualId }])
    }
  })

  test('is only of datasets that allow it and tell records, and of those that may be asked', async () => {
    const records = await allRecords('records')
    expect(records.length).toBeGreaterThan(50)
    for (const record of records) expect(record).not.toHaveProperty('caseLevelData')
    expect(await allRecords('counts')).toEqual([])
    expect((await get(`${RANGES[0]!}&requestedGranularity=record&datasets=closed`)).body.error?.errorCode).toBe(404)
    const { text } = await get(`${RANGES[0]!}&requestedGranularity=count`)
    expect(text).not.toContain('caseLevelData')
  })

  test('is of those whom filters and paths leave', async () => {
    expectCases('cases', await allRecords('cases', `&filters=${SEIZURE.id}`), WITH_SEIZURE)
    for (const [dataset, id] of [
      ['cases', pseudonyms.get('LAB-p1')!],
      ['kept', 'LAB-p1'],
    ] as const) {
      expectCases(dataset, await recordsOf(dataset, `individuals/${id}/g_variants`), ['LAB-p1'])
    }
  })

  test('carries what laboratories say of a person, and only there of whom they say it', async () => {
    // Somebody who has it inherited, and somebody else.
    const place = PLACES.find((each) =>
      casesByHand(FILES, each, 'C').some((line) => line.startsWith('LAB-p2 germline')),
    )!
    const line = `${place.contig}\t${place.pos}\tA\tC\t5\tLab-A\t2025-02-01\tMONDO:0007254\t`
    const table = `${COLUMNS}\n${line}LAB-p2\n${line.replace('Lab-A', 'Lab-B')}\n`
    for (const dataset of [...NAMED, 'records']) await addStatements(dataset, table)
    const id = `GRCh38-${place.contig}-${place.pos}-A-C`
    for (const dataset of [...NAMED, 'records']) {
      const record = (await allRecords(dataset)).find((each) => each.id === id)!
      const laboratories = (said: CaseLevelData['clinicalInterpretations'] = []) =>
        said.map(({ annotatedWith }) => annotatedWith!.toolName)
      expect(laboratories(record.variantLevelData!.clinicalInterpretations)).toEqual(['Lab-A', 'Lab-B'])
      const said = (record.caseLevelData ?? []).flatMap((each) =>
        laboratories(each.clinicalInterpretations).map((laboratory) => [
          toLine(dataset, each).split(' ')[0],
          laboratory,
        ]),
      )
      expect(said).toEqual(dataset === 'records' ? [] : [['LAB-p2', 'Lab-A']])
    }
  })

  test('is cut where there are too many people, and says so', async () => {
    const records = await recordsOf('crowd', 'g_variants?assemblyId=GRCh38&referenceName=2&start=0&end=100')
    expect(records).toHaveLength(15)
    for (const [index, { caseLevelData = [], info }] of records.entries()) {
      const listed = index < 10 ? 100 : 0
      expect(caseLevelData).toHaveLength(listed)
      expect(info).toEqual({ caseLevelData: { individuals: 150, listed } })
    }
    const people = await recordsOf('crowd', `g_variants/${records[0]!.id}/individuals`)
    expect(people).toHaveLength(150)
  })
})

describe('tumours', () => {
  test('are counted by type where a person has tumours of one type only', async () => {
    const [somatic] = (await allRecords('cases')).filter(({ caseLevelData = [] }) =>
      ['LAB-p1', 'LAB-p3'].every((name) =>
        caseLevelData.some((each) => toLine('cases', each).startsWith(`${name} somatic`)),
      ),
    )
    const origins = somatic!.info!.alleleOrigins!
    // p3 has tumours of two types, and which of them was read for variants is not known.
    expect(origins.find(({ tumourTypes }) => tumourTypes)).toEqual({
      alleleOrigin: { id: 'SO:0001777', label: 'somatic variant' },
      individuals: 2,
      tumourTypes: { histologicalDiagnosis: [{ id: 'NCIT:C3224', label: 'type NCIT:C3224', individuals: 1 }] },
    })
  })
})

describe('the laboratory’s own ids', () => {
  test('are in records and in paths of a dataset that keeps them, and pseudonyms are not', async () => {
    const ids = async (path: string) => (await recordsOf('kept', path)).map(({ id }) => id)
    expect(await ids('individuals')).toEqual(NAMES)
    expect(await ids('biosamples/LAB-tumour-1/runs')).toEqual(['LAB-run-of-LAB-tumour-1'])
    expect(await recordsOf('kept', 'runs/LAB-run-of-LAB-tumour-1')).toEqual([
      {
        id: 'LAB-run-of-LAB-tumour-1',
        individualId: 'LAB-p1',
        biosampleId: 'LAB-tumour-1',
        runDate: '2024-01-01',
      },
    ])
    for (const person of NAMES) {
      expect(await ids(`individuals/${person}`)).toEqual([person])
      expect(await ids(`individuals/${pseudonyms.get(person)!}`)).toEqual([])
      expect(await recordsOf('cases', `individuals/${pseudonyms.get(person)!}`)).toHaveLength(1)
    }
    const style = 'requestedGranularity=record&includeResultsetResponses=ALL'
    const { body } = await get(`individuals/LAB-p1?${style}`)
    const found = body.response!.resultSets!.flatMap(({ id, results }) => (results.length > 0 ? [id] : []))
    expect(found).toEqual(['kept'])
  })

  test('leave free text at the node, and name relatives whom the node has', async () => {
    const { text } = await get('individuals?requestedGranularity=record&datasets=kept&limit=0')
    expect(text).not.toMatch(/LAB-note|LAB-info|LAB-unknown/)
    expect(await recordsOf('kept', 'individuals/LAB-p1')).toMatchObject([
      { pedigrees: [{ members: [{ memberId: 'LAB-p4' }, { memberId: 'relative-2' }] }] },
    ])
  })
})

describe('a person who is removed', () => {
  test('is named nowhere any more', async () => {
    removeIndividual(fixture.directory, 'LAB-p4')
    const left = NAMES.filter((name) => name !== 'LAB-p4')
    for (const dataset of NAMED) {
      expectCases(dataset, await allRecords(dataset), left)
      expectCases(
        dataset,
        await allRecords(dataset, `&filters=${SEIZURE.id}`),
        WITH_SEIZURE.filter((name) => left.includes(name)),
      )
    }
    for (const id of ['LAB-p4', '%00removed%205']) expect(await recordsOf('kept', `individuals/${id}`)).toEqual([])
    const { text } = await get('individuals?requestedGranularity=record&datasets=kept&limit=0')
    expect(text).not.toMatch(/LAB-p4|removed/)
  })
})

describe('a dataset whose people may not be named any more', () => {
  test('follows within a second or so', async () => {
    setDataset(fixture.directory, 'cases', { caseLevel: false }, new Date())
    const isNamed = async () => (await allRecords('cases')).some(({ caseLevelData }) => caseLevelData !== undefined)
    for (let attempt = 0; attempt < 50 && (await isNamed()); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(await isNamed()).toBe(false)
    expect(() => setDataset(fixture.directory, 'counts', { caseLevel: true }, new Date())).toThrow(
      'needs --granularity record',
    )
  })
})
