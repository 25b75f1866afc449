/** A file that cannot be served, or cannot be added as asked. */
export class FilesError extends Error {
  override readonly name = 'FilesError'
}
