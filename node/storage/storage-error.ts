export const STORAGE_ERROR_CODES = [
  'invalid-location',
  'not-found',
  'denied',
  'unreachable',
  'changed',
  'no-ranges',
  'invalid-answer',
] as const

/**
 * - `invalid-location`: what is said of the file's place cannot be one, or node.yaml does not say how to get there
 * - `not-found`: there is no file
 * - `denied`: it is there, and this node may not read it
 * - `unreachable`: its storage does not answer in time or fails, after all tries
 * - `changed`: it is not the file any more that was opened
 * - `no-ranges`: its storage gives whole files only, or says nothing by which a change could be noticed
 * - `invalid-answer`: its storage answers what cannot be an answer
 */
export type StorageErrorCode = (typeof STORAGE_ERROR_CODES)[number]

/** A file that cannot be opened or read. The message names its place, so it is for the log and the administrator only. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
  }
}
