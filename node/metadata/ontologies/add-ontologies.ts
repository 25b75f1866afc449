import { basename } from 'node:path'
import { closeOntology } from './closure.js'
import { OntologyError } from './ontology-error.js'
import { readOntology } from './read-ontology.js'
import { countTerms, storeOntologies, type OntologyCounts, type OntologyToStore } from './store-ontologies.js'

/** What became of one file, as `fyr-node ontology add --json` prints it. */
export interface AddedOntology {
  readonly file: string
  readonly prefix: string
  readonly name: string
  readonly version: string
  readonly counts: OntologyCounts
  /** Groups of terms that are each other's descendants. */
  readonly cycles: readonly (readonly string[])[]
  /** Alternative ids that several terms claim: they lead to none. */
  readonly ambiguousIds: readonly string[]
  /** Terms that stand in the file more than once; what is said of them was united. */
  readonly duplicates: number
}

export interface AddOptions {
  readonly now: () => Date
  /** Told now and then how many bytes of how many of which file were read. */
  readonly onProgress?: (file: string, readBytes: number, totalBytes: number) => void
}

/**
 * Reads ontologies and stores them, each in place of the one with its prefix. All files are read before anything is stored.
 *
 * @throws OntologyError with file, line and reason; nothing was stored
 */
export async function addOntologies(
  nodeDirectory: string,
  paths: readonly string[],
  { now, onProgress }: AddOptions,
): Promise<readonly AddedOntology[]> {
  const toStore: OntologyToStore[] = []
  for (const path of paths) {
    const file = basename(path)
    const parsed = await readOntology(path, (read, total) => onProgress?.(file, read, total))
    const other = toStore.find((stored) => stored.parsed.prefix === parsed.prefix)
    if (other) throw new OntologyError(file, undefined, `the terms are ${parsed.prefix}, as those of ${other.file}`)
    toStore.push({ parsed, closed: closeOntology(parsed), file, addDateTime: now().toISOString() })
  }
  storeOntologies(nodeDirectory, toStore)
  return toStore.map(({ parsed, closed, file }) => ({
    file,
    prefix: parsed.prefix,
    name: parsed.name,
    version: parsed.version,
    counts: countTerms(parsed, closed),
    cycles: closed.cycles,
    ambiguousIds: closed.ambiguousIds,
    duplicates: parsed.duplicates,
  }))
}
