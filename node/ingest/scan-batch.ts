import { CALL_SETS, type EncodedSets } from '../variants/sqlite/encoded-calls.js'
import type { AlleleToStore } from '../variants/sqlite/segment-writer.js'
import type { Variant } from '../variants/variant.js'
import type { ScannedAllele, ScannedBlock, ScanSink } from './scan-record.js'

/** A value for each allele of a batch, for every field: far less work to send than an object for each allele. */
type Fields = { readonly [Field in keyof Variant]: Variant[Field][] } & { readonly anchor: string[] }

/** What was scanned in the form in which it goes from one thread to another, alleles and blocks each in the order of the file. */
export interface ScanBatch {
  readonly fields: Fields
  readonly blocks: readonly ScannedBlock[]
  /** Of the alleles that have one, by their place in the batch; absent when none has. */
  readonly annotations?: ReadonlyMap<number, string>
  /** The bytes of all sets: allele by allele, for each in the order of SET_COLUMNS. */
  readonly sets: Uint8Array<ArrayBuffer>
  /** Of each of them; 0 is the empty set. */
  readonly setBytes: Uint32Array<ArrayBuffer>
}

const FIRST_BYTES = 64 << 10
const FIRST_SETS = 2_048

/** Collects a batch. */
export class ScanBatchBuilder implements ScanSink {
  readonly #fields: Fields = { contig: [], start: [], referenceBases: [], alternateBases: [], anchor: [] }
  readonly #blocks: ScannedBlock[] = []
  #annotations: Map<number, string> | undefined
  #sets = new Uint8Array(FIRST_BYTES)
  #setBytes = new Uint32Array(FIRST_SETS)
  #bytes = 0
  #count = 0

  allele(allele: ScannedAllele): void {
    const { variant, anchor, annotation } = allele
    if (annotation !== '') (this.#annotations ??= new Map()).set(this.#fields.start.length, annotation)
    this.#fields.contig.push(variant.contig)
    this.#fields.start.push(variant.start)
    this.#fields.referenceBases.push(variant.referenceBases)
    this.#fields.alternateBases.push(variant.alternateBases)
    this.#fields.anchor.push(anchor)
    if (this.#count + CALL_SETS.length > this.#setBytes.length) {
      const larger = new Uint32Array(2 * this.#setBytes.length)
      larger.set(this.#setBytes)
      this.#setBytes = larger
    }
    for (const name of CALL_SETS) this.#addSet(allele[name])
  }

  block(block: ScannedBlock): void {
    this.#blocks.push(block)
  }

  #addSet(set: Uint8Array | null): void {
    this.#setBytes[this.#count++] = set === null ? 0 : set.length
    if (set === null) return
    const bytes = this.#bytes + set.length
    if (bytes > this.#sets.length) {
      const larger = new Uint8Array(Math.max(2 * this.#sets.length, bytes))
      larger.set(this.#sets)
      this.#sets = larger
    }
    this.#sets.set(set, this.#bytes)
    this.#bytes = bytes
  }

  finish(): ScanBatch {
    return {
      fields: this.#fields,
      blocks: this.#blocks,
      ...(this.#annotations ? { annotations: this.#annotations } : {}),
      sets: this.#sets.subarray(0, this.#bytes),
      setBytes: this.#setBytes.subarray(0, this.#count),
    }
  }
}

/** The memory of a batch, to be given to the other thread instead of copied. */
export function transferablesOf({ sets, setBytes }: ScanBatch): ArrayBuffer[] {
  return [sets.buffer, setBytes.buffer]
}

/** Gives every allele of a batch, in order; their sets are views of its memory. */
export function readScanBatch(
  { fields, annotations, sets, setBytes }: ScanBatch,
  read: (allele: AlleleToStore) => void,
): void {
  let at = 0
  let index = 0
  const next = (): Uint8Array | null => {
    const length = setBytes[index++]!
    if (length === 0) return null
    at += length
    return sets.subarray(at - length, at)
  }
  for (let allele = 0; allele < fields.start.length; allele++) {
    const variant = {
      contig: fields.contig[allele]!,
      start: fields.start[allele]!,
      referenceBases: fields.referenceBases[allele]!,
      alternateBases: fields.alternateBases[allele]!,
    }
    const ofAllele: EncodedSets = CALL_SETS.map(next)
    const annotation = annotations?.get(allele)
    read({
      variant,
      anchor: fields.anchor[allele]!,
      sets: ofAllele,
      ...(annotation === undefined ? {} : { annotation }),
    })
  }
}
