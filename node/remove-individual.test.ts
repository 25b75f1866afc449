import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compactDataset } from './compact-dataset.js'
import { ingestMetadata } from './ingest/metadata/ingest-metadata.js'
import { addInterpretations } from './interpretations/change-interpretations.js'
import { openIndividuals } from './metadata/individuals.js'
import { readmitIndividual, removeIndividual } from './remove-individual.js'
import { openAsker } from './testing/asker.js'
import { createRandom } from './testing/annotated-vcf.js'
import { countNaively, PED, PEOPLE } from './testing/naive-reader.js'
import { createNodeFixture, toVcf, type NodeFixture } from './testing/node-fixture.js'
import { segmentsDirectory } from './variants/dataset-manifest.js'

const NAMES = PEOPLE.map(({ name }) => name)
const GTS = ['0/0', '0/0', '0/1', '1/1', './.', './1', '0', '1']

let fixture: NodeFixture
beforeEach(() => {
  fixture = createNodeFixture()
  fixture.addDataset('d')
})
afterEach(() => fixture.remove())

const random = createRandom(77)
const ROWS = Array.from({ length: 60 }, () => NAMES.map(() => GTS[Math.floor(random() * GTS.length)]!))
const TEXT = toVcf(
  NAMES,
  ROWS.map((gts, index) => `1 ${100 + index} . A C . PASS . GT ${gts.join(' ')}`),
)

/** Every allele against a reader of the text that has never heard of the removed. */
async function expectCountsWithout(removed: readonly string[], dataset = 'd'): Promise<void> {
  const kept = PEOPLE.filter(({ name }) => !removed.includes(name))
  const asker = openAsker(fixture.directory)
  try {
    for (const [index, gts] of ROWS.entries()) {
      const variant = { contig: 1, start: 99 + index, referenceBases: 'A', alternateBases: 'C' }
      const { datasets } = await asker.ask({ kind: 'allele', assembly: 'GRCh38', ...variant })
      const left = gts.filter((_, column) => !removed.includes(NAMES[column]!))
      const expected = countNaively(kept, left, 1, 'diploid')
      const found = datasets.find((released) => released.dataset.id === dataset)!
      expect({ index, exists: found.exists, ...found.counts }).toEqual({
        index,
        exists: expected.individuals !== 0,
        ...expected,
      })
    }
  } finally {
    asker.close()
  }
}

async function withRegister<T>(work: (register: ReturnType<typeof openIndividuals>) => T | Promise<T>): Promise<T> {
  const register = openIndividuals(fixture.directory)
  try {
    return await work(register)
  } finally {
    register.close()
  }
}

