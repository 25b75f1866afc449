/** A stream of numbers that depends on nothing but its seed. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** In [from, to]. */
  integer(from: number, to: number): number
  pick<T>(from: readonly T[]): T
}

const TWO_32 = 4_294_967_296

// Taken once: a look-up of a global costs more than the function when tests run it in a context of its own.
const { floor, imul, log1p } = Math

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for made-up data and for nothing else. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = imul(state ^ (state >>> 15), state | 1)
    t ^= t + imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / TWO_32
  }
  const integer = (from: number, to: number): number => from + floor(next() * (to - from + 1))
  return { next, integer, pick: (from) => from[integer(0, from.length - 1)]! }
}

/**
 * Calls `hit` for each of 0…count-1 that is drawn with a probability. Jumps from hit to hit, so that a rare allele costs
 * its carriers and not everybody.
 */
export function forEachDrawn(random: Random, count: number, probability: number, hit: (index: number) => void): void {
  if (probability <= 0) return
  const scale = log1p(-probability)
  const jump = (): number => floor(log1p(-random.next()) / scale)
  for (let index = jump(); index < count; index += 1 + jump()) hit(index)
}
