import type { AssemblyId, BeaconRequest, Matching, ShortFormMeaning } from '../../schemas/index.js'
import type { NodeError } from '../errors.js'
import type { Genes } from '../variants/genes/open-genes.js'
import type { Reference } from '../variants/reference.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { chooseAssembly } from './parse-contig.js'
import { toMatchInfo } from './parse-structural-match.js'
import { parseVariantQuery } from './parse-variant-query.js'
import { invalid, unsupported } from './query-errors.js'
import { resolveGene } from './resolve-gene.js'
import { resolveShortForm } from './resolve-short-form.js'

/** What questions that name no place are resolved by. */
export interface QuestionSources {
  readonly genes: Genes
  readonly references: Readonly<Partial<Record<AssemblyId, Reference>>>
}

/** What a request is asked of, as far as it decides how a question is understood. */
export interface AskedStore {
  readonly assemblies: readonly AssemblyId[]
  /** Without, "nobody" would be a wrong answer to what only annotations can tell. */
  readonly isAnnotated: boolean
}

/** A gene with one of these is asked of the annotations: they say which change is of which gene. */
const NOT_BY_PLACES = ['aminoacidChange', 'referenceName', 'start', 'end'] as const

/** What the store is asked, and how that follows from the request, for `info` of the answer. */
export interface Question {
  readonly query: VariantQuery
  readonly info?: object
}

/**
 * Turns variant parameters into a question of the store: a place as it is; a gene by its places where the gene table has it, by
 * what the files say of their alleles where not; an HGVS short form by the alleles that it means, or where the node cannot tell
 * which these are, by the same text in the files.
 *
 * @param asked the node's datasets
 * @throws NodeError invalid_input
 */
export function resolveQuestion(
  request: BeaconRequest,
  { assemblies, isAnnotated }: AskedStore,
  sources: QuestionSources,
): Question {
  const { gVariant } = request
  const { geneId, genomicAlleleShortForm } = gVariant
  if (genomicAlleleShortForm !== undefined) {
    const resolved = resolveShortForm(gVariant, genomicAlleleShortForm, assemblies, sources)
    if ('query' in resolved) return resolved
    if (!isAnnotated) throw unsupported(`genomicAlleleShortForm: ${resolved.cannot}`)
    const meaning: ShortFormMeaning = 'alleles whose annotation has this text'
    return {
      query: parseVariantQuery(request, assemblies),
      info: { shortForm: { meaning, note: resolved.cannot } },
    }
  }
  const { referenceName, start, end } = gVariant
  if (geneId !== undefined && referenceName !== undefined && start === undefined && end === undefined) {
    throw invalid('geneId says where the gene is: leave referenceName out, or give start and end too')
  }
  const isGeneAlone = geneId !== undefined && !NOT_BY_PLACES.some((key) => gVariant[key] !== undefined)
  const placed = isGeneAlone ? resolveGene(gVariant, geneId, assemblies, sources.genes) : undefined
  if (placed) return placed
  const asksAnnotations = geneId !== undefined || gVariant.aminoacidChange !== undefined
  if (asksAnnotations && !isAnnotated) throw cannotTell(gVariant, assemblies, sources)
  const query = parseVariantQuery(request, assemblies)
  const structuralMatch = toMatchInfo(query)
  const info: Matching = {
    ...(structuralMatch ? { structuralMatch } : {}),
    ...(geneId === undefined ? {} : { geneSource: 'annotation' }),
  }
  return { query, ...(Object.keys(info).length > 0 ? { info } : {}) }
}

/** "Nobody" would be a wrong answer: what is asked may well be known elsewhere. */
function cannotTell(
  { geneId, aminoacidChange, assemblyId }: BeaconRequest['gVariant'],
  assemblies: readonly AssemblyId[],
  { genes }: QuestionSources,
): NodeError {
  if (geneId === undefined || aminoacidChange !== undefined) {
    return unsupported('aminoacidChange here: no dataset was annotated')
  }
  const assembly = chooseAssembly(undefined, assemblyId, assemblies, 'geneId')
  const hasTable = genes.sources(assembly).length > 0
  const reason = hasTable
    ? `its gene table of ${assembly} has no such symbol, id or synonym`
    : `it has no gene table of ${assembly}`
  return unsupported(`geneId here: ${reason}, and no dataset was annotated`)
}
