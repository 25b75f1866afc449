import type { Grant } from '../access/grant.js'
import { NOBODY, type Calls } from './calls.js'
import type { DatasetManifest } from './dataset-manifest.js'
import type { StoreAnswer, VariantStore } from './variant-store.js'
import { compareVariants, type Variant } from './variant.js'
import type { VisibleSet } from './visible-set.js'

/** What all people of one controller of data have at an allele, each once. */
export interface ControllerCalls {
  readonly controller: string
  readonly datasets: readonly DatasetManifest[]
  readonly calls: Calls
}

/** What the controllers of a node's data have at an allele of a page. */
export type ControllersOf = (variant: Variant) => readonly ControllerCalls[]

/** Look-ups between two turns of the event loop. */
const LOOK_UPS_OF_A_TURN = 64

/**
 * Looks up the alleles of an answer's pages in all datasets of each controller that were asked and may tell counts. Those of
 * pre-counted alleles have no people to unite.
 *
 * @param grant by which the answer was given
 */
export async function readControllers(
  store: VariantStore,
  grant: Grant,
  { datasets: found }: StoreAnswer,
): Promise<ControllersOf> {
  const ids = new Set(found.flatMap(({ datasetId, matches }) => (matches.kind === 'pre-counted' ? [] : [datasetId])))
  const manifests = store.datasets().filter(({ id }) => ids.has(id) && grant.granularityOf(id) !== 'boolean')
  if (manifests.length < 2) return () => []
  const controllers = new Map<string, DatasetManifest[]>()
  for (const manifest of manifests) {
    controllers.set(manifest.controller, [...(controllers.get(manifest.controller) ?? []), manifest])
  }
  const alleles = found
    .flatMap(({ page }) => page)
    .filter(({ counted }) => counted === undefined)
    .map(({ variant }) => variant)
    .sort(compareVariants)
    .filter((variant, index, all) => index === 0 || compareVariants(variant, all[index - 1]!) !== 0)
  const known = new Map<string, readonly ControllerCalls[]>()
  let lookUps = 0
  for (const variant of alleles) {
    const calls: ControllerCalls[] = []
    for (const [controller, datasets] of controllers) {
      if (++lookUps % LOOK_UPS_OF_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      calls.push({ controller, datasets, calls: await lookUp(store, grant, datasets, variant) })
    }
    known.set(toKey(variant), calls)
  }
  return (variant) => known.get(toKey(variant)) ?? []
}

async function lookUp(
  store: VariantStore,
  grant: Grant,
  datasets: readonly DatasetManifest[],
  variant: Variant,
): Promise<Calls> {
  const visible = new Map(datasets.map(({ id }): [string, VisibleSet] => [id, grant.visibleOf(id)!]))
  const { assembly } = datasets[0]!
  const { node } = await store.query(grant.narrowedTo(visible), { kind: 'allele', assembly, ...variant })
  return node?.kind === 'one-allele' ? node.calls : NOBODY
}

function toKey({ contig, start, referenceBases, alternateBases }: Variant): string {
  return `${contig}:${start}:${referenceBases}:${alternateBases}`
}
