import { join } from 'node:path'
import { tryLock } from './file-lock.js'
import { IngestError } from './ingest-error.js'

/** The node's ingest lock, when it is free: one ingest at a time gives out people's numbers and publishes. */
export function tryLockIngest(nodeDirectory: string): (() => void) | undefined {
  return tryLock(join(nodeDirectory, 'ingest.lock'))
}

/**
 * Takes the node's ingest lock.
 *
 * @returns a function that lets the lock go
 * @throws IngestError another ingest holds it
 */
export function lockIngest(nodeDirectory: string): () => void {
  const unlock = tryLockIngest(nodeDirectory)
  if (unlock) return unlock
  throw new IngestError(nodeDirectory, undefined, 'another ingest of this node is running; try again when it is done')
}
