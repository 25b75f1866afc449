import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { crc32 } from 'node:zlib'
import { BGZF_EOF } from '../formats/bgzf.js'
import { openIndividuals } from '../metadata/individuals.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { IngestError } from './ingest-error.js'
import { lockIngest } from './ingest-lock.js'

/** One BGZF block (SAM specification 4.1). */
function bgzfBlock(content: Buffer): Buffer {
  const data = deflateRawSync(content)
  const header = Buffer.from('1f8b08040000000000ff0600424302000000', 'hex')
  header.writeUInt16LE(data.length + 25, 16)
  const footer = Buffer.alloc(8)
  footer.writeUInt32LE(crc32(content), 0)
  footer.writeUInt32LE(content.length, 4)
  return Buffer.concat([header, data, footer])
}

const GOOD = toVcf(['a', 'b'], ['chr1 100 . A C . PASS . GT 0/1 1/1', '1 200 . G T . . . GT 0/0 0|1'])
const WITHOUT_EOF = bgzfBlock(Buffer.from(GOOD))
const BGZF = Buffer.concat([WITHOUT_EOF, BGZF_EOF])

function flipByte(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = copy[at]! ^ 0xff
  return copy
}

describe('input that cannot be stored', () => {
  let fixture: NodeFixture
  beforeAll(() => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
  })
  afterAll(() => fixture.remove())

  const good = 'chr1 100 . A C . PASS . GT 0/1 1/1'
  test.each<[string, string | Buffer, RegExp]>([
    ['an empty file', '', /input-\d+\.vcf: the file ends before the #CHROM/],
    ['text that is no VCF', 'hello\nworld\n', /:1: this is no VCF file/],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000', 'hex'), /:1: this is no VCF file/],
    ['no #CHROM line', `##fileformat=VCFv4.2\n1\t5\n`, /:2: the #CHROM header line is missing/],
    ['header only up to ##', `##fileformat=VCFv4.2\n`, /ends before the #CHROM/],
    ['blanks in place of tabs', '##fileformat=VCFv4.2\n#CHROM POS ID\n', /:2: column 1 of the header/],
    [
      'no samples',
      '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
      /:2: the file has no samples/,
    ],
    ['one sample twice', toVcf(['a', 'a'], []), /:2: the sample "a" stands in two columns/],
    [
      'a column too few',
      toVcf(['a', 'b'], [good, 'chr1 200 . A C . PASS . GT 0/1']),
      /:4: the line has 10 columns but the header has 11/,
    ],
    ['a column too many', toVcf(['a', 'b'], ['chr1 200 . A C . PASS . GT 0/1 0/1 0/1']), /:3: the line has 12 columns/],
    ['a line cut short', toVcf(['a', 'b'], ['chr1 200 . A']), /:3: the line has 4 columns/],
    [
      'POS that is no number',
      toVcf(['a', 'b'], ['chr1 abc . A C . PASS . GT 0/1 1/1']),
      /:3: POS "abc" is no whole number/,
    ],
    ['negative POS', toVcf(['a', 'b'], ['chr1 -5 . A C . PASS . GT 0/1 1/1']), /:3: POS "-5"/],
    ['REF that is no sequence', toVcf(['a', 'b'], ['chr1 5 . A? C . PASS . GT 0/1 1/1']), /:3: REF "A\?"/],
    ['ALT that is no allele', toVcf(['a', 'b'], ['chr1 5 . A C;G . PASS . GT 0/1 1/1']), /:3: ALT "C;G"/],
    ['an allele without ALT', toVcf(['a', 'b'], ['chr1 5 . A C . PASS . GT 0/2 1/1']), /:3: sample column 1: allele 2/],
    [
      'a position outside the contig',
      toVcf(['a', 'b'], ['chr21 50000000 . A C . PASS . GT 0/1 1/1']),
      /:3: POS 50000000 lies outside/,
    ],
    [
      'an accession of another assembly',
      toVcf(['a'], ['NC_000001.10 5 . A C . PASS . GT 0/1']),
      /:3: contig NC_000001\.10 belongs to GRCh37/,
    ],
    [
      'contig lengths of another assembly',
      GOOD.replace('\n', '\n##contig=<ID=chr1,length=249250621>\n'),
      /contig chr1 has 249250621 bases in the header but 248956422 in GRCh38; that is the length in GRCh37/,
    ],
    ['truncated gzip', gzipSync(GOOD).subarray(0, -10), /the gzip data ends too early/],
    ['corrupt gzip', flipByte(gzipSync(GOOD), 40), /the gzip data is corrupt/],
    ['BGZF without its end marker', WITHOUT_EOF, /the BGZF end-of-file marker is missing/],
    ['BGZF cut inside a block', BGZF.subarray(0, 60), /ends inside a block|no VCF file|marker is missing/],
    ['BGZF with a wrong checksum', flipByte(BGZF, WITHOUT_EOF.length - 7), /a block fails its checksum/],
  ])('%s', async (_, content, message) => {
    const before = readFileSync(join(fixture.directory, 'datasets/d/manifest.json'), 'utf8')
    const attempt = fixture.ingest('d', [content])
    await expect(attempt).rejects.toThrow(IngestError)
    await expect(attempt).rejects.toThrow(message)
    expect(readFileSync(join(fixture.directory, 'datasets/d/manifest.json'), 'utf8')).toBe(before)
    expect(readdirSync(join(fixture.directory, 'datasets/d/segments'))).toEqual([])
    const individuals = openIndividuals(fixture.directory)
    expect(individuals.identify(['a'])).toMatchObject([{ number: 1, name: 'a', sex: 'unknown' }])
    expect(individuals.list()).toEqual([])
    individuals.close()
  })

  test('a PED file that contradicts itself or is cut short', async () => {
    await expect(fixture.ingest('d', [GOOD], 'F a 0 0 1 0\nF a 0 0 2 0\n')).rejects.toThrow(
      /:2: an individual has two lines/,
    )
    await expect(fixture.ingest('d', [GOOD], 'F a 0\n')).rejects.toThrow(/:1: a PED line has at least 5 columns/)
  })

  test('a dataset that is not there', async () => {
    await expect(fixture.ingest('nope', [GOOD])).rejects.toThrow(/there is no such dataset/)
  })

  test('what is good is stored, from plain text, gzip and BGZF alike', async () => {
    for (const content of [GOOD, gzipSync(GOOD), BGZF, GOOD.replaceAll('\n', '\r\n')]) {
      const report = await fixture.ingest('d', [content])
      expect(report).toMatchObject({ records: 2, alleles: 2, individuals: 2, skipped: {} })
    }
  })

  test('a PED file may not turn a known male into a female', async () => {
    await fixture.ingest('d', [GOOD], 'F a 0 0 1 0\n')
    await expect(fixture.ingest('d', [GOOD], 'F a 0 0 2 0\n')).rejects.toThrow(
      /calls an individual female whom the node knows as male/,
    )
  })

  test('a second ingest while one runs is refused; people keep their numbers', async () => {
    const unlock = lockIngest(fixture.directory)
    await expect(fixture.ingest('d', [GOOD])).rejects.toThrow(/another ingest of this node is running/)
    unlock()
    await fixture.ingest('d', [GOOD])
    await fixture.ingest('d', [toVcf(['b', 'c'], [])])
    const individuals = openIndividuals(fixture.directory)
    expect(individuals.identify(['a', 'b', 'c', 'd']).map(({ number }) => number)).toEqual([1, 2, 3, 4])
    individuals.close()
  })
})
