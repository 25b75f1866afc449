import Database from 'better-sqlite3'
import { join } from 'node:path'
import { IngestError } from './ingest-error.js'

/**
 * Takes the node's ingest lock; one ingest at a time gives out people's numbers and publishes. The operating system
 * lets it go when the process ends, however it ends.
 *
 * @returns a function that lets the lock go
 * @throws IngestError another ingest holds it
 */
export function lockIngest(nodeDirectory: string): () => void {
  const db = new Database(join(nodeDirectory, 'ingest.lock'), { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    throw new IngestError(nodeDirectory, undefined, 'another ingest of this node is running; try again when it is done')
  }
  return () => {
    db.exec('ROLLBACK')
    db.close()
  }
}
