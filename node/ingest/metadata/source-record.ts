import type { Sex } from '../../metadata/individuals.js'
import { maskPersonalNumbers } from './personal-numbers.js'

/** Beacon v2 entry types that metadata files hold. */
export const METADATA_TYPES = ['individual', 'biosample', 'run', 'analysis', 'cohort', 'dataset'] as const

export type MetadataType = (typeof METADATA_TYPES)[number]

export type JsonObject = Readonly<Record<string, unknown>>

/** What is wrong with a record: where (JSON pointer in the record, or a column of a table) and why. */
export interface FieldProblem {
  readonly field: string
  readonly reason: string
}

/** A problem and the record that has it, as it is reported. */
export interface Problem extends FieldProblem {
  readonly file: string
  /** The how-manieth record of the file, from 1. */
  readonly record: number
  /** Where the record begins, from 1. */
  readonly line: number
  /** Absent when the record has none, or when it must not be shown. */
  readonly id?: string
}

/** A Beacon document that a record gave. */
export interface Candidate {
  readonly type: MetadataType
  readonly document: JsonObject
  /** Of a cohort: ids of its people. */
  readonly members?: readonly string[]
  /** The place in the record from which a place of the document came, where they differ. */
  readonly toField?: (pointer: string) => string
  /** The record's own word for a field of Beacon. */
  readonly toName?: (field: string) => string
}

/** What a record says of somebody's sex and family beside the document. */
export interface StatedFacts {
  readonly individual: string
  readonly sex: Sex
  readonly family?: string
}

/** A sample column of a VCF file that a record calls an individual's. */
export interface SampleLink {
  readonly sample: string
  readonly individual: string
}

/** One record of a file, whatever its form: the unit that is stored or skipped. */
export interface SourceRecord {
  readonly file: string
  readonly record: number
  readonly line: number
  readonly id?: string
  readonly candidates: readonly Candidate[]
  readonly problems: readonly FieldProblem[]
  readonly facts: readonly StatedFacts[]
  readonly sampleLinks: readonly SampleLink[]
}

/** Counts of what was left out or changed on the way, by sentence. */
export class Notes {
  readonly #counts = new Map<string, number>()

  add(sentence: string, count = 1): void {
    this.#counts.set(sentence, (this.#counts.get(sentence) ?? 0) + count)
  }

  /** Most frequent first, without personal identity numbers. */
  list(): readonly { readonly note: string; readonly count: number }[] {
    return [...this.#counts]
      .map(([note, count]) => ({ note: maskPersonalNumbers(note), count }))
      .sort((a, b) => b.count - a.count)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
