import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDataset } from '../dataset.js'
import { openAsker } from '../testing/asker.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

const MT_LENGTH = 16_569
const directory = mkdtempSync(join(tmpdir(), 'fyr-reference-'))
let fixture: NodeFixture
let references: { GRCh37: string; GRCh38: string }

/** A reference of MT alone: the given bases, then A to the end. */
function writeReference(name: string, bases: string): string {
  const path = join(directory, name)
  writeFileSync(path, `>chrM\n${bases.padEnd(MT_LENGTH, 'A')}\n`)
  writeFileSync(`${path}.fai`, `chrM\t${MT_LENGTH}\t6\t${MT_LENGTH}\t${MT_LENGTH + 1}\n`)
  return path
}

beforeAll(() => {
  fixture = createNodeFixture()
  fixture.addDataset('d')
  references = {
    GRCh38: writeReference('38.fa', 'acgtNRAAGGTTCACACACACAT'),
    GRCh37: writeReference('37.fa', 'ACGTNRCCGGTTCACACACACAT'),
  }
})
afterAll(async () => {
  await fixture.remove()
  rmSync(directory, { recursive: true, force: true })
})

function ingest(line: string, paths: Partial<typeof references> = references) {
  return fixture.ingest('d', [toVcf(['a'], [line])], undefined, { references: paths })
}

describe('a REF that contradicts the reference stops the ingest', () => {
  test.each<[string, string, RegExp]>([
    ['naming the true base', 'MT 1 . C T . PASS . GT 1', /:3: REF C is not what GRCh38 has at MT:1, which is A$/],
    ['also in the middle', 'MT 2 . CAT C . PASS . GT 1', /REF CAT is not what GRCh38 has at MT:2, which is CGT$/],
    ['where nobody carries anything', 'MT 1 . C . . PASS . GT 0', /REF C is not what GRCh38 has at MT:1, which is A$/],
    [
      'of a structural allele',
      'MT 9 . T <DEL> . PASS END=12 GT 1',
      /REF T is not what GRCh38 has at MT:9, which is G$/,
    ],
    [
      'naming the assembly that it fits',
      'MT 7 . CC C . PASS . GT 1',
      /REF CC is not what GRCh38 has at MT:7, which is AA; it fits GRCh37: is the file of that assembly\?/,
    ],
    [
      'with long ones cut short',
      `MT 30 . ${'C'.repeat(30)} A . PASS . GT 1`,
      /REF C{20}… \(30 bases\) is not what GRCh38 has at MT:30, which is A{20}… \(30 bases\)$/,
    ],
  ])('%s: %s', async (_, line, message) => {
    await expect(ingest(line)).rejects.toThrow(message)
  })

  test('and the other assembly is not named when its reference is not configured', async () => {
    const { GRCh38 } = references
    await expect(ingest('MT 7 . CC C . PASS . GT 1', { GRCh38 })).rejects.toThrow(/which is AA$/)
  })
})

describe('no contradiction is', () => {
  test.each<[string, string]>([
    ['the same base in another case', 'MT 1 . a T . PASS . GT 1'],
    ['N in the reference', 'MT 5 . C T . PASS . GT 1'],
    ['another letter for several bases in the reference', 'MT 6 . C T . PASS . GT 1'],
    ['N in REF', 'MT 1 . N <DEL> . PASS END=5 GT 1'],
    ['a contig that the reference has not', '1 5 . C T . PASS . GT 0/1'],
    ['the last base', 'MT 16569 . A T . PASS . GT 1'],
  ])('%s', async (_, line) => {
    expect(await ingest(line)).toMatchObject({ records: 1 })
  })
})

describe('a reference is refused', () => {
  test.each<[string, () => string, RegExp]>([
    ['that is not there', () => join(directory, 'none.fa'), /node\.yaml.*there is no reference/],
    [
      'whose contigs have other lengths',
      () => {
        const path = join(directory, 'short.fa')
        writeFileSync(path, '>chrM\nACGT\n')
        writeFileSync(`${path}.fai`, 'chrM\t4\t6\t4\t5\n')
        return path
      },
      /is not GRCh38: chrM has 4 bases, not 16569/,
    ],
    [
      'that has no contig of the assembly',
      () => {
        const path = join(directory, 'other.fa')
        writeFileSync(path, '>scaffold\nACGT\n')
        writeFileSync(`${path}.fai`, 'scaffold\t4\t10\t4\t5\n')
        return path
      },
      /has no contig of GRCh38/,
    ],
  ])('%s', async (_, make, message) => {
    await expect(ingest('MT 1 . A T . PASS . GT 1', { GRCh38: make() })).rejects.toThrow(message)
  })
})

test('with a reference, an id has the base that the file does not show', async () => {
  // TTC to TC: the first base of the two is the one that is trimmed, and the file shows none before it.
  fixture.addDataset('anchored')
  const { GRCh38 } = references
  await fixture.ingest('anchored', [toVcf(['a'], ['MT 13 . CA A . PASS . GT 1'])], undefined, {
    references: { GRCh38 },
  })
  const asker = openAsker(fixture.directory)
  const query = { kind: 'range', assembly: 'GRCh38', contig: 25, start: 12, end: 13 } as const
  const { datasets } = await asker.ask(query)
  asker.close()
  const released = datasets.find(({ dataset }) => dataset.id === 'anchored')!
  expect(released.records.map(({ anchor }) => anchor)).toEqual(['T'])
})

test('an indel of an assay’s region is kept, though the sequence lets it be moved out of there', async () => {
  const { GRCh38 } = references
  const dataset = { name: 'P', assembly: 'GRCh38', granularity: 'record', access: 'public', basis: 'made up' } as const
  addDataset(fixture.directory, { ...fixture.config, references: { GRCh38 } }, 'panel', dataset, new Date())
  // CACACACACA stands at 13 to 22; the last CA is deleted, which is the same as the first.
  const report = await fixture.ingest('panel', [toVcf(['a'], ['MT 20 . ACA A . PASS . GT 1'])], undefined, {
    assay: 'p',
    callable: 'MT\t18\t30\n',
    references: { GRCh38 },
  })
  expect(report).toMatchObject({ alleles: 1, skipped: {} })
  const asker = openAsker(fixture.directory)
  const { datasets } = await asker.ask({ kind: 'range', assembly: 'GRCh38', contig: 25, start: 12, end: 13 })
  asker.close()
  const [record] = datasets.find((released) => released.dataset.id === 'panel')!.records
  expect(record).toMatchObject({
    variant: { start: 12, referenceBases: 'CA' },
    counts: { homoplasmic: 1, alleleNumber: 1 },
  })
})
