import type { AssemblyId } from '../../../schemas/index.js'
import { uniteAnnotations } from '../annotation.js'
import { Bitmap } from '../bitmap.js'
import { restrictCalls, type Calls } from '../calls.js'
import { restrictPeople } from '../cohort.js'
import { uniteCalls, uniteDisjointCalls, type Knowledge, type Recorded } from '../unite-calls.js'
import type { Variant } from '../variant.js'
import { restrictionTo, type VisibleSet } from '../visible-set.js'
import type { Segment } from './segment.js'

/** A dataset as one question may see it. */
export interface AskedDataset {
  readonly assembly: AssemblyId
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
export function partsOf(dataset: AskedDataset): readonly Part[] {
  return allPartsOf(dataset).filter(({ among }) => !among?.isEmpty)
}

/** Every segment, with an empty set where nobody is visible. */
export function allPartsOf({ segments, visible }: AskedDataset): readonly Part[] {
  return segments.map((segment) => ({ segment, among: restrictionTo(visible, segment.people) }))
}

export interface LookedUp {
  /** What each segment knows of its visible people. */
  readonly knowledge: readonly Knowledge[]
  /** What they know together. */
  readonly calls: Calls
  /** Empty when no segment knows it. */
  readonly anchor: string
}

/** What a dataset's visible people have at one allele: carriers and everybody else who was called. */
export function lookUp(dataset: AskedDataset, variant: Variant): LookedUp {
  const found = partsOf(dataset).map(({ segment, among }) => ({ among, ...segment.lookUp(variant) }))
  const knowledge = found.map((part) => (part.among ? restrictKnowledge(part.knowledge, part.among) : part.knowledge))
  const unite = areDisjoint(dataset.segments) ? uniteDisjointCalls : uniteCalls
  return {
    knowledge,
    calls: unite(knowledge, dataset.assembly, variant),
    anchor: found.find(({ own }) => own !== undefined && own.anchor !== '')?.own?.anchor ?? '',
  }
}

/** By the list of a dataset's segments, which stays the same until another one is published. */
const knownDisjoint = new WeakMap<readonly Segment[], boolean>()

/** Whether segments have nobody in common. */
function areDisjoint(segments: readonly Segment[]): boolean {
  let disjoint = knownDisjoint.get(segments)
  if (disjoint === undefined) {
    const everybody = Bitmap.orMany(segments.map(({ people }) => people))
    disjoint = everybody.size === segments.reduce((sum, { people }) => sum + people.size, 0)
    knownDisjoint.set(segments, disjoint)
  }
  return disjoint
}

/**
 * What the segments of a dataset say of an allele beside who has it, united; empty for nothing. Also those of which nobody is
 * visible: there is no person in it, and answers must not depend on which segments were compacted.
 */
export function annotationOf(dataset: AskedDataset, variant: Variant): string {
  const found = dataset.segments.map((segment) => segment.annotations.known?.find(variant) ?? '')
  return uniteAnnotations(found.filter((annotation) => annotation !== ''))
}

/** The same as if the others had never been there. */
function restrictKnowledge({ cohorts, everybody, own, nearby }: Knowledge, people: Bitmap): Knowledge {
  return {
    // Only looked at when records do not cover everybody.
    get cohorts() {
      return cohorts.map((cohort) => ({ ...cohort, people: restrictPeople(cohort.people, people) }))
    },
    everybody: Bitmap.and(everybody, people),
    own: own && restrictRecorded(own, people),
    nearby: () => {
      const recorded = nearby()
      return recorded && restrictRecorded(recorded, people)
    },
  }
}

function restrictRecorded({ calls, covered }: Recorded, people: Bitmap): Recorded {
  return { calls: restrictCalls(calls, people), covered: Bitmap.and(covered, people) }
}
