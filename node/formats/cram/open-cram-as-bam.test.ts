import { afterAll, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCramFiles, randomRegion, recordsOf, someRegions, type CramFile } from '../../testing/cram-files.js'
import { joinParts, memoryFile, openMemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, describeWithOraclesAndFiles, runTool } from '../../testing/oracles.js'
import { readTruth } from '../../testing/truth.js'
import { BGZF_EOF, inflateBlocks } from '../bgzf.js'
import { parseBamHeader } from '../bam/bam-header.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { openFasta } from '../fasta.js'
import { readCramHeader } from './cram-header.js'
import { openCram } from './open-cram.js'
import { openCramAsBam } from './open-cram-as-bam.js'

const NO_EDIT = {}

describeWithOracles('a CRAM file as BAM', () => {
  const { directory, random, files, fasta, view, sam, write } = makeCramFiles()
  afterAll(() => {
    fasta.close()
    rmSync(directory, { recursive: true })
  })

  const openBam = ({ file, path }: CramFile) => openCramAsBam(file, openMemoryFile(`${path}.crai`), fasta)

  test('decodes to the BAM that samtools makes of it, byte by byte', async () => {
    for (const written of files) {
      const bam = await openBam(written)
      const all = await joinParts(written.file, bam.slice({ kind: 'all' }, NO_EDIT))
      const expected = view('-b', written.path)
      const isSame = inflateBlocks(all).content.equals(recordsOf(expected))
      expect({ way: written.way, isSame }).toEqual({ way: written.way, isSame: true })
      const { content } = inflateBlocks(expected)
      expect(bam.header.equals(content.subarray(0, parseBamHeader(content)!.recordsStart))).toBe(true)
    }
  })

  test('gives exactly the reads of regions as BAM', async () => {
    for (const written of files) {
      const bam = await openBam(written)
      const whole = `${written.path}.bam`
      writeFileSync(whole, view('-b', written.path))
      runTool('samtools', ['index', whole])
      for (let round = 0; round < 3; round++) {
        const regions = Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomRegion(random))
        const answer = await joinParts(written.file, bam.slice(someRegions(regions), NO_EDIT))
        const bed = join(directory, 'regions.bed')
        writeFileSync(
          bed,
          regions.map(({ contig, start, end }) => `${contig}\t${start}\t${Math.min(end, 1e6)}\n`).join(''),
        )
        // Of BAM: of slices with several references, samtools 1.16 gives reads of other contigs for several regions of CRAM.
        const expected = recordsOf(view('-b', '-M', '-L', bed, whole))
        const isSame = inflateBlocks(answer).content.equals(expected)
        expect({ way: written.way, regions, isSame }).toEqual({ way: written.way, regions, isSame: true })
      }
      const unplaced = await joinParts(written.file, bam.slice(someRegions([], true), NO_EDIT))
      expect(inflateBlocks(unplaced).content.equals(recordsOf(view('-b', written.path, '*')))).toBe(true)
    }
  })

  test('leaves fields out of reads as BAM', async () => {
    const { path, file } = files[0]!
    const bam = await openCramAsBam(file, openMemoryFile(`${path}.crai`), fasta)
    const region = { contig: 'chr3', start: 4_000, end: 6_000 }
    const answer = await joinParts(file, bam.slice(someRegions([region]), { notags: new Set(['XZ', 'MD']) }))
    const expected = view('-b', '-x', 'XZ', '-x', 'MD', path, 'chr3:4001-6000')
    expect(inflateBlocks(answer).content.equals(recordsOf(expected))).toBe(true)
  })

  test('names reads whose names were not kept, the same for both of a pair', async () => {
    const { file, path } = write('lossy.cram', ['lossy_names=1', 'seqs_per_slice=300'])
    const bam = await openCramAsBam(file, undefined, fasta)
    const answer = join(directory, 'lossy.bam')
    const body = await joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
    writeFileSync(answer, Buffer.concat([await toBgzf(bam.header), body, BGZF_EOF]))
    // htslib puts the name of the file there.
    expect(view(answer).toString()).toBe(view(path).toString().replaceAll('lossy.cram:', 'read:'))
  })

  test('is whole without its end-of-file container, and refused when it is cut', async () => {
    const { file, path } = files[0]!
    const index = openMemoryFile(`${path}.crai`)
    const without = memoryFile(file.content.subarray(0, file.size - 38))
    const bam = await openCramAsBam(without, index, fasta)
    const all = await joinParts(without, bam.slice({ kind: 'all' }, NO_EDIT))
    expect(inflateBlocks(all).content.equals(recordsOf(view('-b', path)))).toBe(true)
    for (const cut of [1, 100, 5_000]) {
      const truncated = memoryFile(without.content.subarray(0, without.size - cut))
      await expect(openCram(truncated, index)).rejects.toThrow(/truncated/)
    }
  })

  describe('needs its reference', () => {
    test.each([
      ['none', () => undefined, /written over a reference, and there is none/],
      ['one of other contigs', () => ({ lengths: new Map(), read: () => '' }), /has no contig chr1/],
      [
        'one of other bases',
        () => ({ lengths: fasta.lengths, read: (_: string, from: number, to: number) => 'A'.repeat(to - from) }),
        /is not the one .*chr1:\d+-\d+ differs/,
      ],
    ])('and says so when there is %s', async (_, source, message) => {
      const { file } = files[0]!
      const bam = await openCramAsBam(file, undefined, source())
      const answer = joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
      await expect(answer).rejects.toMatchObject({ name: 'MissingReferenceError' })
      await expect(joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))).rejects.toThrow(message)
    })

    test('unless it was written without one, or has it in itself', async () => {
      for (const { way, path, file } of files) {
        if (!/embed_ref|no_ref/.test(way)) continue
        const bam = await openCramAsBam(file, undefined, undefined)
        const all = await joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
        expect(inflateBlocks(all).content.equals(recordsOf(view('-b', path)))).toBe(true)
      }
    })
  })

  test('is not asked of a contig that it does not have', async () => {
    const bam = await openBam(files[0]!)
    expect(() => bam.slice(someRegions([{ contig: 'chr2', start: 0, end: 5 }]), NO_EDIT)).toThrow(TypeError)
  })

  test('whose bytes are changed anywhere is refused, never read otherwise', async () => {
    const few = sam.split('\n').filter((line, index) => line.startsWith('@') || (index > 1_000 && index < 1_060))
    const { file, path } = write('small.cram', [], `${few.join('\n')}\n`)
    const { start, end } = await readCramHeader(file)
    const expected = recordsOf(view('-b', path))
    const changed = Buffer.from(file.content)
    for (let round = 0; round < 100; round++) {
      const at = start + Math.floor(random() * (end - start))
      changed[at]! ^= 1 << Math.floor(random() * 8)
      const decode = async () => {
        const bam = await openCramAsBam(memoryFile(changed), undefined, fasta)
        const all = await joinParts(memoryFile(changed), bam.slice({ kind: 'all' }, NO_EDIT))
        return inflateBlocks(all).content.equals(expected)
      }
      await expect(decode()).rejects.toMatchObject({ name: 'FormatError' })
      changed[at] = file.content[at]!
    }
  })
})

