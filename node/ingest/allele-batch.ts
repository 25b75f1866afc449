import { CALL_SETS, mapCalls } from '../variants/sqlite/encoded-calls.js'
import type { ScannedAllele } from './scan-record.js'

/** Alleles in the form in which they go from one thread to another: their sets stand in one stretch of memory. */
export interface AlleleBatch {
  readonly alleles: readonly Pick<ScannedAllele, 'variant' | 'anchor'>[]
  /** The bytes of all sets: allele by allele, for each in the order of CALL_SETS. */
  readonly sets: Uint8Array<ArrayBuffer>
  /** Of each of them; 0 is the empty set. */
  readonly setBytes: Uint32Array<ArrayBuffer>
}

const FIRST_BYTES = 64 << 10
const FIRST_ALLELES = 256

/** Collects alleles into a batch. */
export class AlleleBatchBuilder {
  readonly #alleles: Pick<ScannedAllele, 'variant' | 'anchor'>[] = []
  #sets = new Uint8Array(FIRST_BYTES)
  #setBytes = new Uint32Array(FIRST_ALLELES * CALL_SETS.length)
  #used = 0
  #count = 0

  add(allele: ScannedAllele): void {
    const { variant, anchor } = allele
    this.#alleles.push({ variant, anchor })
    if (this.#count + CALL_SETS.length > this.#setBytes.length) this.#setBytes = enlarge(this.#setBytes, this.#count + CALL_SETS.length)
    for (const name of CALL_SETS) {
      const set = allele[name]
      const length = set === null ? 0 : set.length
      if (set !== null) {
        if (this.#used + length > this.#sets.length) this.#sets = enlarge(this.#sets, this.#used + length)
        this.#sets.set(set, this.#used)
        this.#used += length
      }
      this.#setBytes[this.#count++] = length
    }
  }

  finish(): AlleleBatch {
    return {
      alleles: this.#alleles,
      sets: this.#sets.subarray(0, this.#used),
      setBytes: this.#setBytes.subarray(0, this.#count),
    }
  }
}

function enlarge<Numbers extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(numbers: Numbers, least: number): Numbers {
  const larger = new (numbers.constructor as new (length: number) => Numbers)(Math.max(2 * numbers.length, least))
  larger.set(numbers)
  return larger
}

/** The memory of a batch, to be given to the other thread instead of copied. */
export function transferablesOf({ sets, setBytes }: AlleleBatch): ArrayBuffer[] {
  return [sets.buffer, setBytes.buffer]
}

/** The alleles of a batch, in order; their sets are views of its memory. */
export function* readAlleleBatch({ alleles, sets, setBytes }: AlleleBatch): Generator<ScannedAllele> {
  let at = 0
  let index = 0
  for (const { variant, anchor } of alleles) {
    const calls = mapCalls(() => {
      const length = setBytes[index++]!
      const set = length === 0 ? null : sets.subarray(at, at + length)
      at += length
      return set
    })
    yield { variant, anchor, ...calls }
  }
}
