import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { damage, MADE_HEADER, MADE_SAMPLES, madeFile, toBytes, toDamaged, type MadeFile } from '../testing/made-vcf.js'
import { createNodeFixture, toVcf } from '../testing/node-fixture.js'
import { Bitmap } from '../variants/bitmap.js'
import { ABSENT_RULES, type AbsentRule } from '../variants/cohort-rules.js'
import { decodeSet, encodeSet } from '../variants/encoded-set.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import { createScanPool, type ScanPool } from './scan-pool.js'
import type { ScanPolicy } from './scan-record.js'
import { scanVcf } from './scan-vcf.js'
import { openVcfFile } from './vcf-file.js'

/** Not in the order of the columns, and in two containers of a bitmap. */
const NUMBERS = Uint32Array.of(7, 3, 70_000, 1, 5, 2, 70_001)
const COLUMNS = {
  numbers: NUMBERS,
  males: Uint8Array.of(1, 1, 0, 0, 0, 0, 0),
  females: Uint8Array.of(0, 0, 1, 1, 0, 0, 0),
}
/** One more than the file has. */
const EVERYBODY = new Bitmap([...NUMBERS, 9])
const ONE_PIECE = 1 << 24

const directory = mkdtempSync(join(tmpdir(), 'fyr-scan-'))
let pool: ScanPool
let files = 0
beforeAll(() => {
  pool = createScanPool(2)
})
afterAll(async () => {
  await pool.close()
  rmSync(directory, { recursive: true })
})

/** Every row of a segment, its sets as lists of people. */
function dump(path: string): object {
  const db = new Database(path, { readonly: true })
  const bitmaps = new Map(db.prepare<[], [number, Buffer]>('SELECT id, bytes FROM bitmap').raw().all())
  const people = (set: number | Buffer | null) =>
    set === null ? null : decodeSet(typeof set === 'number' ? bitmaps.get(set)! : set).toArray()
  const rows = (table: string) =>
    db
      .prepare<[], Record<string, number | string | Buffer | null>>(`SELECT * FROM ${table}`)
      .all()
      .map((row) =>
        Object.entries(row).map(([column, value]) => {
          const isSet = value === null || Buffer.isBuffer(value) || SET_NAMES.has(column)
          return [column, isSet ? people(value as number | Buffer | null) : value]
        }),
      )
  const all = { short: rows('allele'), long: rows('long_allele'), blocks: rows('reference_block') }
  db.close()
  return all
}
const SET_NAMES = new Set([
  ...['heterozygous', 'homozygous', 'hemizygous', 'no_call', 'one_allele', 'somatic', 'fractions', 'covered'],
])

/** What an ingest of a file gives: rows and counts, or the error's message. */
async function scan(
  path: string,
  absent: AbsentRule,
  isCovered: boolean,
  settings: { readonly pool: ScanPool | undefined; readonly pieceBytes: number },
): Promise<object> {
  const policy: ScanPolicy = {
    ...{ assembly: 'GRCh38', minimumGenotypeQuality: 20, normalisation: 'trimmed' },
    ...{ origin: 'germline', absent, references: {} },
  }
  const segment = join(directory, `${++files}.sqlite`)
  const writer = createSegmentWriter(segment, 'GRCh38', isCovered ? EVERYBODY : new Bitmap(NUMBERS))
  const stored = { alleles: 0, duplicateAlleles: 0, contradictoryDuplicates: 0 }
  const positions: number[] = []
  try {
    const file = await openVcfFile(path, 'GRCh38')
    const covered = isCovered ? encodeSet(new Bitmap(NUMBERS)) : undefined
    const options = { covered, ...settings, onRead: (bytes: number) => positions.push(bytes) }
    const counts = await scanVcf({ file, columns: COLUMNS, policy }, options, writer, stored)
    stored.contradictoryDuplicates = writer.contradictoryCalls
    writer.finish([])
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect(positions.at(-1)).toBe(file.size)
    return { counts, stored, rows: dump(segment) }
  } catch (error) {
    writer.abandon()
    return { message: (error as Error).message }
  } finally {
    rmSync(segment, { force: true })
  }
}

const SMALL_LINES = ['0/1', '1/1'].map(
  (call) => `chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t${MADE_SAMPLES.map(() => call).join('\t')}`,
)
/** Its last block of records holds its last line. */
const SMALL_BGZF: MadeFile = {
  ...{ lines: SMALL_LINES, lineEnd: '\n', hasMark: false, isEnded: true, compression: 'bgzf' },
  blockBytes: [...MADE_HEADER, SMALL_LINES[0], ''].join('\n').length,
}

