import { expect, test } from '@jest/globals'
import { referenceOf } from '../../testing/gene-world.js'
import type { Genes } from '../genes/open-genes.js'
import type { Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { createHgvsNamer } from './hgvs-namer.js'

const STRETCH = 1 << 14
/** ATG TTT CCA TGA, in two exons on the other strand, around the border of two stretches. */
const GENE = 'TCATGG' + 'CCCCC' + 'AAACAT'
const START = STRETCH - 8
const GENOME = 'G'.repeat(START) + GENE + 'G'.repeat(100)

const REFERENCE: Reference = { ...referenceOf(GENOME), has: (contig) => contig === 1 }

const coding = (accession: string): Transcript => ({
  ...{ accession, version: '1', protein: `NP_${accession.slice(3)}.1`, assembly: 'GRCh38', contig: 1, strand: '-' },
  exons: [
    [START, START + 6],
    [START + 11, START + 17],
  ],
  coding: { start: START, end: START + 17 },
})
const { coding: _, protein: __, ...noncoding } = coding('NR_1')

/** By the bases alone, whatever was asked. */
function genesOf(transcripts: readonly Transcript[]): { readonly genes: Pick<Genes, 'transcriptsIn'>; asked: number } {
  const found = {
    asked: 0,
    genes: {
      transcriptsIn: (_: string, { start, end }: { start: number; end: number }) => {
        found.asked++
        return transcripts.filter(({ exons }) => exons[0]![0] < end && exons.at(-1)![1] > start)
      },
    },
  }
  return found
}

const at = (start: number, referenceBases: string, alternateBases: string) => ({
  contig: 1,
  start: START + start,
  referenceBases,
  alternateBases,
})

test('coding transcripts are named before others, then by accession, each with its protein', () => {
  const { genes } = genesOf([noncoding, coding('NM_2'), coding('NM_10')])
  const namer = createHgvsNamer(genes, { GRCh38: REFERENCE })
  expect(namer.names('GRCh38', at(11, 'A', 'T'))).toEqual({
    genomic: `NC_000001.11:g.${START + 12}A>T`,
    transcripts: ['NM_10.1:c.6T>A', 'NM_2.1:c.6T>A', 'NR_1.1:n.6T>A'],
    proteins: ['NP_10.1:p.(Phe2Leu)', 'NP_2.1:p.(Phe2Leu)'],
  })
  // In the stretch before, where the gene begins.
  expect(namer.names('GRCh38', at(1, 'C', 'T')).proteins).toEqual(['NP_10.1:p.(Ter4=)', 'NP_2.1:p.(Ter4=)'])
})

test('what is on one stretch is looked up once', () => {
  const world = genesOf([coding('NM_1')])
  const namer = createHgvsNamer(world.genes, { GRCh38: REFERENCE })
  for (let start = 8; start < 17; start++)
    namer.names('GRCh38', at(start, GENE[start]!, GENE[start] === 'G' ? 'A' : 'G'))
  expect(world.asked).toBe(1)
})

test.each([
  ['before the gene', at(-1, 'G', 'C'), 0],
  ['its first base', at(0, 'T', 'C'), 1],
  ['in front of its first base', at(0, '', 'A'), 0],
  ['its last base', at(16, 'T', 'C'), 1],
  ['behind its last base', at(17, '', 'A'), 0],
  ['behind the gene', at(17, 'G', 'C'), 0],
  ['in its intron', at(8, 'C', 'T'), 1],
  ['out of it', at(16, 'TG', ''), 0],
])('an allele %s has as many transcripts as have all of it', (_, variant, expected) => {
  const namer = createHgvsNamer(genesOf([coding('NM_1')]).genes, { GRCh38: REFERENCE })
  expect(namer.names('GRCh38', variant).transcripts).toHaveLength(expected)
})

test.each([
  ['contradicts the reference', at(11, 'C', 'T')],
  ['is structural', { ...at(11, '', ''), alternateBases: '<DEL;END=70000>' }],
])('an allele that %s has no names', (_, variant) => {
  const namer = createHgvsNamer(genesOf([coding('NM_1')]).genes, { GRCh38: REFERENCE })
  expect(namer.names('GRCh38', variant)).toEqual({ transcripts: [], proteins: [] })
})

test('no more transcripts are named than anybody reads', () => {
  const many = Array.from({ length: 70 }, (_, index) => coding(`NM_${100 + index}`))
  const namer = createHgvsNamer(genesOf(many).genes, {})
  const { transcripts, proteins } = namer.names('GRCh38', at(11, 'A', 'T'))
  expect([transcripts.length, transcripts[0], transcripts[49], proteins]).toEqual([
    50,
    'NM_100.1:c.6T>A',
    'NM_149.1:c.6T>A',
    [],
  ])
})
