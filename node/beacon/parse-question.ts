import type { AssemblyId, BeaconRequest } from '../../schemas/index.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { variantIdOf, withinOf, type EntryPoint } from './entry-point.js'
import { parseVariantInternalId } from './parse-variant-id.js'
import { parseVariantQuery } from './parse-variant-query.js'
import { invalid } from './query-errors.js'

/** The datasets that the request and its path name; undefined: all. What both name differently is nowhere. */
export function datasetIdsOf(request: BeaconRequest, point: EntryPoint): readonly string[] | undefined {
  const { below } = point
  if (below?.type !== 'dataset') return request.datasetIds
  if (request.datasetIds && !request.datasetIds.includes(below.id)) return []
  return [below.id]
}

/**
 * The variant that a request is about: in its path, or in its parameters. Below one entry of another type a request for
 * variants may name none, and then wants all of them.
 *
 * @returns undefined when the request is about no variant
 * @throws NodeError invalid_input
 */
export function parseVariant(
  request: BeaconRequest,
  point: EntryPoint,
  manifests: readonly DatasetManifest[],
): VariantQuery | undefined {
  const id = variantIdOf(point)
  if (id !== undefined) return parseVariantInternalId(id)
  const named = datasetIdsOf(request, point)
  const asked = named ? manifests.filter((manifest) => named.includes(manifest.id)) : manifests
  const assemblies = asked.map(({ assembly }) => assembly)
  if (Object.keys(request.gVariant).some((key) => key !== 'assemblyId')) return parseVariantQuery(request, assemblies)
  if (point.wanted !== 'genomicVariant') return undefined
  const isBelow = withinOf(point) !== undefined || point.below?.type === 'dataset'
  if (!isBelow) return parseVariantQuery(request, assemblies)
  return { kind: 'all', assembly: oneAssembly(request, assemblies) }
}

function oneAssembly({ gVariant }: BeaconRequest, assemblies: readonly AssemblyId[]): AssemblyId {
  const distinct = [...new Set(assemblies)]
  if (gVariant.assemblyId === undefined && distinct.length <= 1) return distinct[0] ?? 'GRCh38'
  const named = distinct.find((assembly) => assembly === gVariant.assemblyId)
  if (named) return named
  throw invalid(`assemblyId must be one of ${distinct.join(', ')}: the node has data of several assemblies`)
}
