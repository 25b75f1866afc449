import { contigByNumber, UNSUPPORTED_QUERY, type AssemblyId, type GVariantParameters } from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import type { Genes } from '../variants/genes/open-genes.js'
import { chooseAssembly } from './parse-contig.js'
import { parseNarrowing } from './parse-narrowing.js'
import { invalid, unsupported } from './query-errors.js'
import type { Question } from './resolve-question.js'

/** Not answered together with a gene yet. */
const NOT_SUPPORTED = ['aminoacidChange', 'mateName'] as const

/**
 * A gene query: the alleles that overlap one of the gene's places, narrowed like those of a range.
 *
 * @throws NodeError invalid_input; with `unsupported-query` when this node cannot say where the gene is
 */
export function resolveGene(
  gVariant: GVariantParameters,
  geneId: string,
  assemblies: readonly AssemblyId[],
  genes: Genes,
): Question {
  const notSupported = NOT_SUPPORTED.find((key) => gVariant[key] !== undefined)
  if (notSupported) throw unsupported(notSupported)
  if (gVariant.referenceName !== undefined) {
    throw invalid('geneId says where the gene is: leave referenceName out, or give start and end instead of geneId')
  }
  const assembly = chooseAssembly(undefined, gVariant.assemblyId, assemblies, 'geneId')
  const places = genes.places(geneId, assembly)
  const sources = genes.sources(assembly)
  if (places.length === 0) throw cannotPlaceGene(assembly, sources.length > 0)
  return {
    query: {
      kind: 'places',
      assembly,
      places: places.map(({ contig, start, end }) => ({ contig, start, end })),
      ...parseNarrowing(gVariant, assembly),
    },
    info: {
      geneSource: 'gene table',
      geneTable: sources.map(({ file, version }) => ({ file, ...(version === undefined ? {} : { version }) })),
      genePlaces: places.map(({ contig, start, end, symbol }) => ({
        symbol,
        referenceName: `refseq:${contigByNumber(assembly, contig).accession}`,
        start,
        end,
      })),
    },
  }
}

/** "Nobody" would be a wrong answer: a gene of that name may well be known elsewhere. */
export function cannotPlaceGene(assembly: AssemblyId, hasTable: boolean): NodeError {
  const reason = hasTable
    ? `its gene table of ${assembly} has no such symbol, id or synonym`
    : `it has no gene table of ${assembly}`
  return new NodeError('invalid_input', `this node does not answer geneId here: ${reason}`, {
    detail: UNSUPPORTED_QUERY,
  })
}
