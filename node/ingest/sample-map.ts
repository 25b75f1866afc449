import { basename } from 'node:path'
import { IngestError } from './ingest-error.js'
import { readTextFile } from './read-text-file.js'

/**
 * Reads a sample map: lines of sample name, tab, individual. Several samples may belong to one individual.
 *
 * @throws IngestError a line that is no pair, or a sample with two individuals
 */
export function readSampleMap(path: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const [index, line] of readTextFile(path).split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [sample, individual, ...rest] = line.split('\t').map((text) => text.trim())
    if (!sample || !individual || rest.length > 0) {
      throw new IngestError(basename(path), index + 1, 'a sample map line is a sample, a tab and an individual')
    }
    if (map.has(sample) && map.get(sample) !== individual) {
      throw new IngestError(basename(path), index + 1, 'a sample has two lines with different individuals')
    }
    map.set(sample, individual)
  }
  return map
}
