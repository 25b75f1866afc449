import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What samtools and bcftools find in a file that stands beside the project. */
export interface TruthQuery {
  /** Below the folder. */
  readonly file: string
  /** `*`: reads without a place. */
  readonly referenceName: string
  /** 0-based half-open; null: open. */
  readonly start: number | null
  readonly end: number | null
  readonly records: number
  /** Of the records as they print them. */
  readonly sha256: string
  /** FASTA file, below the folder. */
  readonly reference?: string
}

/** @param folder with `truth.json` */
export function readTruth(folder: string): readonly TruthQuery[] {
  return (JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { queries: readonly TruthQuery[] }).queries
}
