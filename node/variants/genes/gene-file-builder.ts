import { matchContig, type AssemblyId, type Contig } from '../../../schemas/index.js'
import { FormatError } from '../../formats/format-error.js'
import type { GffAttributes, GffFeature } from '../../formats/gff.js'
import { splitVersion, toLookUpName, type Gene, type SkippedFeatures } from './gene.js'
import { toNamedTranscript, toTranscript, type TranscriptParts } from './to-transcript.js'
import type { Transcript } from './transcript.js'

const GENES: ReadonlySet<string> = new Set(['gene', 'ncRNA_gene', 'pseudogene', 'transposable_element_gene'])
const PARTS: ReadonlySet<string> = new Set(['exon', 'CDS', 'stop_codon'])
const ALIGNMENT = 'cDNA_match'
/** Parts of transcripts and whatever else annotation files have: they tell nothing that is wanted here. */
const OTHERS: ReadonlySet<string> = new Set([
  'five_prime_UTR',
  'three_prime_UTR',
  'UTR',
  '5UTR',
  '3UTR',
  'start_codon',
  'Selenocysteine',
  'stop_codon_redefined_as_selenocysteine',
  'intron',
  'region',
  'chromosome',
  'scaffold',
  'biological_region',
  'match',
  'enhancer',
  'silencer',
  'centromere',
])

/** Whether features of a type are worth reading. */
export function isWantedType(type: string): boolean {
  return !OTHERS.has(type)
}

export interface GeneFileBuilder {
  /** @throws FormatError a feature that cannot be of the assembly, or is no gene or transcript */
  add(feature: GffFeature): void
  finish(): {
    readonly genes: readonly Gene[]
    readonly transcripts: readonly Transcript[]
    readonly skipped: SkippedFeatures
  }
}

function first(attributes: GffAttributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)?.[0]
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** Collects the genes and transcripts of one annotation file, whose lines may come in any order. */
export function createGeneFileBuilder(assembly: AssemblyId): GeneFileBuilder {
  const genes: Gene[] = []
  /** By ID, in GTF by transcript_id and contig. */
  const parts = new Map<string, TranscriptParts>()
  const gapped = new Set<string>()
  const contigs = new Map<string, Contig | undefined>()
  const symbols = new Map<string, string>()
  let otherContigs = 0

  /** One string for equal ones: a piece of a line keeps the whole line in memory. */
  function intern(text: string | undefined): string | undefined {
    if (text === undefined) return undefined
    const known = symbols.get(text)
    if (known === undefined) symbols.set(text, text)
    return known ?? text
  }

  function contigOf(sequence: string): Contig | undefined {
    if (contigs.has(sequence)) return contigs.get(sequence)
    const match = matchContig(assembly, sequence)
    if (match.kind === 'other-assembly')
      throw new FormatError(`${sequence} belongs to ${match.assembly}, not ${assembly}`)
    const contig = match.kind === 'contig' ? match.contig : undefined
    contigs.set(sequence, contig)
    return contig
  }

  function partsOf(key: string): TranscriptParts {
    let found = parts.get(key)
    if (!found) parts.set(key, (found = { named: undefined, contig: undefined, exons: [], coding: [], isMixed: false }))
    return found
  }

  function addGene({ attributes, start, end }: GffFeature, contig: Contig): void {
    const id = first(attributes, 'ID')
    const geneId = first(attributes, 'gene_id')
    const symbol = symbolOf(attributes) ?? geneId ?? id?.replace(/^gene[:-]/, '')
    if (symbol === undefined) throw new FormatError('this gene has neither a name nor an id')
    genes.push({
      contig: contig.number,
      start,
      end,
      symbol,
      ids: idsOf(attributes, geneId),
      synonyms: synonymsOf(attributes),
    })
  }

  function addPart(feature: GffFeature, contig: Contig): void {
    for (const key of keysOf(feature)) {
      const to = partsOf(key)
      const span = [feature.start, feature.end] as const
      if (feature.type === 'exon') to.exons.push(span)
      else to.coding.push({ span, phase: feature.type === 'CDS' ? feature.phase : undefined })
      if (feature.type === 'CDS') to.protein ??= proteinOf(feature.attributes)
      to.contig ??= contig.number
      to.strand ??= feature.strand
      to.isMixed ||= to.contig !== contig.number || to.strand !== feature.strand
    }
  }

  function addTranscript(feature: GffFeature, contig: Contig): void {
    const key = keysOf(feature, 'ID')[0]
    if (key === undefined) return
    const to = partsOf(key)
    const named = toNamedTranscript(feature)
    const symbol = intern(first(feature.attributes, 'gene_name', 'gene'))
    const version = intern(named?.version)
    to.named = named
      ? { ...named, ...(symbol === undefined ? {} : { symbol }), ...(version === undefined ? {} : { version }) }
      : null
    to.isMixed ||= (to.contig ?? contig.number) !== contig.number || (to.strand ?? feature.strand) !== feature.strand
    to.contig = contig.number
    to.strand = feature.strand
  }

  return {
    add(feature) {
      const contig = contigOf(feature.sequence)
      if (!contig) return void otherContigs++
      if (feature.end > contig.length) {
        throw new FormatError(
          `this feature ends behind ${contig.name} of ${assembly}, which has ${contig.length} bases. Is the file of another assembly?`,
        )
      }
      const { type, attributes } = feature
      if (GENES.has(type) && !attributes.has('Parent')) addGene(feature, contig)
      else if (PARTS.has(type)) addPart(feature, contig)
      else if (type === ALIGNMENT) noteGap(attributes, gapped)
      else addTranscript(feature, contig)
    },
    finish() {
      const transcripts: Transcript[] = []
      let skipped = 0
      for (const each of parts.values()) {
        // Parts of a gene itself, as on MT in RefSeq, are no transcript; neither are features without exons.
        if (each.named === undefined) continue
        const transcript = toTranscript(assembly, each, gapped)
        if (transcript) transcripts.push(transcript)
        else if (each.exons.length > 0) skipped++
      }
      return { genes, transcripts, skipped: { otherContigs, transcripts: skipped } }
    },
  }
}

