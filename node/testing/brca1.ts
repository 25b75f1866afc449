import type { Span, Transcript } from '../variants/genes/transcript.js'

/** First and last base of each exon of NM_007294.4 on GRCh38, 1-based. Source: RefSeq (checked against UCSC's refGene of hg38); 7,088 bases, 1,863 codons and a stop. */
const EXONS: readonly Span[] = [
  [43044295, 43045802],
  [43047643, 43047703],
  [43049121, 43049194],
  [43051063, 43051117],
  [43057052, 43057135],
  [43063333, 43063373],
  [43063874, 43063951],
  [43067608, 43067695],
  [43070928, 43071238],
  [43074331, 43074521],
  [43076488, 43076614],
  [43082404, 43082575],
  [43090944, 43091032],
  [43091435, 43094860],
  [43095846, 43095922],
  [43097244, 43097289],
  [43099775, 43099880],
  [43104122, 43104261],
  [43104868, 43104956],
  [43106456, 43106533],
  [43115726, 43115779],
  [43124017, 43124115],
  [43125271, 43125364],
]

export const BRCA1: Transcript = {
  accession: 'NM_007294',
  version: '4',
  symbol: 'BRCA1',
  protein: 'NP_009225.1',
  assembly: 'GRCh38',
  contig: 17,
  strand: '-',
  exons: EXONS.map(([first, last]): Span => [first - 1, last]),
  coding: { start: 43045677, end: 43124096 },
}
