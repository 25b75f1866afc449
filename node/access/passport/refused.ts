/** A token, or a visa in it, that is not believed. Its message is ours, and holds nothing of what was sent. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}
