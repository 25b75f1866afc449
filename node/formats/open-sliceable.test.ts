import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bgzfBlock } from '../testing/bgzf-file.js'
import { joinParts, memoryFile, openMemoryFile } from '../testing/memory-file.js'
import { describeWithOraclesAndFiles, runTool } from '../testing/oracles.js'
import { readTruth, type TruthQuery } from '../testing/truth.js'
import { toBgzf } from './bgzf/block-writer.js'
import { BGZF_EOF } from './bgzf.js'
import { detectFormat, openSliceable } from './open-sliceable.js'
import type { Selection } from './slice.js'

const VCF = '##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'

describe('what a file is, its first bytes tell', () => {
  test.each([
    ['BAM', bgzfBlock(Buffer.from('BAM\x01', 'latin1'))],
    ['CRAM', Buffer.from('CRAM\x03\x01', 'latin1')],
    ['VCF', bgzfBlock(Buffer.from(VCF))],
    ['BCF', bgzfBlock(Buffer.from('BCF\x02\x02', 'latin1'))],
  ])('%s', async (format, bytes) => {
    expect(await detectFormat(memoryFile(bytes))).toBe(format)
  })

  test.each([
    ['nothing', Buffer.alloc(0), /no BAM, CRAM, VCF or BCF/],
    ['an empty BGZF file', BGZF_EOF, /no BAM, CRAM, VCF or BCF/],
    ['another file', bgzfBlock(Buffer.from('>chr1\nACGT\n')), /no BAM, CRAM, VCF or BCF/],
    ['a plain VCF', Buffer.from(VCF), /not compressed/],
    ['a VCF that gzip made', gzipSync(VCF), /compress it with bgzip/],
    ['half a block', bgzfBlock(Buffer.from(VCF)).subarray(0, 40), /truncated/],
  ])('%s is refused', async (_, bytes, reason) => {
    await expect(detectFormat(memoryFile(bytes))).rejects.toThrow(reason)
  })
})

function toSelection({ referenceName, start, end }: TruthQuery): Selection {
  if (referenceName === '*') return { kind: 'some', regions: [], unplaced: true }
  return {
    kind: 'some',
    regions: [{ contig: referenceName, start: start ?? 0, end: end ?? Infinity }],
    unplaced: false,
  }
}

describeWithOraclesAndFiles('data/htsget', 'real files give the known answers', (folder) => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-truth-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const asked = readTruth(folder).filter(({ file }) => !file.endsWith('.cram'))

  function findIndexes(file: string): readonly string[] {
    const beside = ['bai', 'csi', 'tbi'].map((extension) => `${file}.${extension}`)
    const derived = file.endsWith('/htsnexus_test_NA12878.bam') ? ['derived/NA12878.bam.csi'] : []
    return [...beside, ...derived].filter((path) => existsSync(join(folder, path)))
  }

  const files = [...new Set(asked.map(({ file }) => file))]
  const cases = files.flatMap((file) => findIndexes(file).map((index) => ({ file, index })))
  const known = new Map<TruthQuery, Buffer>()

  beforeAll(() => expect(cases.length).toBeGreaterThan(15))

  test.each(cases)('$file by $index', async ({ file, index }) => {
    const stored = openMemoryFile(join(folder, file))
    const opened = await openSliceable(stored, openMemoryFile(join(folder, index)))
    const header = await toBgzf(opened.header)
    const answer = join(directory, 'answer')
    for (const query of asked.filter((other) => other.file === file)) {
      const body = await joinParts(stored, opened.slice(toSelection(query), {}))
      // Another index of the file gives the same.
      if (known.get(query)?.equals(body)) continue
      writeFileSync(answer, Buffer.concat([header, body, BGZF_EOF]))
      const text =
        opened.format === 'BAM' ? runTool('samtools', ['view', answer]) : runTool('bcftools', ['view', '-H', answer])
      expect({ query, sha256: createHash('sha256').update(text).digest('hex') }).toMatchObject({ sha256: query.sha256 })
      known.set(query, body)
    }
  })
})
