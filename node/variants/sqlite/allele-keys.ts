import { Bitmap, EMPTY, fromBytes } from '../bitmap.js'
import { encodeNumbers } from '../encode-numbers.js'
import type { Variant } from '../variant.js'

/**
 * Which alleles of one contig, so that those of several segments can be united and counted without reading them. One base in place
 * of another, as nine of ten are, is a number: start, reference and alternate in 28 and twice 2 bits. Others are spelled.
 */
export interface AlleleKeys {
  readonly substitutions: Bitmap
  readonly others: ReadonlySet<string>
}

/** The same as a segment stores it. */
export interface KeyColumns {
  readonly substitutions: Buffer | null
  readonly others: string | null
}

export const NO_KEYS: AlleleKeys = { substitutions: EMPTY, others: new Set() }

const BASES = 'ACGT'
const BASE_BITS = 2
const BASE_MASK = 3
/** Starts below 2^28: the longest chromosome has 2.5e8 bases. */
const START_FACTOR = 2 ** (2 * BASE_BITS)
const END_OF_STARTS = 2 ** 28

function substitutionKey({ start, referenceBases, alternateBases }: Variant): number {
  if (referenceBases.length !== 1 || alternateBases.length !== 1 || start >= END_OF_STARTS) return -1
  const [reference, alternate] = [BASES.indexOf(referenceBases), BASES.indexOf(alternateBases)]
  return reference < 0 || alternate < 0 ? -1 : start * START_FACTOR + reference * (BASE_MASK + 1) + alternate
}

function spell({ start, referenceBases, alternateBases }: Variant): string {
  return `${start}\t${referenceBases}\t${alternateBases}`
}

/** The alleles of a contig that have these keys. */
export function* allelesOf({ substitutions, others }: AlleleKeys, contig: number): Generator<Variant> {
  for (const key of substitutions) {
    const referenceBases = BASES[(key >>> BASE_BITS) & BASE_MASK]!
    yield { contig, start: Math.floor(key / START_FACTOR), referenceBases, alternateBases: BASES[key & BASE_MASK]! }
  }
  for (const text of others) {
    const [start, referenceBases, alternateBases] = text.split('\t') as [string, string, string]
    yield { contig, start: Number(start), referenceBases, alternateBases }
  }
}

export function keysOf(variants: Iterable<Variant>): AlleleKeys {
  const substitutions = new Bitmap()
  const others = new Set<string>()
  for (const variant of variants) {
    const key = substitutionKey(variant)
    if (key < 0) others.add(spell(variant))
    else substitutions.add(key)
  }
  return { substitutions, others }
}

export function countKeys({ substitutions, others }: AlleleKeys): number {
  return substitutions.size + others.size
}

export function hasKey(keys: AlleleKeys, variant: Variant): boolean {
  const key = substitutionKey(variant)
  return key >= 0 ? keys.substitutions.has(key) : keys.others.has(spell(variant))
}

export function uniteKeys(all: readonly AlleleKeys[]): AlleleKeys {
  const [first = NO_KEYS, second] = all
  if (!second) return first
  return {
    substitutions: Bitmap.orMany(all.map(({ substitutions }) => substitutions)),
    others: new Set(all.flatMap(({ others }) => [...others])),
  }
}

/** What is in both of two, and not in a third. */
export function keysBetween(one: AlleleKeys, other: AlleleKeys, without: AlleleKeys): AlleleKeys {
  const both = Bitmap.and(one.substitutions, other.substitutions)
  both.andNotInPlace(without.substitutions)
  return {
    substitutions: both,
    others: new Set([...one.others].filter((key) => other.others.has(key) && !without.others.has(key))),
  }
}

export function decodeKeys({ substitutions, others }: KeyColumns): AlleleKeys {
  return {
    substitutions: substitutions === null ? EMPTY : fromBytes(substitutions),
    others: new Set(others === null ? [] : others.split('\n')),
  }
}

/** Keys of alleles as they come; the same ones may come again. */
export interface KeyList {
  add(variant: Variant): void
  addAll(keys: AlleleKeys): void
  /** How many there are. */
  readonly size: number
  toColumns(): KeyColumns
}

/** Numbers that have not been put in order yet. */
const MOST_UNSORTED = 1_024

export function createKeyList(): KeyList {
  const substitutions = new Bitmap()
  const others = new Set<string>()
  let unsorted: number[] = []
  function sort(): void {
    if (unsorted.length > 0) substitutions.addMany(unsorted)
    unsorted = []
  }
  return {
    add(variant) {
      const key = substitutionKey(variant)
      if (key < 0) others.add(spell(variant))
      else if (unsorted.push(key) >= MOST_UNSORTED) sort()
    },
    addAll(keys) {
      substitutions.orInPlace(keys.substitutions)
      for (const key of keys.others) others.add(key)
    },
    get size() {
      sort()
      return substitutions.size + others.size
    },
    toColumns() {
      sort()
      return {
        substitutions: substitutions.isEmpty ? null : (encodeNumbers(substitutions.toUint32Array()) as Buffer),
        others: others.size === 0 ? null : [...others].join('\n'),
      }
    },
  }
}
