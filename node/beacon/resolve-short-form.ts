import { UNSUPPORTED_QUERY, type AssemblyId, type GVariantParameters } from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { HgvsError } from '../variants/hgvs/hgvs-error.js'
import { parseHgvs } from '../variants/hgvs/parse-hgvs.js'
import { resolveHgvs, type ResolvedHgvs } from '../variants/hgvs/resolve-hgvs.js'
import { anchorOf } from '../variants/left-align.js'
import type { Reference } from '../variants/reference.js'
import { toVariantInternalId, type Variant } from '../variants/variant.js'
import { chooseAssembly } from './parse-contig.js'
import { invalid } from './query-errors.js'
import type { Question, QuestionSources } from './resolve-question.js'

/** What goes with a short form: the others would say again, or otherwise, which allele is meant. */
const GOES_WITH: ReadonlySet<string> = new Set(['genomicAlleleShortForm', 'assemblyId'])

/**
 * An HGVS query: the allele that a g., m., c. or n. form means, or every allele that makes the change of a p. form.
 *
 * @throws NodeError invalid_input, with one sentence of why; with `unsupported-query` when it may be right, but this node
 *   lacks what would resolve it
 */
export function resolveShortForm(
  gVariant: GVariantParameters,
  shortForm: string,
  assemblies: readonly AssemblyId[],
  { genes, references }: QuestionSources,
): Question {
  const other = Object.keys(gVariant).find((key) => !GOES_WITH.has(key))
  if (other !== undefined) throw invalid(`genomicAlleleShortForm says which allele is meant: leave ${other} out`)
  try {
    const hgvs = parseHgvs(shortForm)
    const assembly = chooseAssembly(hgvs.accession, gVariant.assemblyId, assemblies, 'this genomicAlleleShortForm')
    const resolved = resolveHgvs(hgvs, assembly, genes, references[assembly])
    return { query: toQuery(assembly, resolved), info: { shortForm: toInfo(assembly, resolved, references[assembly]) } }
  } catch (error) {
    if (!(error instanceof HgvsError)) throw error
    const detail = error.kind === 'cannot' ? { detail: UNSUPPORTED_QUERY } : {}
    throw new NodeError('invalid_input', `genomicAlleleShortForm: ${error.message}`, detail)
  }
}

function toQuery(assembly: AssemblyId, { kind, variants }: ResolvedHgvs): Question['query'] {
  const [only] = variants
  if (kind === 'allele' && only) return { kind: 'allele', assembly, ...only }
  return { kind: 'alleles', assembly, alleles: variants }
}

function toInfo(assembly: AssemblyId, resolved: ResolvedHgvs, reference: Reference | undefined): object {
  const { kind, variants, transcript, isOtherVersion, isChecked, acrossIntron } = resolved
  return {
    meaning: kind === 'allele' ? 'one allele' : 'every allele within the codon that makes this change',
    ...(transcript === undefined ? {} : { transcript }),
    ...(isOtherVersion ? { note: `the gene table has ${transcript} alone, and the positions were counted in it` } : {}),
    ...(acrossIntron > 0 ? { notAsked: `${acrossIntron} changes of bases on both sides of an intron` } : {}),
    checkedAgainstReference: isChecked,
    variantInternalIds: variants.map((variant) => toVariantInternalId(assembly, variant, toAnchor(variant, reference))),
  }
}

function toAnchor(variant: Variant, reference: Reference | undefined): string {
  return reference ? anchorOf(variant, reference) : ''
}
