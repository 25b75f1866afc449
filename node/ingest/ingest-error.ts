/** Input that cannot be stored: file, line (1-based, when there is one) and reason. */
export class IngestError extends Error {
  override readonly name = 'IngestError'

  constructor(file: string, line: number | undefined, reason: string) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${reason}`)
  }
}
