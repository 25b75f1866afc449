import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { codingIndexes, geneWorld } from '../../testing/gene-world.js'
import { DIALECTS, isRefSeq, someGene, someTranscript, writeGeneFile, type Dialect } from '../../testing/gene-files.js'
import { openGenes, type Genes } from './open-genes.js'
import { readGeneFile } from './read-gene-file.js'
import type { Transcript } from './transcript.js'
import { replaceGenes } from './write-genes.js'

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

function readText(text: string) {
  const path = join(directory, 'a.gff3')
  writeFileSync(path, text)
  return readGeneFile(path, 'GRCh38')
}

/** What its publisher calls a transcript. */
function accessionIn(dialect: Dialect): { accession: string; protein: string } {
  return isRefSeq(dialect)
    ? { accession: 'NM_000001', protein: 'NP_000001.3' }
    : { accession: 'ENST00000357654', protein: 'ENSP00000350283.3' }
}

describe('an annotation file', () => {
  test('gives the transcripts that were written, whoever wrote it and however it is packed', async () => {
    const packed = fc.constantFrom<(text: string) => Buffer>(
      (text) => Buffer.from(text),
      (text) => gzipSync(text),
      (text) => bgzfFile(Buffer.from(text), 700),
    )
    await fc.assert(
      fc.asyncProperty(
        geneWorld(true),
        fc.constantFrom(...DIALECTS),
        packed,
        fc.boolean(),
        async (world, dialect, pack, isCoding) => {
          const { coding, ...placed } = { ...world.transcript, ...accessionIn(dialect), symbol: 'ABC1' }
          const [from, to] = codingIndexes(world)
          // GTF writes a coding sequence without its stop codon: there must be something left of it.
          const isWritten = isCoding && to - from > 3
          const { protein: _, ...rest } = placed
          const written: Transcript = isWritten ? { ...placed, coding: coding! } : rest
          await load(pack(writeGeneFile([someGene('ABC1', { transcripts: [written] })], dialect)))
          const { symbol: __, ...withoutSymbol } = written
          const found = genes.transcript(`${placed.accession}.2`, 'GRCh38')
          expect(found.versions).toEqual(['2'])
          // Ensembl's GFF3 does not name the gene of a transcript.
          expect(found.transcripts).toEqual([dialect === 'ensembl-gff3' ? withoutSymbol : written])
          if (isWritten)
            expect(genes.translatedTo(placed.protein, 'GRCh38')).toMatchObject({
              versions: ['3'],
              transcripts: [{ accession: placed.accession }],
            })
          const { exons } = placed
          expect(genes.places('abc1', 'GRCh38')).toEqual([
            { contig: 1, start: exons[0]![0], end: exons.at(-1)![1], symbol: 'ABC1' },
          ])
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each(DIALECTS)('of %s names genes by symbol and id, and its version', async (dialect) => {
    await load(writeGeneFile([someGene('BRCA1', { synonyms: ['RNF53', 'a, b'] })], dialect))
    const ids = ['BRCA1', 'brca1', 'HGNC:1100', 'hgnc:1100', 'HGNC:HGNC:1100']
    const more = isRefSeq(dialect) ? ['GeneID:672', 'NCBIGene:672', 'RNF53'] : ['ENSG00000012048', 'ENSG00000012048.23']
    for (const id of [...ids, ...more]) expect([id, genes.places(id, 'GRCh38').length]).toEqual([id, 1])
    expect(genes.places('a, b', 'GRCh38')).toHaveLength(isRefSeq(dialect) ? 1 : 0)
    for (const id of ['BRCA', 'HGNC:110', '', '672']) expect(genes.places(id, 'GRCh38')).toEqual([])
    expect(genes.places('BRCA1', 'GRCh37')).toEqual([])
    const version = isRefSeq(dialect)
      ? 'NCBI RefSeq GCF_000001405.40-RS_2023_10'
      : dialect === 'gencode-gtf'
        ? 'GENCODE version 44 (Ensembl 110)'
        : 'genebuild-last-updated 2023-03'
    expect(genes.sources('GRCh38')).toMatchObject([{ file: 'genes.gff3', version, genes: 1, transcripts: 1 }])
  })

  test.each(DIALECTS)('of %s has a gene of both sex chromosomes twice', async (dialect) => {
    const names = accessionIn(dialect)
    const onX = someTranscript('ASMT', {
      ...names,
      contig: 23,
      exons: [[1_595_454, 1_596_000]],
      coding: { start: 1_595_500, end: 1_595_560 },
    })
    const onY = { ...onX, contig: 24 }
    await load(writeGeneFile([someGene('ASMT', { transcripts: [onX, onY] })], dialect))
    expect(genes.places('ASMT', 'GRCh38').map(({ contig }) => contig)).toEqual([23, 24])
    expect(genes.transcript(names.accession, 'GRCh38').transcripts.map(({ contig }) => contig)).toEqual([23, 24])
  })

  const line = (attributes: string, type = 'gene', rest = '1\t100') =>
    ['NC_000001.11', '.', type, rest, '.', '+', '.', attributes].join('\t')
  const good = line('ID=gene-A;Name=A')

  test.each<[string, string, RegExp]>([
    [
      'is of another assembly by its header',
      `#!genome-build GRCh37.p13\n${good}`,
      /a\.gff3:1: the file says that it is of GRCh37/,
    ],
    ['is of another assembly by its contigs', `${good.replace('.11', '.10')}`, /:1: NC_000001\.10 belongs to GRCh37/],
    [
      'is of another assembly by lengths',
      `##sequence-region 1 1 249250621\n${good}`,
      /1 has 249250621 bases; that of GRCh38 has 248956422/,
    ],
    [
      'reaches behind its contig',
      `${good}\n${line('ID=b;Name=B', 'gene', '5\t248956423')}`,
      /a\.gff3:2: .* ends behind 1 of GRCh38/,
    ],
    ['has no genes', '##gff-version 3\n', /no gene on a chromosome of GRCh38/],
    ['has genes of other contigs only', good.replace('NC_000001.11', 'NT_187361.1'), /no gene on a chromosome/],
    ['is something else', 'a\tb\tc', /:1: this is neither GFF3/],
    ['has a line without columns', `${good}\nNC_000001.11\tx`, /:2: a line has 9 columns/],
    ['has no numbers', line('ID=a;Name=A', 'gene', '0\t5'), /start and end must be whole numbers from 1/],
    ['has start above end', line('ID=a;Name=A', 'gene', '9\t5'), /start not above end/],
    ['has a broken attribute', `${good}\n${line('ID=a;Name')}`, /"Name" is no attribute of GFF3/],
  ])('that %s is refused', async (_, text, message) => {
    await expect(readText(text)).rejects.toThrow(message)
  })

  test('that is damaged is refused', async () => {
    const packed = gzipSync(`${good}\n`.repeat(1000))
    writeFileSync(join(directory, 'b.gz'), packed.subarray(0, packed.length - 20))
    await expect(readGeneFile(join(directory, 'b.gz'), 'GRCh38')).rejects.toThrow(/b\.gz:\d+: .*truncated/)
    await expect(readGeneFile(join(directory, 'none.gz'), 'GRCh38')).rejects.toThrow(/none\.gz: there is no such file/)
  })

  test('whose lines stand in another order gives the same', async () => {
    const lines = writeGeneFile([someGene('ABC1')], 'refseq-gff3')
      .trim()
      .split('\n')
    const forwards = await readText(lines.join('\n'))
    const backwards = await readText([...lines.slice(0, 3), ...lines.slice(3).reverse()].join('\n'))
    expect(backwards).toEqual(forwards)
    expect(forwards.transcripts).toHaveLength(1)
  })

  test('says of transcripts whose bases cannot be counted why', async () => {
    const exon = (id: string, from: number, to: number, type = 'exon') =>
      line(`Parent=rna-${id}`, type, `${from}\t${to}`)
    const coding = (id: string, from: number, to: number, phase: string) =>
      exon(id, from, to, 'CDS').replace(/\t\.\t(?=Parent)/, `\t${phase}\t`)
    const rna = (id: string, more = '') =>
      line(`ID=rna-${id};Parent=gene-A;Name=${id};transcript_id=${id}${more}`, 'mRNA')
    const { transcripts, skipped } = await readText(
      [
        good,
        rna('NM_1.1', ';Note=The RefSeq transcript has 1 non-frameshifting indel compared to this genomic sequence'),
        exon('NM_1.1', 1, 90),
        rna('NM_2.1'),
        exon('NM_2.1', 1, 90),
        line('ID=m;Target=NM_2.1 1 90 +;Gap=M40 I1 M49', 'cDNA_match'),
        rna('NM_3.1', ';Note=The RefSeq transcript has 1 substitution compared to this genomic sequence'),
        exon('NM_3.1', 1, 90),
        line('ID=m;Target=NM_3.1 1 90 +;Gap=M90', 'cDNA_match'),
        rna('NM_4.1'),
        exon('NM_4.1', 1, 90),
        // A ribosome that slips back by one base reads it twice.
        coding('NM_4.1', 1, 30, '0'),
        coding('NM_4.1', 30, 60, '0'),
        rna('NM_5.1'),
        exon('NM_5.1', 1, 90),
        coding('NM_5.1', 1, 30, '2'),
        rna('NM_6.1'),
        exon('NM_6.1', 1, 50),
        exon('NM_6.1', 40, 90),
        rna('NM_7.1', ';partial=true'),
        exon('NM_7.1', 1, 90),
        rna('NM_8.1'),
        exon('NM_8.1', 1, 40),
        coding('NM_8.1', 1, 60, '0'),
        line('ID=rna-x;Parent=gene-A;Name=hsa-mir-1', 'miRNA'),
        exon('x', 1, 20),
      ].join('\n'),
    )
    const caveats = Object.fromEntries(transcripts.map((each) => [each.accession, each.caveat ?? each.coding?.caveat]))
    expect(caveats).toEqual({
      NM_1: 'its sequence has other lengths than the genome there',
      NM_2: 'its sequence has other lengths than the genome there',
      NM_3: undefined,
      NM_4: 'it is not read base by base through the exons',
      NM_5: 'its first codon is not known',
      NM_7: 'only a part of it is known',
      NM_8: 'it reaches out of the exons',
    })
    expect(skipped).toEqual({ otherContigs: 0, transcripts: 2 })
  })
})
