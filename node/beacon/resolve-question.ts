import type { AssemblyId, BeaconRequest } from '../../schemas/index.js'
import type { Genes } from '../variants/genes/open-genes.js'
import type { Reference } from '../variants/reference.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { toMatchInfo } from './parse-structural-match.js'
import { parseVariantQuery } from './parse-variant-query.js'
import { resolveGene } from './resolve-gene.js'
import { resolveShortForm } from './resolve-short-form.js'

/** What questions that name no place are resolved by. */
export interface QuestionSources {
  readonly genes: Genes
  readonly references: Readonly<Partial<Record<AssemblyId, Reference>>>
}

/** What the store is asked, and how that follows from the request, for `info` of the answer. */
export interface Question {
  readonly query: VariantQuery
  readonly info?: object
}

/**
 * Turns variant parameters into a question of the store: a place as it is, a gene by its places, an HGVS short form by the
 * alleles that it means.
 *
 * @param assemblies those of the node's datasets
 * @throws NodeError invalid_input
 */
export function resolveQuestion(
  request: BeaconRequest,
  assemblies: readonly AssemblyId[],
  sources: QuestionSources,
): Question {
  const { geneId, genomicAlleleShortForm, start, end } = request.gVariant
  if (genomicAlleleShortForm !== undefined) {
    return resolveShortForm(request.gVariant, genomicAlleleShortForm, assemblies, sources)
  }
  const isGene = geneId !== undefined && start === undefined && end === undefined
  if (isGene) return resolveGene(request.gVariant, geneId, assemblies, sources.genes)
  const query = parseVariantQuery(request, assemblies)
  const structuralMatch = toMatchInfo(query)
  return { query, ...(structuralMatch ? { info: { structuralMatch } } : {}) }
}
