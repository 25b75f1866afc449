import { expect } from '@jest/globals'
import type { StorageErrorCode } from '../storage/storage-error.js'

/** What a StorageError of this code equals. */
export function storageError(code: StorageErrorCode): unknown {
  return expect.objectContaining({ name: 'StorageError', code })
}
