import { Bitmap, EMPTY } from './bitmap.js'

/**
 * Allele fractions of people who have an allele in a tumour: a set of numbers, each of a person and of the person's fraction,
 * so that they are sent between threads, stored and compacted as sets of people are. A person stands there once, or not at all:
 * then the fraction is not known. Whoever leaves people out of the set of people leaves them out here, too.
 */
export type AlleleFractionSet = Bitmap

/** A fraction is kept to the nearest 1/200: reads tell no more, and it fits one byte. */
const STEPS = 200
/** Numbers for each person. */
const SLOTS = 256
/** Of people of higher numbers, of whom there are none before 16 million, no fraction is known. */
const MOST_PEOPLE = 2 ** 32 / SLOTS

/**
 * @param fraction 0 to 1
 * @returns the number that says it; undefined where it cannot be kept
 */
export function toFractionEntry(person: number, fraction: number): number | undefined {
  if (!(fraction >= 0 && fraction <= 1) || person >= MOST_PEOPLE) return undefined
  // Of single precision and six digits, as BCF has it: the same file as VCF must not fall to the other side of a step.
  const written = Number(Math.fround(fraction).toPrecision(6))
  return person * SLOTS + Math.round(written * STEPS)
}

function personOf(entry: number): number {
  return Math.floor(entry / SLOTS)
}

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
  return entries.map((entry) => (entry % SLOTS) / STEPS).sort((a, b) => a - b)
}

export function fractionOf(fractions: AlleleFractionSet, person: number): number | undefined {
  return fractions.isEmpty ? undefined : fractionsOf(fractions, new Bitmap([person]))[0]
}
