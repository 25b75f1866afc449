import { CONTIGS } from '../../schemas/index.js'
import type { Span, Transcript } from '../variants/genes/transcript.js'

/** A gene as annotation files write it. 0-based, half-open. */
export interface WrittenGene {
  readonly symbol: string
  readonly hgnc: number
  readonly ncbi: number
  readonly ensembl: string
  readonly synonyms: readonly string[]
  readonly transcripts: readonly Transcript[]
}

export const DIALECTS = ['refseq-gff3', 'refseq-gtf', 'ensembl-gff3', 'ensembl-gtf', 'gencode-gtf'] as const
export type Dialect = (typeof DIALECTS)[number]

/** Whether a dialect tells of synonyms and of NCBI's ids. */
export function isRefSeq(dialect: Dialect): boolean {
  return dialect.startsWith('refseq')
}

const STOP_CODON = 3

/** Genes as lines of the annotation file that a dialect's publisher would write. */
export function writeGeneFile(genes: readonly WrittenGene[], dialect: Dialect): string {
  const header =
    dialect === 'refseq-gff3' || dialect === 'refseq-gtf'
      ? ['##gff-version 3', '#!genome-build GRCh38.p14', '#!annotation-source NCBI RefSeq GCF_000001405.40-RS_2023_10']
      : dialect === 'gencode-gtf'
        ? ['##description: evidence-based annotation of the human genome (GRCh38), version 44 (Ensembl 110)']
        : ['##gff-version 3', '#!genome-version GRCh38', '#!genebuild-last-updated 2023-03']
  return [...header, ...genes.flatMap((gene) => writeGene(gene, dialect)), ''].join('\n')
}

function writeGene(gene: WrittenGene, dialect: Dialect): readonly string[] {
  return gene.transcripts.flatMap((transcript, copy) => {
    const spans = transcript.exons
    const line = lineOf(transcript, dialect)
    const whole: Span = [spans[0]![0], spans.at(-1)![1]]
    const names = namesOf(gene, transcript, dialect, copy)
    const coding = codingParts(transcript)
    const stop = stopCodon(transcript)
    const isGtf = dialect.endsWith('gtf')
    // GTF leaves the stop codon out of the coding sequence.
    const parts = isGtf && stop ? coding.flatMap((span) => without(span, stop)) : coding
    return [
      line('gene', whole, '.', names.gene),
      line(
        dialect === 'refseq-gff3' || dialect === 'ensembl-gff3' ? 'mRNA' : 'transcript',
        whole,
        '.',
        names.transcript,
      ),
      ...spans.map((span) => line('exon', span, '.', names.part)),
      ...parts.map((span) => line('CDS', span, phaseOf(span, coding, transcript), names.part)),
      ...(isGtf && stop
        ? coding.flatMap((span) => within(span, stop)).map((span) => line('stop_codon', span, '0', names.part))
        : []),
      ...(dialect === 'ensembl-gff3' ? [line('five_prime_UTR', [whole[0], whole[0] + 1], '.', names.part), '###'] : []),
    ]
  })
}

function lineOf({ contig, strand }: Transcript, dialect: Dialect) {
  const { name, accession } = CONTIGS.GRCh38[contig - 1]!
  const sequence = isRefSeq(dialect) ? accession : dialect === 'gencode-gtf' ? `chr${name}` : name
  return (type: string, [start, end]: Span, phase: string, attributes: string) =>
    [sequence, 'made-up', type, start + 1, end, '.', strand, phase, attributes].join('\t')
}

