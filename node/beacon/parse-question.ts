import { looksLikeVariantInternalId, type AssemblyId, type BeaconRequest } from '../../schemas/index.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { variantIdOf, withinOf, type EntryPoint } from './entry-point.js'
import { parseVariantInternalId } from './parse-variant-id.js'
import { parseVariantQuery } from './parse-variant-query.js'
import { invalid } from './query-errors.js'
import { resolveQuestion, type Question, type QuestionSources } from './resolve-question.js'

/**
 * The datasets that the request and its path name; undefined: all. What both name differently is nowhere, and an id in a path
 * that is not there has nothing below it.
 */
export function datasetIdsOf(
  request: BeaconRequest,
  { below }: EntryPoint,
  manifests: readonly DatasetManifest[],
): readonly string[] | undefined {
  if (below?.type !== 'dataset') return request.datasetIds
  if (request.datasetIds && !request.datasetIds.includes(below.id)) return []
  return manifests.some(({ id }) => id === below.id) ? [below.id] : []
}

/**
 * The variant that a request is about: in its path, or in its parameters. Below one entry of another type a request for
 * variants may name none, and then wants all of them.
 *
 * @param known the datasets of which the caller may know, and whether the files of some say of alleles what gene they are in
 * @returns undefined when the request is about no variant
 * @throws NodeError invalid_input
 */
export function parseVariant(
  request: BeaconRequest,
  point: EntryPoint,
  { manifests, isAnnotated }: { readonly manifests: readonly DatasetManifest[]; readonly isAnnotated: boolean },
  sources: QuestionSources,
): Question | undefined {
  const id = variantIdOf(point)
  if (id !== undefined) {
    if (looksLikeVariantInternalId(id)) return { query: parseVariantInternalId(id) }
    // An id that nothing here has.
    return { query: { kind: 'alleles', assembly: manifests[0]?.assembly ?? 'GRCh38', alleles: [] } }
  }
  const named = datasetIdsOf(request, point, manifests)
  const asked = named ? manifests.filter((manifest) => named.includes(manifest.id)) : manifests
  const assemblies = asked.map(({ assembly }) => assembly)
  if (Object.keys(request.gVariant).some((key) => key !== 'assemblyId')) {
    return resolveQuestion(request, { assemblies, isAnnotated }, sources)
  }
  if (point.wanted !== 'genomicVariant') return undefined
  const isBelow = withinOf(point) !== undefined || point.below?.type === 'dataset'
  if (!isBelow) return { query: parseVariantQuery(request, assemblies) }
  return { query: { kind: 'all', assembly: oneAssembly(request, assemblies) } }
}

function oneAssembly({ gVariant }: BeaconRequest, assemblies: readonly AssemblyId[]): AssemblyId {
  const distinct = [...new Set(assemblies)]
  if (gVariant.assemblyId === undefined && distinct.length <= 1) return distinct[0] ?? 'GRCh38'
  const named = distinct.find((assembly) => assembly === gVariant.assemblyId)
  if (named) return named
  throw invalid(`assemblyId must be one of ${distinct.join(', ')}: the node has data of several assemblies`)
}
