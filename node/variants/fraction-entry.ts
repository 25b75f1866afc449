// Apart from the sets, whose library scan workers do not need.

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

export function personOf(entry: number): number {
  return Math.floor(entry / SLOTS)
}

/** 0 to 1. */
export function fractionIn(entry: number): number {
  return (entry % SLOTS) / STEPS
}
