import { termsOf } from '../annotation.js'

const PLACE_FACTOR = 2 ** 32

/** A start as one number. */
export function toPlace(contig: number, start: number): number {
  return contig * PLACE_FACTOR + start
}

export function fromPlace(place: number): { readonly contig: number; readonly start: number } {
  return { contig: Math.floor(place / PLACE_FACTOR), start: place % PLACE_FACTOR }
}

const HASH_BITS = 47

/** 47 bits of two multiplicative hashes: an integer of six bytes. Equal hashes of other terms only cost a look. */
export function hashTerm(term: string): number {
  let [low, high] = [0x811c9dc5, 0x9e3779b9]
  for (let i = 0; i < term.length; i++) {
    const code = term.charCodeAt(i)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13)
  }
  low ^= low >>> 15
  high ^= low >>> 7
  return (high >>> (64 - HASH_BITS)) * PLACE_FACTOR + (low >>> 0)
}

export interface AnnotationRow {
  readonly genes: number | null
  readonly terms: Buffer
}

/** @param headOf, genesOf the texts of rows by their numbers */
export function decodeAnnotation(
  { genes, terms }: AnnotationRow,
  headOf: (id: number) => string,
  genesOf: (id: number) => string,
): string {
  const found = genes === null ? [] : [...termsOf(genesOf(genes))]
  let at = 0
  const next = (): number => {
    let [value, shift] = [0, 0]
    for (;;) {
      const byte = terms[at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
      shift += 7
    }
  }
  while (at < terms.length) {
    const head = headOf(next())
    const length = next()
    found.push(head + terms.toString('utf8', at, at + length))
    at += length
  }
  return found.sort().join('\n')
}
