import { NodeError } from '../errors.js'
import { MissingReferenceError } from '../formats/cram/reference.js'
import { StorageError } from '../storage/storage-error.js'

/** Seconds after which storage that does not answer is worth another try. */
const RETRY_AFTER = '10'

/**
 * Faults of reading that the caller can do something about. Everything else is ours: a file that we cannot read is never said
 * not to be there.
 */
export function explainFault(fault: unknown): unknown {
  if (fault instanceof MissingReferenceError) {
    const message = 'the node has no reference to decode this CRAM file with; ask for format=CRAM'
    return new NodeError('unsupported_format', message, { cause: fault })
  }
  if (fault instanceof StorageError && fault.code === 'unreachable') {
    const headers = ['retry-after', RETRY_AFTER]
    return new NodeError('unavailable', 'the storage of this file does not answer', { headers, cause: fault })
  }
  return fault
}

/** Of a ticket for a file, or for people in it, that are not what they were. */
export function changedFile(): NodeError {
  return new NodeError('not_found', 'the file is not what it was when the ticket was made; ask for a new ticket')
}

/** Whether a fault is that the file is not what it was when it was opened. */
export function isChange(fault: unknown): boolean {
  return fault instanceof StorageError && fault.code === 'changed'
}
