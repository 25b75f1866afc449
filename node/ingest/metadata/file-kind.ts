import { basename } from 'node:path'
import { existsSync } from 'node:fs'
import { IngestError } from '../ingest-error.js'
import { readTextPieces } from './read-text-pieces.js'
import type { MetadataType } from './source-record.js'

/** What `--type` takes: the names of Beacon-friendly files, and Phenopackets. */
export const METADATA_FILE_TYPES = [
  'individuals',
  'biosamples',
  'runs',
  'analyses',
  'cohorts',
  'datasets',
  'phenopackets',
] as const

export type MetadataFileType = (typeof METADATA_FILE_TYPES)[number]

const ENTRY_TYPES: Readonly<Record<Exclude<MetadataFileType, 'phenopackets'>, MetadataType>> = {
  individuals: 'individual',
  biosamples: 'biosample',
  runs: 'run',
  analyses: 'analysis',
  cohorts: 'cohort',
  datasets: 'dataset',
}

/** The entry type of the records of a Beacon-friendly file or a table. */
export function toEntryType(type: Exclude<MetadataFileType, 'phenopackets'>): MetadataType {
  return ENTRY_TYPES[type]
}

const TYPE_IN_NAME =
  /(?:^|[._-])(individuals|biosamples|runs|analyses|cohorts|datasets|phenopackets)\.(?:json|ndjson|jsonl|tsv|csv|txt)(?:\.gz)?$/i
const TABLE_NAME = /\.(?:tsv|csv|txt)(?:\.gz)?$/i
const JSON_NAME = /\.(?:json|ndjson|jsonl)(?:\.gz)?$/i

/** `individuals.json`, `2026-individuals.ndjson.gz`; undefined when the name does not tell. */
export function typeByName(path: string): MetadataFileType | undefined {
  return TYPE_IN_NAME.exec(basename(path))?.[1]?.toLowerCase() as MetadataFileType | undefined
}

export type FileKind = 'json' | 'table' | 'variants'

/** How a file's text begins, without white space; undefined in a file without text. */
async function firstCharacters(path: string): Promise<string | undefined> {
  try {
    for await (const piece of readTextPieces(path)) {
      const trimmed = piece.trimStart()
      if (trimmed !== '') return trimmed.slice(0, 2)
    }
  } catch {
    // Not text, or not whole: whoever reads it says what is wrong.
  }
  return undefined
}

/** What a file holds, by its content and, for a table, its name. What is neither JSON nor a table is left to the reader of VCF. */
export async function fileKind(path: string): Promise<FileKind> {
  if (!existsSync(path)) return JSON_NAME.test(path) ? 'json' : TABLE_NAME.test(path) ? 'table' : 'variants'
  const first = await firstCharacters(path)
  if (first?.startsWith('{') || first?.startsWith('[') || (first === undefined && JSON_NAME.test(path))) return 'json'
  // A VCF may have any name, and begins with ##.
  return TABLE_NAME.test(path) && first !== '##' ? 'table' : 'variants'
}

/**
 * Whether the files of one command are VCF or metadata.
 *
 * @throws IngestError both kinds in one command
 */
export async function kindOfFiles(files: readonly string[]): Promise<'variants' | 'metadata'> {
  const kinds: FileKind[] = []
  // One after the other: a folder of packets has more files than a process may open.
  for (const file of files) kinds.push(await fileKind(file))
  const variants = files[kinds.indexOf('variants')]
  const metadata = files[kinds.findIndex((kind) => kind !== 'variants')]
  if (variants === undefined) return 'metadata'
  if (metadata === undefined) return 'variants'
  const reason = `holds variants and ${basename(metadata)} metadata; load them with a command each`
  throw new IngestError(basename(variants), undefined, reason)
}
