import { Bitmap } from './bitmap.js'

/** The individuals that a caller may learn of at all: consent, blocks and the caller's rights decide. Nobody else counts anywhere. */
export type VisibleSet =
  | { readonly kind: 'everybody' }
  | {
      readonly kind: 'some'
      readonly people: Bitmap
      /** Changes whenever the set does, so that what was computed for one set never serves another. */
      readonly version: string
    }

export const EVERYBODY: VisibleSet = { kind: 'everybody' }

/** Those whom both show. */
export function intersectVisible(a: VisibleSet, b: VisibleSet): VisibleSet {
  if (a.kind === 'everybody') return b
  if (b.kind === 'everybody') return a
  return { kind: 'some', people: Bitmap.and(a.people, b.people), version: `${a.version}&${b.version}` }
}

/** Whether one person is shown. */
export function isVisible(visible: VisibleSet, person: number): boolean {
  return visible.kind === 'everybody' || visible.people.has(person)
}

/** The people of a set that are shown. */
export function visibleOf(visible: VisibleSet, people: Bitmap): Bitmap {
  return restrictionTo(visible, people) ?? people
}

/** The visible ones among some people; undefined when all of them are, so that nothing has to be looked at. */
export function restrictionTo(visible: VisibleSet, people: Bitmap): Bitmap | undefined {
  if (visible.kind === 'everybody' || people.isSubset(visible.people)) return undefined
  return Bitmap.and(people, visible.people)
}
