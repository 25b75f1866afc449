import { Bitmap, EMPTY } from './bitmap.js'
import { fractionIn, personOf } from './fraction-entry.js'

/**
 * Allele fractions of people who have an allele in a tumour: a set of numbers, each of a person and of the person's fraction,
 * so that they are sent between threads, stored and compacted as sets of people are. A person stands there once, or not at all:
 * then the fraction is not known. Whoever leaves people out of the set of people leaves them out here, too.
 */
export type AlleleFractionSet = Bitmap

/** Of these people alone. */
export function restrictFractions(fractions: AlleleFractionSet, people: Bitmap): AlleleFractionSet {
  if (fractions.isEmpty) return EMPTY
  return new Bitmap(fractions.toArray().filter((entry) => people.has(personOf(entry))))
}

/** Without these people. */
export function leaveOutFractions(fractions: AlleleFractionSet, people: Bitmap): AlleleFractionSet {
  if (fractions.isEmpty) return EMPTY
  return new Bitmap(fractions.toArray().filter((entry) => !people.has(personOf(entry))))
}

/** Of a person of whom several records tell one, the highest: tumours and their samples differ in purity. */
export function uniteFractions(sets: readonly AlleleFractionSet[]): AlleleFractionSet {
  const known = sets.filter((set) => !set.isEmpty)
  const [first, second] = known
  if (!first) return EMPTY
  if (!second) return first
  // In ascending order a person's highest stands last.
  const entries = Bitmap.orMany(known).toArray()
  return new Bitmap(entries.filter((entry, index) => personOf(entry) !== personOf(entries[index + 1] ?? Infinity)))
}

/** The fractions of some people, in ascending order. */
export function fractionsOf(fractions: AlleleFractionSet, people: Bitmap): readonly number[] {
  const entries = fractions.toArray().filter((entry) => people.has(personOf(entry)))
  return entries.map(fractionIn).sort((a, b) => a - b)
}

export function fractionOf(fractions: AlleleFractionSet, person: number): number | undefined {
  return fractions.isEmpty ? undefined : fractionsOf(fractions, new Bitmap([person]))[0]
}
