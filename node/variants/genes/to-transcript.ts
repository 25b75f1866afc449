import type { AssemblyId } from '../../../schemas/index.js'
import type { GffAttributes, GffFeature } from '../../formats/gff.js'
import { splitVersion } from './gene.js'
import { spellTranscript, toSplicing, toSplicedPlace, type Coding, type Span, type Transcript } from './transcript.js'

/** What a transcript's own line says, without what only the parts tell. */
export type NamedTranscript = Pick<Transcript, 'accession' | 'version' | 'symbol' | 'caveat'>

/** What the lines of a file say of one transcript. */
export interface TranscriptParts {
  /** What its own line says; null when that gives it no accession. */
  named: NamedTranscript | null | undefined
  contig: number | undefined
  strand?: GffFeature['strand']
  protein?: string | undefined
  readonly exons: Span[]
  /** Coding parts, and the stop codon, which GTF does not count among them. */
  readonly coding: { readonly span: Span; readonly phase: GffFeature['phase'] }[]
  /** Parts on several contigs or strands: it is joined from several transcripts. */
  isMixed: boolean
}

/** RefSeq says so in a note: `The RefSeq transcript has 1 non-frameshifting indel compared to this genomic sequence`. */
const OTHER_LENGTH = /\b(indels?|frameshifts?)\b.*compared to this genomic sequence|aligns at \d+% coverage/
const OTHER_LENGTH_CAVEAT = 'its sequence has other lengths than the genome there'

/**
 * @param gapped transcripts, with version and in upper case, of which an alignment says that they have other lengths than their exons
 * @returns undefined without an accession, a strand or exons
 */
export function toTranscript(
  assembly: AssemblyId,
  parts: TranscriptParts,
  gapped: ReadonlySet<string>,
): Transcript | undefined {
  const { named, contig, exons: unsorted, strand } = parts
  if (!named || contig === undefined || unsorted.length === 0 || parts.isMixed) return undefined
  if (strand !== '+' && strand !== '-') return undefined
  const exons = unsorted.toSorted(([a], [b]) => a - b)
  // Two exons that share bases cannot be counted through.
  if (exons.some(([start], index) => index > 0 && start < exons[index - 1]![1])) return undefined
  const placed = {
    ...named,
    assembly,
    contig,
    strand,
    exons,
    ...(gapped.has(spellTranscript(named)) ? { caveat: OTHER_LENGTH_CAVEAT } : {}),
  }
  if (parts.coding.length === 0) return placed
  const coding = toCoding(placed, parts.coding)
  return { ...placed, coding, ...(parts.protein === undefined ? {} : { protein: parts.protein }) }
}

/** The accession, version and caveat that a transcript's own line gives. Undefined: none that is an accession. */
export function toNamedTranscript({ attributes }: GffFeature): NamedTranscript | undefined {
  const first = (key: string) => attributes.get(key)?.[0]
  const id = first('transcript_id')
  // RefSeq's GTF numbers the copies of a transcript: NM_000451.4_1.
  const text = (id || first('Name') || first('ID')?.replace(/^(transcript:|rna-)/, '') || '').replace(
    /^([NX][MR]_\d+\.\d+)_\d+$/,
    '$1',
  )
  const split = splitVersion(text)
  // A name that is no transcript_id may be anything, and counts only when it is an accession of RefSeq or Ensembl.
  const isAccession = id ? /^[A-Z]+_?\d+$/ : /^([NX][MR]_|ENS[A-Z]*T)\d+$/
  if (!isAccession.test(split.accession)) return undefined
  const version = split.version ?? first('transcript_version') ?? first('version')
  const caveat = caveatOf(attributes)
  return {
    accession: split.accession,
    ...(version === undefined ? {} : { version }),
    ...(caveat === undefined ? {} : { caveat }),
  }
}

function caveatOf(attributes: GffAttributes): string | undefined {
  const notes = [...(attributes.get('Note') ?? []), ...(attributes.get('note') ?? [])].join(', ')
  if (OTHER_LENGTH.test(notes)) return OTHER_LENGTH_CAVEAT
  return attributes.get('partial')?.[0] === 'true' ? 'only a part of it is known' : undefined
}

function toCoding(transcript: Omit<Transcript, 'coding'>, parts: TranscriptParts['coding']): Coding {
  const ordered = parts.toSorted((a, b) => a.span[0] - b.span[0])
  const start = ordered[0]!.span[0]
  const end = ordered.reduce((last, { span }) => Math.max(last, span[1]), 0)
  const coding = { start, end }
  const splicing = toSplicing(transcript)
  const ends = [start, end - 1].map((position) => toSplicedPlace(transcript, splicing, position))
  if (ends.some((place) => place?.offset !== 0)) return { ...coding, caveat: 'it reaches out of the exons' }
  const first = transcript.strand === '+' ? ordered[0]! : ordered.toSorted((a, b) => b.span[1] - a.span[1])[0]!
  if (first.phase !== undefined && first.phase !== 0) return { ...coding, caveat: 'its first codon is not known' }
  // Joined, the parts are exactly what the exons have from the first to the last coding base; a slipping ribosome makes it otherwise.
  const expected = transcript.exons
    .map(([from, to]): Span => [Math.max(from, start), Math.min(to, end)])
    .filter(([from, to]) => from < to)
  const spans = joinTouching(ordered.map(({ span }) => span))
  const isPlain =
    spans !== undefined &&
    spans.length === expected.length &&
    spans.every(([from, to], index) => from === expected[index]![0] && to === expected[index]![1])
  return isPlain ? coding : { ...coding, caveat: 'it is not read base by base through the exons' }
}

/** A stop codon touches, or stands in, the part that it ends. Undefined: coding parts that overlap otherwise. */
function joinTouching(spans: readonly Span[]): readonly Span[] | undefined {
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (!last || last[1] < span[0]) joined.push(span)
    else if (last[1] === span[0]) joined[joined.length - 1] = [last[0], span[1]]
    else if (!isInside(span, last) && !isInside(last, span)) return undefined
    else joined[joined.length - 1] = [Math.min(last[0], span[0]), Math.max(last[1], span[1])]
  }
  return joined
}

function isInside([from, to]: Span, [start, end]: Span): boolean {
  return start <= from && to <= end
}
