/** An ontology that cannot be read, stored or found: file, line (1-based, when there is one) and reason. */
export class OntologyError extends Error {
  override readonly name = 'OntologyError'

  constructor(file: string, line: number | undefined, reason: string) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${reason}`)
  }
}
