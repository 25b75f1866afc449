import type { AssemblyId } from '../../../schemas/index.js'
import { isCarried } from '../calls.js'
import type { DatasetManifest } from '../dataset-manifest.js'
import { leftAlign } from '../left-align.js'
import type { Reference } from '../reference.js'
import { isStructural, spellStructural } from '../structural.js'
import { uniteCalls } from '../unite-calls.js'
import type { DatasetMatches, Matches, Page, StoreAnswer } from '../variant-store.js'
import type { Variant } from '../variant.js'
import type { HashedIdQuery } from '../variant-query.js'
import { annotationOf, lookUp, type AskedDataset } from './asked-dataset.js'

/** What left-aligned datasets were aligned by. */
export type References = Readonly<Partial<Record<AssemblyId, Reference>>>

export interface GrantedDataset extends AskedDataset {
  readonly manifest: DatasetManifest
}

/** An allele that cannot be stored, for an id that nobody has: it has a place, and so an alleleNumber, but no bases. */
export function absentAllele({ contig, position, structural }: HashedIdQuery): Variant {
  const alternateBases = structural ? spellStructural({ type: '', end: structural.end }) : ''
  return { contig, start: structural?.start ?? position - 1, referenceBases: '', alternateBases }
}

/**
 * The allele as a dataset spells it.
 *
 * @throws Error the dataset is left-aligned and the node has no reference any more: "nobody" could be wrong
 */
export function asStored(manifest: DatasetManifest, variant: Variant, reference: Reference | undefined): Variant {
  const isMovable = (variant.referenceBases === '') !== (variant.alternateBases === '')
  if (manifest.normalisation !== 'left-aligned' || !isMovable || isStructural(variant.alternateBases)) return variant
  if (!reference) throw new Error(`dataset ${manifest.id} is left-aligned, and node.yaml names no reference for it`)
  return leftAlign(variant, reference)
}

/** One allele in each dataset as that spells it, and in all of them together. */
export function answerOneAllele(
  asked: readonly GrantedDataset[],
  variant: Variant,
  page: Page | undefined,
  references: References,
): StoreAnswer {
  const { assembly } = asked[0]!
  const found = asked.map((dataset) => {
    const spelled = asStored(dataset.manifest, variant, references[assembly])
    return { id: dataset.manifest.id, spelled, ...lookUp(dataset, spelled) }
  })
  const datasets = found.map(({ id, spelled, calls, anchor }, index): DatasetMatches => {
    const variants = isCarried(calls) ? 1 : 0
    const matches: Matches = { kind: 'one-allele', variants, variant: spelled, calls }
    const isAsked = variants > 0 && page !== undefined && page.offset === 0 && page.limit > 0
    const toRecord = () => ({ variant: spelled, anchor, calls, annotation: annotationOf(asked[index]!, spelled) })
    return { datasetId: id, matches, page: isAsked ? [toRecord()] : [] }
  })
  const [only, another] = datasets
  if (only && !another) return { datasets, node: only.matches }
  const variants = datasets.some(({ matches }) => matches.variants > 0) ? 1 : 0
  const calls = uniteCalls(
    found.flatMap(({ knowledge }) => knowledge),
    assembly,
    variant,
  )
  return { datasets, node: { kind: 'one-allele', variants, variant, calls } }
}