describe('a person who was removed', () => {
  test('stays removed when the same file, or another one, comes again', async () => {
    await fixture.ingest('d', [TEXT], PED)
    removeIndividual(fixture.directory, 'm1')
    await expectCountsWithout(['m1'])
    fixture.addDataset('later')
    const report = await fixture.ingest('later', [TEXT], PED)
    expect(report).toMatchObject({ individuals: NAMES.length - 1, removedIndividuals: 1 })
    await expectCountsWithout(['m1'], 'later')
    await fixture.ingest('d', [TEXT], PED)
    await expectCountsWithout(['m1'])
    expect(
      await withRegister((register) =>
        register
          .list()
          .map(({ name }) => name)
          .sort(),
      ),
    ).toEqual(NAMES.filter((name) => name !== 'm1').sort())
  })

  test('stays removed when files of one ingest hold different people, and with scan workers', async () => {
    await fixture.ingest('d', [TEXT])
    for (const name of ['f1', 'u2']) removeIndividual(fixture.directory, name)
    fixture.addDataset('later')
    const more = toVcf(['f1', 'new'], ['2 100 . A C . PASS . GT 0/1 0/0'])
    await fixture.ingest('later', [TEXT, more], undefined, { scan: { workers: 2, pieceBytes: 300 } })
    const asker = openAsker(fixture.directory)
    const allele = { contig: 2, start: 99, referenceBases: 'A', alternateBases: 'C' }
    const { datasets } = await asker.ask({ kind: 'allele', assembly: 'GRCh38', ...allele })
    asker.close()
    expect(datasets.find(({ dataset }) => dataset.id === 'later')).toMatchObject({
      exists: false,
      counts: { individuals: 0, alleleNumber: 2 * (NAMES.length - 2) + 2 },
    })
  })

  test('makes an ingest an error that would bring nobody else', async () => {
    const alone = toVcf(['anna'], ['1 100 . A C . PASS . GT 0/1'])
    await fixture.ingest('d', [alone])
    removeIndividual(fixture.directory, 'anna')
    await expect(fixture.ingest('d', [alone])).rejects.toThrow('everybody in it was removed from the node')
  })

  test('comes back as somebody new once readmitted', async () => {
    await fixture.ingest('d', [TEXT], PED)
    const before = await withRegister((register) => register.list().find(({ name }) => name === 'm1')!)
    removeIndividual(fixture.directory, 'm1')
    expect(() => readmitIndividual(fixture.directory, 'nobody')).toThrow('nobody with that name was removed')
    readmitIndividual(fixture.directory, 'm1')
    expect(() => readmitIndividual(fixture.directory, 'm1')).toThrow('nobody with that name was removed')
    fixture.addDataset('later')
    await fixture.ingest('later', [TEXT], PED)
    await expectCountsWithout([], 'later')
    await expectCountsWithout(['m1'], 'd')
    const after = await withRegister((register) => register.list().find(({ name }) => name === 'm1')!)
    expect([after.number, after.pseudonym]).not.toContain(before.number)
    expect(after.pseudonym).not.toBe(before.pseudonym)
  })

  test('leaves no name in the register', async () => {
    await fixture.ingest('d', [TEXT.replaceAll('u1', 'SECRET-NAME')])
    removeIndividual(fixture.directory, 'SECRET-NAME')
    for (const file of readdirSync(fixture.directory).filter((name) => name.startsWith('individuals.sqlite'))) {
      // The write-ahead log is emptied when the last one closes the register.
      expect(readFileSync(join(fixture.directory, file)).includes('SECRET-NAME')).toBe(false)
    }
  })

  test('is not in the files any more after a compaction', async () => {
    await fixture.ingest('d', [TEXT], PED)
    const number = await withRegister((register) => register.list().find(({ name }) => name === 'm1')!.number)
    removeIndividual(fixture.directory, 'm1')
    const now = () => new Date()
    expect(await compactDataset(fixture.directory, 'd', { now, graceMs: 0 })).toMatchObject({ segments: 1 })
    await expectCountsWithout(['m1'])
    expect(await compactDataset(fixture.directory, 'd', { now, graceMs: 0 })).toBeUndefined()
    // With everybody visible again, nothing of the person is there to be seen.
    await withRegister((register) => {
      expect(register.removed().has(number)).toBe(true)
    })
    expect(readdirSync(segmentsDirectory(fixture.directory, 'd'))).toHaveLength(1)
  })

  test('brings no records, cohorts or relatives back', async () => {
    await fixture.ingest('d', [TEXT], PED)
    removeIndividual(fixture.directory, 'm1')
    const sex = { id: 'NCIT:C20197', label: 'male' }
    const role = { id: 'NCIT:C64435', label: 'Proband' }
    const members = ['m1', 'f1'].map((memberId) => ({ memberId, role, affected: true }))
    const pedigrees = [{ id: 'F1', disease: { diseaseCode: { id: 'MONDO:0005027' } }, members }]
    const write = (name: string, documents: readonly object[]) => {
      const path = join(fixture.directory, name)
      writeFileSync(path, JSON.stringify(documents))
      return path
    }
    const biosample = {
      biosampleStatus: { id: 'EFO:0009654' },
      sampleOriginType: { id: 'UBERON:0000178' },
      collectionDate: '2024-01-31',
    }
    const files = [
      write('individuals.json', [
        { id: 'm1', sex, pedigrees },
        { id: 'f1', sex: { id: 'NCIT:C16576', label: 'female' }, pedigrees },
      ]),
      write('biosamples.json', [
        { id: 's-m1', individualId: 'm1', ...biosample },
        { id: 's-f1', individualId: 'f1', ...biosample },
      ]),
    ]
    const report = await withRegister((individuals) =>
      ingestMetadata({ nodeDirectory: fixture.directory, datasetId: 'd', files, individuals, now: () => new Date() }),
    )
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ stored: true, result: { added: 2 } })
    expect(report.notes).toContainEqual({ note: 'left out: individuals who were removed from the node', count: 1 })
    const database = readFileSync(join(fixture.directory, 'metadata.sqlite'))
    expect(database.includes('s-f1')).toBe(true)
    for (const trace of ['s-m1', '"m1"']) expect(database.includes(trace)).toBe(false)
  })

  test('has no interpretations', async () => {
    await fixture.ingest('d', [TEXT], PED)
    removeIndividual(fixture.directory, 'm1')
    const path = join(fixture.directory, 'classes.tsv')
    const columns = 'chrom pos ref alt class laboratory date condition individual'
    const rows = ['m1', 'f1'].map((name) => `1 100 A C 5 Lab 2024-01-31 MONDO:0005027 ${name}`)
    writeFileSync(path, `${[columns, ...rows].join('\n').replaceAll(' ', '\t')}\n`)
    const report = await withRegister((individuals) =>
      addInterpretations({
        nodeDirectory: fixture.directory,
        datasetId: 'd',
        files: [path],
        references: {},
        individuals,
        now: () => new Date(),
      }),
    )
    expect(report).toMatchObject({ added: 1, removed: 1, total: 1 })
  })
})
