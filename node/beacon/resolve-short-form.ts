import type { AssemblyId, GVariantParameters, ShortFormMeaning } from '../../schemas/index.js'
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
 * @returns the question, or one sentence of why this node cannot tell which alleles are meant
 * @throws NodeError invalid_input: it contradicts itself or the sequence
 */
export function resolveShortForm(
  gVariant: GVariantParameters,
  shortForm: string,
  assemblies: readonly AssemblyId[],
  { genes, references }: QuestionSources,
): Question | { readonly cannot: string } {
  const other = Object.keys(gVariant).find((key) => !GOES_WITH.has(key))
  if (other !== undefined) throw invalid(`genomicAlleleShortForm says which allele is meant: leave ${other} out`)
  try {
    const hgvs = parseHgvs(shortForm)
    const assembly = chooseAssembly(hgvs.accession, gVariant.assemblyId, assemblies, 'this genomicAlleleShortForm')
    const resolved = resolveHgvs(hgvs, assembly, genes, references[assembly])
    return { query: toQuery(assembly, resolved), info: { shortForm: toInfo(assembly, resolved, references[assembly]) } }
  } catch (error) {
    if (!(error instanceof HgvsError)) throw error
    if (error.kind === 'cannot') return { cannot: error.message }
    throw invalid(`genomicAlleleShortForm: ${error.message}`)
  }
}

function toQuery(assembly: AssemblyId, { kind, variants }: ResolvedHgvs): Question['query'] {
  const [only] = variants
  if (kind === 'allele' && only) return { kind: 'allele', assembly, ...only }
  return { kind: 'alleles', assembly, alleles: variants }
}

function toInfo(assembly: AssemblyId, resolved: ResolvedHgvs, reference: Reference | undefined): object {
  const { kind, variants, transcript, isOtherVersion, isChecked, acrossIntron } = resolved
  const meaning: ShortFormMeaning =
    kind === 'allele' ? 'one allele' : 'every allele within the codon that makes this change'
  return {
    meaning,
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
