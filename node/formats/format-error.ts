/** Input that is damaged or not of the expected format. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}
