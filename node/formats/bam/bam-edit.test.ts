import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../testing/annotated-vcf.js'
import { joinParts, openMemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, runTool } from '../../testing/oracles.js'
import { makeReads } from '../../testing/read-world.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { BGZF_EOF } from '../bgzf.js'
import type { RecordEdit, Selection } from '../slice.js'
import { createBamEdit, READ_FIELDS } from './bam-edit.js'
import { openBam } from './open-bam.js'

const MISSING = ['*', '0', '*', '0', '255', '*', '*', '0', '0', '*', '*']
const LONG_READ_BASES = 70_000

/** A read of more operations than a CIGAR can have: every other base is one that the reference lacks. */
function longRead(): string {
  const cigar = '1M1I'.repeat(LONG_READ_BASES / 2)
  const bases = 'AC'.repeat(LONG_READ_BASES / 2)
  return `long\t0\tchr1\t1001\t20\t${cigar}\t*\t0\t0\t${bases}\t${'I'.repeat(LONG_READ_BASES)}\tNM:i:7\n`
}

/** What SAM text becomes. */
function edited(line: string, { fields, tags, notags }: RecordEdit): string {
  const columns = line.split('\t')
  const kept = (name: string) => fields === undefined || fields.has(name) || (name === 'SEQ' && fields.has('QUAL'))
  const mandatory = READ_FIELDS.map((name, index) => (kept(name) ? columns[index]! : MISSING[index]!))
  const optional = columns.slice(READ_FIELDS.length).filter((field) => {
    const tag = field.slice(0, 2)
    return (tags === undefined || tags.has(tag)) && !notags?.has(tag)
  })
  return [...mandatory, ...optional].join('\t')
}

describeWithOracles('fields that are not wanted', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-edit-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'reads.bam')
  const answer = join(directory, 'answer.bam')

  beforeAll(() => {
    const [header, ...reads] = makeReads(createRandom(3), 2_500).split(/(?=^r0\t)/m)
    const text = header! + longRead() + reads.join('')
    writeFileSync(path, runTool('samtools', ['sort', '--no-PG', '-O', 'bam', '-'], text))
    runTool('samtools', ['index', path])
  })

  async function read(selection: Selection, edit: RecordEdit): Promise<string[]> {
    const file = openMemoryFile(path)
    const bam = await openBam(file, openMemoryFile(`${path}.bai`))
    const body = await joinParts(file, bam.slice(selection, edit))
    writeFileSync(answer, Buffer.concat([await toBgzf(bam.header), body, BGZF_EOF]))
    return runTool('samtools', ['view', answer]).toString().split('\n').slice(0, -1)
  }

  const all = new Set(READ_FIELDS)
  const without = (...names: readonly string[]) => new Set(READ_FIELDS.filter((name) => !names.includes(name)))
  test.each<[string, RecordEdit]>([
    ['none', {}],
    ['all but the name', { fields: without('QNAME') }],
    ['all but bases and qualities', { fields: without('SEQ', 'QUAL') }],
    ['all but bases, which qualities need', { fields: without('SEQ') }],
    ['all but qualities', { fields: without('QUAL') }],
    ['all but the CIGAR', { fields: without('CIGAR') }],
    ['all but the place', { fields: without('RNAME', 'POS') }],
    ['nothing', { fields: new Set(), tags: new Set() }],
    ['no tags', { tags: new Set() }],
    ['two tags', { tags: new Set(['NM', 'XB']) }],
    ['not one tag', { fields: all, notags: new Set(['XZ']) }],
  ])('%s', async (_, edit) => {
    const original = runTool('samtools', ['view', path]).toString().split('\n').slice(0, -1)
    expect(original.some((line) => line.startsWith('long\t'))).toBe(true)
    // Of a read without a place samtools does not look for a long CIGAR.
    const isPlaced = !edit.fields || edit.fields.has('POS') || !edit.fields.has('CIGAR')
    const compared = (lines: readonly string[]) => lines.filter((line) => isPlaced || !line.startsWith('long\t'))
    const wanted = compared(original.map((line) => edited(line, edit)))
    const answered = compared(await read({ kind: 'all' }, edit))
    // A line of the long read is too long to print.
    expect(answered.filter((line, index) => line !== wanted[index]).map((line) => line.slice(0, 200))).toEqual([])
    expect(answered.length).toBe(wanted.length)
  })

  test('each of them by itself, in a region', async () => {
    const region = { contig: 'chr1', start: 36_000, end: 40_400 }
    const original = runTool('samtools', ['view', path, 'chr1:36001-40400']).toString().split('\n').slice(0, -1)
    expect(original.length).toBeGreaterThan(50)
    expect(original.some((line) => line.startsWith('long\t'))).toBe(false)
    for (const name of READ_FIELDS) {
      const edit = { fields: new Set([name]) }
      const answered = await read({ kind: 'some', regions: [region], unplaced: false }, edit)
      expect(answered).toEqual(original.map((line) => edited(line, edit)))
    }
  })

  test('what stays has the bin of its place, so that it can be indexed', async () => {
    await read(
      { kind: 'some', regions: [{ contig: 'chr1', start: 0, end: 300_000 }], unplaced: false },
      { tags: new Set() },
    )
    runTool('samtools', ['index', answer])
    expect(readFileSync(`${answer}.bai`).length).toBeGreaterThan(100)
    const count = (file: string) => runTool('samtools', ['view', '-c', file, 'chr1:40001-40100']).toString()
    expect(count(answer)).toBe(count(path))
  })
})

test('where all is wanted, nothing is changed', () => {
  expect(createBamEdit({})).toBeUndefined()
  expect(createBamEdit({ fields: new Set(READ_FIELDS), notags: new Set() })).toBeUndefined()
  expect(createBamEdit({ samples: [] })).toBeUndefined()
})
