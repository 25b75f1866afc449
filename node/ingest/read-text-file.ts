import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { IngestError } from './ingest-error.js'

/**
 * Reads a small text file that somebody named.
 *
 * @throws IngestError there is no such file, or it cannot be read
 */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new IngestError(basename(path), undefined, 'there is no such file')
    throw new IngestError(basename(path), undefined, `the file cannot be read (${code ?? 'unknown error'})`)
  }
}
