import type { RandomAccess } from '../formats/random-access.js'

/**
 * An open file, wherever it is kept. Every byte that it gives is of one version: after a change reading fails. It holds nothing that
 * has to be given back.
 */
export interface StoredFile extends RandomAccess {
  /** As messages name it: without what is secret in a URL. */
  readonly name: string
  /** Other content has another version: of a local file from inode, size and time, of a remote one its ETag where it has one. */
  readonly version: string
  /** When it was last written, milliseconds since 1970, where that means something: an upload says nothing of its file. */
  readonly writtenMs?: number
  /** @throws StorageError; whatever `signal` was aborted with */
  read(start: number, end: number, signal?: AbortSignal): Promise<Buffer>
  /** @throws StorageError; whatever `signal` was aborted with */
  stream(start: number, end: number, signal?: AbortSignal): AsyncIterable<Buffer>
}

/** @throws TypeError the file has no such stretch */
export function checkStretch(size: number, start: number, end: number): void {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size)) {
    throw new TypeError(`[${start}, ${end}) is no stretch of a file of ${size} bytes`)
  }
}
