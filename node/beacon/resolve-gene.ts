import { contigByNumber, type AssemblyId, type GVariantParameters, type Matching } from '../../schemas/index.js'
import type { Genes } from '../variants/genes/open-genes.js'
import { chooseAssembly } from './parse-contig.js'
import { parseNarrowing } from './parse-narrowing.js'
import { refuseStructuralMatch } from './parse-structural-match.js'
import type { Question } from './resolve-question.js'

/**
 * A gene query: the alleles that overlap one of the gene's places, narrowed like those of a range.
 *
 * @returns undefined when the gene table does not have it
 * @throws NodeError invalid_input
 */
export function resolveGene(
  gVariant: GVariantParameters,
  geneId: string,
  assemblies: readonly AssemblyId[],
  genes: Genes,
): Question | undefined {
  refuseStructuralMatch(gVariant)
  const assembly = chooseAssembly(undefined, gVariant.assemblyId, assemblies, 'geneId')
  const places = genes.places(geneId, assembly)
  if (places.length === 0) return undefined
  const sources = genes.sources(assembly)
  return {
    query: {
      kind: 'places',
      assembly,
      places: places.map(({ contig, start, end }) => ({ contig, start, end })),
      ...parseNarrowing(gVariant, assembly),
    },
    info: {
      ...({ geneSource: 'gene table' } satisfies Matching),
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
