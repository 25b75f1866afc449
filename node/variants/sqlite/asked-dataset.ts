import { type Bitmap } from '../bitmap.js'
import { carriersOf, mergeCalls, NOBODY, restrictCalls, type Calls } from '../calls.js'
import type { Variant } from '../variant.js'
import { restrictionTo, type VisibleSet } from '../visible-set.js'
import type { Segment } from './segment.js'

/** A dataset as one question may see it. */
export interface AskedDataset {
  readonly segments: readonly Segment[]
  readonly visible: VisibleSet
}

/** A segment with somebody to see in it. */
export interface Part {
  readonly segment: Segment
  /** Only these of its people are visible; undefined when all are. */
  readonly among: Bitmap | undefined
}

/** Segments of which nobody is visible are left out, as if they were not there. */
export function partsOf({ segments, visible }: AskedDataset): readonly Part[] {
  return segments
    .map((segment) => ({ segment, among: restrictionTo(visible, segment.people.all) }))
    .filter(({ among }) => !among?.isEmpty)
}

export interface LookedUp {
  readonly calls: Calls
  /** Empty when no segment knows it. */
  readonly anchor: string
  readonly isCarried: boolean
}

/** What a dataset's visible people have at one allele: carriers and everybody else who was called. */
export function lookUp(dataset: AskedDataset, variant: Variant): LookedUp {
  const parts = partsOf(dataset)
  const found = parts.map(({ segment }) => segment.find(variant))
  const known = found.map((allele, index) => allele?.calls() ?? parts[index]!.segment.callsWithoutRow(variant))
  const everybody = known.length > 0 ? mergeCalls(known) : NOBODY
  const { visible } = dataset
  const calls = visible.kind === 'everybody' ? everybody : restrictCalls(everybody, visible.people)
  const anchor = found.find((allele) => allele !== undefined && allele.anchor !== '')?.anchor ?? ''
  return { calls, anchor, isCarried: !carriersOf(calls).isEmpty }
}