function namesOf(
  { symbol, hgnc, ncbi, ensembl, synonyms }: WrittenGene,
  { accession, version = '1', protein = '' }: Transcript,
  dialect: Dialect,
  copy: number,
) {
  const name = `${accession}.${version}`
  const again = copy === 0 ? '' : copy + 1
  const [proteinId, proteinVersion] = protein.split('.')
  switch (dialect) {
    case 'refseq-gff3': {
      const xrefs = `Dbxref=GeneID:${ncbi},HGNC:HGNC:${hgnc},MIM:1`
      const id = `gene-${symbol}${again && `-${again}`}`
      const rna = `rna-${name}${again && `-${again}`}`
      const known =
        synonyms.length > 0 ? `;gene_synonym=${synonyms.map((each) => each.replace(',', '%2C')).join(',')}` : ''
      return {
        gene: `ID=${id};${xrefs};Name=${symbol};description=a%3B b;gbkey=Gene;gene=${symbol}${known}`,
        transcript: `ID=${rna};Parent=${id};${xrefs};Name=${name};gene=${symbol};transcript_id=${name}`,
        part: `ID=x-${copy};Parent=${rna};gene=${symbol};protein_id=${protein}`,
      }
    }
    case 'refseq-gtf': {
      const id = `gene_id "${symbol}${again && `_${copy}`}"`
      const rna = `transcript_id "${name}${again && `_${copy}`}"`
      const known = synonyms.map((each) => `gene_synonym "${each}"; `).join('')
      return {
        gene: `${id}; transcript_id ""; db_xref "GeneID:${ncbi}"; db_xref "HGNC:HGNC:${hgnc}"; description "a; b"; gene "${symbol}"; ${known}`,
        transcript: `${id}; ${rna}; db_xref "GeneID:${ncbi}"; gene "${symbol}"; `,
        part: `${id}; ${rna}; gene "${symbol}"; exon_number 1; protein_id "${protein}"; `,
      }
    }
    case 'ensembl-gff3':
      return {
        gene: `ID=gene:${ensembl}${again};Name=${symbol};description=a [Source:HGNC Symbol%3BAcc:HGNC:${hgnc}];gene_id=${ensembl};version=7`,
        transcript: `ID=transcript:${accession}${again};Parent=gene:${ensembl}${again};Name=${symbol}-201;transcript_id=${accession};version=${version}`,
        part: `Parent=transcript:${accession}${again};protein_id=${proteinId};version=${proteinVersion}`,
      }
    case 'ensembl-gtf': {
      const gene = `gene_id "${ensembl}"; gene_version "7"; gene_name "${symbol}";`
      const transcript = `${gene} transcript_id "${accession}"; transcript_version "${version}";`
      const part = `${transcript} exon_number "1"; protein_id "${proteinId}"; protein_version "${proteinVersion}";`
      return { gene: `${gene} hgnc_id "HGNC:${hgnc}";`, transcript, part }
    }
    case 'gencode-gtf': {
      const par = copy === 0 ? '' : '_PAR_Y'
      const gene = `gene_id "${ensembl}.7${par}"; gene_type "protein_coding"; gene_name "${symbol}"; level 2; hgnc_id "HGNC:${hgnc}"; tag "a"; tag "b";`
      const transcript = `gene_id "${ensembl}.7${par}"; transcript_id "${name}${par}"; gene_name "${symbol}"; level 2;`
      return { gene, transcript, part: `${transcript} protein_id "${protein}";` }
    }
  }
}

function codingParts({ exons, coding }: Transcript): readonly Span[] {
  return coding ? exons.flatMap((span) => within(span, [coding.start, coding.end])) : []
}

function within([from, to]: Span, [start, end]: Span): readonly Span[] {
  const [first, last] = [Math.max(from, start), Math.min(to, end)]
  return first < last ? [[first, last]] : []
}

function without([from, to]: Span, [start, end]: Span): readonly Span[] {
  return [...within([from, to], [from, start]), ...within([from, to], [end, to])]
}

/** From the first to the last of the last three coding bases on the genome; undefined where the coding sequence is no longer than that. */
function stopCodon(transcript: Transcript): Span | undefined {
  const bases = codingParts(transcript).flatMap(([start, end]) =>
    Array.from({ length: end - start }, (_, at) => start + at),
  )
  if (bases.length <= STOP_CODON) return undefined
  const last = transcript.strand === '+' ? bases.slice(-STOP_CODON) : bases.slice(0, STOP_CODON)
  return [last[0]!, last.at(-1)! + 1]
}

function phaseOf([start, end]: Span, coding: readonly Span[], { strand }: Transcript): string {
  const before = coding
    .filter((span) => (strand === '+' ? span[1] <= start : span[0] >= end))
    .reduce((sum, span) => sum + span[1] - span[0], 0)
  return String((3 - (before % 3)) % 3)
}

/** A transcript of chromosome 1, as RefSeq names them. */
export const someTranscript = (symbol: string, rest: Partial<Transcript> = {}): Transcript => ({
  accession: 'NM_000001',
  version: '2',
  symbol,
  protein: 'NP_000001.3',
  assembly: 'GRCh38',
  contig: 1,
  strand: '+',
  exons: [[99, 200]],
  coding: { start: 110, end: 140 },
  ...rest,
})

/** BRCA1's ids, by any symbol. */
export const someGene = (symbol: string, rest: Partial<WrittenGene> = {}): WrittenGene => ({
  symbol,
  hgnc: 1100,
  ncbi: 672,
  ensembl: 'ENSG00000012048',
  synonyms: [],
  transcripts: [someTranscript(symbol)],
  ...rest,
})
