/** A log that cannot be written or is not as it was left, or a question about it that has no answer. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
}
