import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bgzfFile } from '../testing/bgzf-file.js'
import { createNodeFixture, toVcf } from '../testing/node-fixture.js'
import { Bitmap } from '../variants/bitmap.js'
import { ABSENT_RULES, type AbsentRule } from '../variants/cohort-rules.js'
import { decodeSet, encodeSet } from '../variants/encoded-set.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import { createScanPool, type ScanPool } from './scan-pool.js'
import type { ScanPolicy } from './scan-record.js'
import { scanVcf } from './scan-vcf.js'
import { openVcfFile } from './vcf-file.js'

const SAMPLES = ['m1', 'm2', 'f1', 'f2', 'u1', 'u2', 'u3']
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
  ...['heterozygous', 'homozygous', 'hemizygous', 'no_call', 'one_allele', 'somatic', 'covered'],
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

interface Site {
  readonly chrom: string
  readonly pos: number
  readonly alleles: string
  readonly filter: string
  readonly info: string
  readonly format: string
  readonly calls: readonly (readonly [string, number])[]
}

const gt = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('0|0', '0/0') },
  { weight: 4, arbitrary: fc.constantFrom('0|1', '1|0', '1/1', '0/1', '1|2', '2/2') },
  { weight: 2, arbitrary: fc.constantFrom('.', './.', './1', '1', '0', '0/1/1') },
)
const site: fc.Arbitrary<Site> = fc.record({
  chrom: fc.constantFrom('chr1', '1', 'chrX', 'Y', 'MT', 'chrUn_1'),
  // Few positions, so that alleles come again.
  pos: fc.integer({ min: 3_000_000, max: 3_000_006 }),
  alleles: fc.constantFrom('A C,G', 'A C,G', 'AT A,ATT', 'G *,T', 'C <DEL>,T', 'CAC C,CACAC', 'A N,T', 'A <NON_REF>,C'),
  filter: fc.constantFrom('PASS', '.', '.', 'LowQual'),
  info: fc.oneof(
    { weight: 8, arbitrary: fc.constant('END=3000050') },
    fc.constant(`END=3000050;X=${'long'.repeat(900)}`),
  ),
  format: fc.constantFrom('GT', 'GT', 'GT:AD:DP:GQ:PL', 'GQ:GT'),
  calls: fc.tuple(...SAMPLES.map(() => fc.tuple(gt, fc.integer({ min: 10, max: 40 })))),
})
const record: fc.Arbitrary<Site> = fc.oneof(
  { weight: 9, arbitrary: site },
  // A block without an allele.
  { weight: 1, arbitrary: site.map((one) => ({ ...one, alleles: 'A .' })) },
)

function toLine({ chrom, pos, alleles, filter, info, format, calls }: Site): string {
  const [ref, alt] = alleles.split(' ') as [string, string]
  const alts = alt === '.' ? 0 : alt.split(',').length
  // MT is short.
  const position = chrom === 'MT' ? pos - 2_999_000 : pos
  const columns = calls.map(([call, gq]) =>
    format
      .split(':')
      .map((key) =>
        key === 'GT'
          ? alts < 2
            ? call.replaceAll(/[12]/g, alts === 0 ? '.' : '1')
            : call
          : key === 'GQ'
            ? gq
            : key === 'AD'
              ? '3,4'
              : '7',
      )
      .join(':'),
  )
  const end = chrom === 'MT' ? info.replace('3000050', '1050') : info
  return [chrom, position, '.', ref, alt, '.', filter, end, format, ...columns].join('\t')
}

const HEADER = ['##fileformat=VCFv4.2', `##about=${'a header longer than a piece '.repeat(9)}`]
interface MadeFile {
  readonly lines: readonly string[]
  readonly lineEnd: string
  readonly hasMark: boolean
  readonly isEnded: boolean
  readonly compression: 'none' | 'gzip' | 'bgzf'
  readonly blockBytes: number
}

const file: fc.Arbitrary<MadeFile> = fc.record({
  lines: fc.array(
    fc.oneof(
      { weight: 200, arbitrary: record.map(toLine) },
      { weight: 5, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constantFrom('chr1\tno record', '#late') },
    ),
    { maxLength: 30 },
  ),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
  isEnded: fc.boolean(),
  compression: fc.constantFrom('none' as const, 'gzip' as const, 'bgzf' as const),
  blockBytes: fc.integer({ min: 200, max: 3_000 }),
})

function toBytes({ lines, lineEnd, hasMark, isEnded, compression, blockBytes }: MadeFile): Buffer {
  const columns = `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${SAMPLES.join('\t')}`
  const text = [...HEADER, columns, ...lines].join(lineEnd)
  const content = Buffer.from(`${hasMark ? '\ufeff' : ''}${text}${isEnded ? lineEnd : ''}`)
  if (compression === 'none') return content
  return compression === 'gzip' ? gzipSync(content) : bgzfFile(content, blockBytes)
}

describe('a file scanned by workers, in pieces of any size', () => {
  const pieceBytes = fc.integer({ min: 64, max: 5_000 })

  test('gives the rows, the counts and the errors that one thread gives in one piece', async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
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

  test('names the same fault and line of a file that is damaged or cut short', async () => {
    const damage = fc.record({ at: fc.double({ min: 0.1, max: 1, noNaN: true }), isCut: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(file, pieceBytes, damage, async (made, size, { at, isCut }) => {
        const bytes = toBytes(made)
        const offset = Math.min(bytes.length - 1, Math.floor(at * bytes.length))
        if (!isCut) bytes[offset]! ^= 0xff
        const path = join(directory, 'damaged.vcf')
        writeFileSync(path, isCut ? bytes.subarray(0, offset) : bytes)
        // How much of damaged gzip data can still be read depends on how much is asked for at a time.
        const asked = made.compression === 'gzip' ? size : ONE_PIECE
        const expected = await scan(path, 'unknown', false, { pool: undefined, pieceBytes: asked })
        expect(await scan(path, 'unknown', false, { pool, pieceBytes: size })).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  test('the first bad line is told, wherever workers find others first', async () => {
    const good = `chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t${SAMPLES.map(() => '0/1').join('\t')}`
    const lines = Array.from({ length: 400 }, (_, index) => (index < 250 ? good : 'chr1\tbad'))
    const path = join(directory, 'bad.vcf')
    writeFileSync(path, toVcf(SAMPLES, lines))
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
  const line = `chr1 5 . A C . . . GT ${SAMPLES.map(() => '0/1').join(' ')}`
  writeFileSync(
    path,
    toVcf(
      SAMPLES,
      Array.from({ length: 20 }, () => line),
    ),
  )
  const found = await scan(path, 'hom-ref', false, { pool: dying, pieceBytes: 64 })
  expect(found).toEqual({ message: expect.stringMatching(message) })
  await dying.close()
})