describe('a file scanned by workers, in pieces of any size', () => {
  const pieceBytes = fc.integer({ min: 64, max: 5_000 })

  test('gives the rows, the counts and the errors that one thread gives in one piece', async () => {
    await fc.assert(
      fc.asyncProperty(
        madeFile,
        pieceBytes,
        fc.boolean(),
        fc.constantFrom(...ABSENT_RULES),
        async (made, size, isCovered, absent) => {
          const path = join(directory, 'made.vcf')
          writeFileSync(path, toBytes(made))
          const expected = await scan(path, absent, isCovered, { pool: undefined, pieceBytes: ONE_PIECE })
          expect(await scan(path, absent, isCovered, { pool, pieceBytes: size })).toEqual(expected)
          expect(await scan(path, absent, isCovered, { pool: undefined, pieceBytes: size })).toEqual(expected)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('names the same fault and line of a file that is damaged or cut short, and never takes it as whole', async () => {
    const path = join(directory, 'damaged.vcf')
    await fc.assert(
      fc.asyncProperty(madeFile, pieceBytes, damage, async (made, size, damaged) => {
        const bytes = toBytes(made)
        writeFileSync(path, toDamaged(bytes, damaged))
        // How much of damaged gzip data can still be read depends on how much is asked for at a time.
        const asked = made.compression === 'gzip' ? size : ONE_PIECE
        const expected = await scan(path, 'unknown', false, { pool: undefined, pieceBytes: asked })
        expect(await scan(path, 'unknown', false, { pool, pieceBytes: size })).toEqual(expected)
        if (made.compression === 'none' || 'message' in expected) return
        // Only what no reader needs can be damaged without a fault, such as the time in a gzip header.
        expect(damaged.kind).not.toBe('cut')
        writeFileSync(path, bytes)
        expect(await scan(path, 'unknown', false, { pool: undefined, pieceBytes: ONE_PIECE })).toEqual(expected)
      }),
      {
        numRuns: 100,
        examples: [
          // A damaged end-of-file block that is a piece of its own.
          [SMALL_BGZF, 64, { kind: 'changed', fromEnd: 9, mask: 0xff }],
          // The last line's block, whose size says that it is empty, in a piece with the end-of-file block.
          [SMALL_BGZF, 64, { kind: 'zeroed', fromEnd: 31, mask: 0 }],
        ],
      },
    )
  })

  test('the first bad line is told, wherever workers find others first', async () => {
    const good = `chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t${MADE_SAMPLES.map(() => '0/1').join('\t')}`
    const lines = Array.from({ length: 400 }, (_, index) => (index < 250 ? good : 'chr1\tbad'))
    const path = join(directory, 'bad.vcf')
    writeFileSync(path, toVcf(MADE_SAMPLES, lines))
    const found = await scan(path, 'hom-ref', false, { pool, pieceBytes: 300 })
    expect(found).toEqual({ message: 'bad.vcf:253: the line has 2 columns but the header has 16' })
  })
})

test('an ingest of several files by workers gives the report of one thread', async () => {
  const fixture = createNodeFixture()
  const contents = [0, 1, 2].map((number) => {
    const lines = Array.from(
      { length: 60 },
      (_, row) => `chr${number + 1} ${row + 5} . A C,G . PASS . GT 0/1 ./2 1|${row % 3}`,
    )
    return toVcf(['a', 'b', `c${number}`], [...lines, 'chrX 5000000 . A C . PASS . GT 0/1 0/1 1'])
  })
  const reports = []
  for (const scan of [
    { workers: 0, pieceBytes: ONE_PIECE },
    { workers: 1, pieceBytes: 100 },
    { workers: 2, pieceBytes: 700 },
  ]) {
    const id = `d${scan.workers}`
    fixture.addDataset(id)
    const {
      seconds: _,
      dataset: __,
      files: ___,
      ...report
    } = await fixture.ingest(id, contents, 'F a 0 0 1 0\n', { scan })
    reports.push(report)
  }
  await fixture.remove()
  expect(reports[0]).toMatchObject({ records: 183, contradictions: { maleHeterozygousXY: 3 } })
  expect(reports[1]).toEqual(reports[0])
  expect(reports[2]).toEqual(reports[0])
})

test.each([
  ['process.exit(3)', /a scan worker ended with 3/],
  ['throw new RangeError("out of it")', /out of it/],
])('a worker that dies (%s) is an error, not a wait without end', async (script, message) => {
  const dying = createScanPool(2, new URL(`data:text/javascript,${script}`))
  const path = join(directory, 'small.vcf')
  const line = `chr1 5 . A C . . . GT ${MADE_SAMPLES.map(() => '0/1').join(' ')}`
  writeFileSync(
    path,
    toVcf(
      MADE_SAMPLES,
      Array.from({ length: 20 }, () => line),
    ),
  )
  const found = await scan(path, 'hom-ref', false, { pool: dying, pieceBytes: 64 })
  expect(found).toEqual({ message: expect.stringMatching(message) })
  await dying.close()
})
