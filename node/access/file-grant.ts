/** What one caller may have of one file. Made only by `authoriseFile`; a file cannot be released without it. */
export class FileGrant {
  // A private field makes the class nominal: no object literal can pass for a grant.
  readonly #people: ReadonlyMap<string, number>
  readonly fileId: string
  readonly datasetId: string
  /** False: people leave under their pseudonyms. */
  readonly keepsIdentifiers: boolean

  private constructor(
    fileId: string,
    datasetId: string,
    keepsIdentifiers: boolean,
    people: ReadonlyMap<string, number>,
  ) {
    this.fileId = fileId
    this.datasetId = datasetId
    this.keepsIdentifiers = keepsIdentifiers
    this.#people = people
  }

  /** Only for `access/`; the boundaries test keeps others away. */
  static mint(
    fileId: string,
    datasetId: string,
    keepsIdentifiers: boolean,
    people: ReadonlyMap<string, number>,
  ): FileGrant {
    return new FileGrant(fileId, datasetId, keepsIdentifiers, people)
  }

  /** Those in the file who may be seen: numbers by the names in the file. */
  get people(): ReadonlyMap<string, number> {
    return this.#people
  }
}