/** What a part belongs to, or how a transcript is called by its parts. */
function keysOf({ attributes, sequence }: GffFeature, name: 'ID' | 'Parent' = 'Parent'): readonly string[] {
  const ids = attributes.get(name)
  if (ids) return ids
  const transcript = first(attributes, 'transcript_id')
  return transcript === undefined ? [] : [`${transcript}\t${sequence}`]
}

function symbolOf(attributes: GffAttributes): string | undefined {
  return first(attributes, 'gene_name', 'gene', 'Name')
}

function proteinOf(attributes: GffAttributes): string | undefined {
  const id = first(attributes, 'protein_id')
  if (id === undefined) return undefined
  const { accession, version = first(attributes, 'protein_version', 'version') } = splitVersion(id)
  return version === undefined ? accession : `${accession}.${version}`
}

function idsOf(attributes: GffAttributes, geneId: string | undefined): readonly string[] {
  const xrefs = [...(attributes.get('Dbxref') ?? []), ...(attributes.get('db_xref') ?? [])]
  const described = /\[Source:HGNC Symbol;Acc:(HGNC:\d+)\]/.exec(first(attributes, 'description') ?? '')?.[1]
  const ids = [...xrefs, first(attributes, 'hgnc_id'), described].flatMap((id) => {
    const name = id === undefined ? undefined : toLookUpName(id)
    return name !== undefined && /^(HGNC|GENEID):\d+$/.test(name) ? [name] : []
  })
  // RefSeq's GTF makes gene ids up from symbols; Ensembl's are ids.
  if (geneId !== undefined && /^ENS[A-Z]*\d/i.test(geneId)) ids.push(toLookUpName(geneId))
  return [...new Set(ids)]
}

function synonymsOf(attributes: GffAttributes): readonly string[] {
  const names = [...(attributes.get('gene_synonym') ?? []), ...(attributes.get('Alias') ?? [])]
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]
}

/** An alignment with insertions or deletions (`Gap=M185 I3 M250`): the transcript has other lengths than its exons. */
function noteGap(attributes: GffAttributes, gapped: Set<string>): void {
  const target = first(attributes, 'Target')?.split(' ')[0]
  if (target !== undefined && /[ID]\d/.test(attributes.get('Gap')?.join(' ') ?? '')) gapped.add(target.toUpperCase())
}