describeWithOraclesAndFiles('data/htsget', 'real CRAM files', (folder) => {
  const ofCram = readTruth(folder).filter(({ file }) => file.endsWith('.cram'))
  /** Some of each file: every one decodes a slice of ten thousand reads. */
  const MOST_QUERIES = 10
  const fasta = openFasta(join(folder, 'hts-specs-cram/ce.fa'))
  afterAll(() => fasta.close())

  test.each([...new Set(ofCram.map(({ file }) => file))])('%s gives the known answers as BAM', async (name) => {
    const file = openMemoryFile(join(folder, name))
    const bam = await openCramAsBam(file, openMemoryFile(join(folder, `${name}.crai`)), fasta)
    const header = await toBgzf(bam.header)
    for (const query of ofCram.filter((query) => query.file === name).slice(0, MOST_QUERIES)) {
      const region = { contig: query.referenceName, start: query.start ?? 0, end: query.end ?? Infinity }
      if (query.referenceName !== '*' && !bam.contigs.some(({ name }) => name === query.referenceName)) {
        expect(query.records).toBe(0)
        continue
      }
      const selection = query.referenceName === '*' ? someRegions([], true) : someRegions([region])
      const body = await joinParts(file, bam.slice(selection, NO_EDIT))
      const lines = runTool('samtools', ['view', '-'], Buffer.concat([header, body, BGZF_EOF]))
      const sha256 = createHash('sha256').update(lines).digest('hex')
      expect({ ...query, sha256 }).toEqual(query)
    }
  })
})
