import { DEFAULT_ASSEMBLY, matchContig, type AssemblyId } from './assembly.js'

/** What a person types into a search box, as Beacon request parameters: 0-based, half-open. */
export type VariantText =
  | {
      readonly kind: 'allele'
      readonly referenceName: string
      readonly start: number
      readonly referenceBases: string
      readonly alternateBases: string
    }
  | { readonly kind: 'range'; readonly referenceName: string; readonly start: number; readonly end: number }

export type VariantTextResult =
  { readonly ok: true; readonly value: VariantText } | { readonly ok: false; readonly reason: string }

const EXAMPLES = 'write an allele as 17-43045712-T-C or a range as chr17:43,044,295-43,170,245'
const NAME = String.raw`(?:refseq:)?[A-Za-z0-9_.]+`
const POSITION = String.raw`\d{1,3}(?:[ ,]\d{3})+|\d+`
const ALLELE = new RegExp(String.raw`^(${NAME})[-:\s](${POSITION})[-:\s]?([ACGTN]+)[-:>/\s]([ACGTN]+)$`, 'i')
const RANGE = new RegExp(String.raw`^(${NAME})[:\s](${POSITION})(?:\s*(?:-|–|\.\.)\s*(${POSITION}))?$`, 'i')
// A blank groups digits, as in `chr17:43 044 295`; after another blank (`chr1 100 200`) it could as well part two positions.
const ONE_OR_TWO = /^(?:refseq:)?[^\s:-]+\s\d+ \d/i
/** Most characters of what was typed that a reason repeats. */
const LONGEST_ECHO = 80

function position(text: string): number {
  return Number(text.replace(/[ ,]/g, ''))
}

/**
 * Reads `17-43045712-T-C`, `chr17:43045712:T:C`, `17:43045712T>C` (an allele, VCF style: 1-based, anchored) or
 * `chr17:43,044,295-43,170,245` (a range, 1-based and closed). The result is 0-based and half-open.
 */
export function parseVariantText(input: string, assembly: AssemblyId = DEFAULT_ASSEMBLY): VariantTextResult {
  const text = input.trim()
  const allele = ALLELE.exec(text)
  const range = allele ? null : RANGE.exec(text)
  const match = allele ?? range
  if (!match) return { ok: false, reason: `cannot read "${text.slice(0, LONGEST_ECHO)}": ${EXAMPLES}` }
  if (ONE_OR_TWO.test(text)) {
    return { ok: false, reason: `"${text.slice(0, LONGEST_ECHO)}" can be one position or two: ${EXAMPLES}` }
  }
  const named = matchContig(assembly, match[1]!)
  if (named.kind === 'other-assembly') {
    return { ok: false, reason: `${match[1]} belongs to ${named.assembly}, but ${assembly} was asked` }
  }
  if (named.kind === 'unknown')
    return { ok: false, reason: `${assembly} has no chromosome "${match[1]!.slice(0, LONGEST_ECHO)}": ${EXAMPLES}` }
  const { contig } = named
  const first = position(match[2]!)
  const last = range ? position(range[3] ?? range[2]!) : first
  if (first < 1 || last > contig.length) {
    return { ok: false, reason: `positions on ${contig.name} of ${assembly} go from 1 to ${contig.length}` }
  }
  if (last < first) return { ok: false, reason: `the range ends (${last}) before it starts (${first})` }
  const referenceName = `refseq:${contig.accession}`
  if (!allele) return { ok: true, value: { kind: 'range', referenceName, start: first - 1, end: last } }
  const referenceBases = allele[3]!.toUpperCase()
  const alternateBases = allele[4]!.toUpperCase()
  if (referenceBases === alternateBases)
    return { ok: false, reason: 'the reference and the alternate bases are the same' }
  return { ok: true, value: { kind: 'allele', referenceName, start: first - 1, referenceBases, alternateBases } }
}
