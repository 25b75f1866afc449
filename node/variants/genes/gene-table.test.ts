import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { someGene, someTranscript, writeGeneFile } from '../../testing/gene-files.js'
import { openGenes, type Genes } from './open-genes.js'
import { readGeneFile } from './read-gene-file.js'
import { removeGenes, replaceGenes } from './write-genes.js'

/** [start, end) of all lengths. */
const spans = fc
  .record({
    start: fc.nat(2_000),
    length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2_000 })),
  })
  .map(({ start, length }): [number, number] => [start, start + length])

let directory: string
let genes: Genes
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-genes-'))
  genes = openGenes(directory)
})
afterEach(() => {
  genes.close()
  rmSync(directory, { recursive: true })
})

async function load(content: string | Buffer, name = 'genes.gff3'): Promise<void> {
  const path = join(directory, name)
  writeFileSync(path, content)
  replaceGenes(directory, 'GRCh38', [await readGeneFile(path, 'GRCh38')], new Date(0))
}

describe('the gene table', () => {
  test('prefers what a gene is called now, and gives every gene of a synonym', async () => {
    const at = (symbol: string, start: number, synonyms: readonly string[]) =>
      someGene(symbol, {
        hgnc: start,
        ncbi: start,
        synonyms,
        transcripts: [someTranscript(symbol, { exons: [[start, start + 50]], coding: { start, end: start + 9 } })],
      })
    await load(
      writeGeneFile([at('SEPT1', 100, ['OLD', 'NEW1']), at('NEW1', 300, ['OLD']), at('X1', 500, [])], 'refseq-gff3'),
    )
    const starts = (name: string) => genes.places(name, 'GRCh38').map(({ start }) => start)
    expect(starts('NEW1')).toEqual([300])
    expect(starts('old')).toEqual([100, 300])
    expect(starts('HGNC:100')).toEqual([100])
  })

  test('is replaced whole, and a node that reads it sees what is there now', async () => {
    expect(genes.sources()).toEqual([])
    expect(genes.places('A', 'GRCh38')).toEqual([])
    expect(genes.transcript('NM_000001', 'GRCh38')).toEqual({ transcripts: [], versions: [] })
    await load(writeGeneFile([someGene('A')], 'refseq-gff3'))
    expect(genes.places('A', 'GRCh38')).toHaveLength(1)
    await load(writeGeneFile([someGene('B')], 'refseq-gff3'), 'other.gff3')
    expect(genes.places('A', 'GRCh38')).toEqual([])
    expect(genes.places('B', 'GRCh38')).toHaveLength(1)
    expect(genes.sources().map(({ file }) => file)).toEqual(['other.gff3'])
    expect(removeGenes(directory, 'GRCh37')).toBe(false)
    expect(removeGenes(directory, 'GRCh38')).toBe(true)
    expect(genes.sources()).toEqual([])
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, `genes.sqlite${suffix}`), { force: true })
    await load(writeGeneFile([someGene('C')], 'refseq-gff3'))
    expect(genes.places('C', 'GRCh38')).toHaveLength(1)
  })

  test('stays as it was when what should replace it cannot be written', async () => {
    await load(writeGeneFile([someGene('A')], 'refseq-gff3'))
    const path = join(directory, 'genes.gff3')
    const file = await readGeneFile(path, 'GRCh38')
    // The same file twice breaks a key of the table in the middle of the replacement.
    expect(() => replaceGenes(directory, 'GRCh38', [{ ...file, genes: [] }, file], new Date(0))).toThrow(/UNIQUE/)
    expect(genes.places('A', 'GRCh38')).toHaveLength(1)
    expect(genes.transcript('NM_000001.2', 'GRCh38').transcripts).toHaveLength(1)
  })

  test('finds the transcripts of a stretch, however long some of them are', () => {
    fc.assert(
      fc.property(
        fc.array(spans, { minLength: 1, maxLength: 30 }),
        spans,
        fc.constantFrom(1, 2),
        (all, [from, to], contig) => {
          const transcripts = all.map((exons, index) => ({
            ...someTranscript('A', { accession: `NM_${index}`, exons: [exons] }),
            contig: 1 + (index % 2),
          }))
          const skipped = { otherContigs: 0, transcripts: 0 }
          const file = { assembly: 'GRCh38', file: 'f', genes: [], transcripts, skipped } as const
          replaceGenes(directory, 'GRCh38', [file], new Date(0))
          const found = genes
            .transcriptsIn('GRCh38', { contig, start: from, end: to })
            .map(({ accession }) => accession)
          const byHand = transcripts.filter(
            ({ contig: on, exons }) => on === contig && exons[0]![0] < to && exons[0]![1] > from,
          )
          expect([...found].sort()).toEqual(byHand.map(({ accession }) => accession).sort())
          expect(genes.transcriptsIn('GRCh37', { contig, start: from, end: to })).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })

  test('finds a version, the only version, or says which there are', async () => {
    const versions = ['3', '12'].map((version) =>
      someGene(`A${version}`, { transcripts: [someTranscript('A', { version })] }),
    )
    const only = someGene('B', {
      transcripts: [someTranscript('B', { accession: 'NM_000002', protein: 'NP_000002.1', version: '5' })],
    })
    await load(writeGeneFile([...versions, only], 'refseq-gff3'))
    const find = (accession: string) => {
      const { transcripts, versions } = genes.transcript(accession, 'GRCh38')
      return [transcripts.map(({ version }) => version), versions]
    }
    expect(find('NM_000001.12')).toEqual([['12'], ['3', '12']])
    expect(find('nm_000001.3')).toEqual([['3'], ['3', '12']])
    expect(find('NM_000001')).toEqual([[], ['3', '12']])
    expect(find('NM_000001.4')).toEqual([[], ['3', '12']])
    expect(find('NM_000002')).toEqual([['5'], ['5']])
    expect(find('NM_000002.4')).toEqual([['5'], ['5']])
    expect(find('NM_000003.1')).toEqual([[], []])
    expect(find("NM_000001' OR 1=1 --")).toEqual([[], []])
  })
})
