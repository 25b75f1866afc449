import { isDeepStrictEqual } from 'node:util'
import type { AssemblyId } from '../../schemas/index.js'
import { servesPlaces, type Places } from './applicable-grants.js'
import type { GrantedRegion } from './rules.js'

/** What a grant of a file says. */
export interface FileRight {
  readonly fileId: string
  readonly datasetId: string
  readonly assembly: AssemblyId
  /** False: people leave under their pseudonyms. */
  readonly keepsIdentifiers: boolean
  /** Those in the file who may be seen: numbers by the names in the file. */
  readonly people: ReadonlyMap<string, number>
  /** Ids of the project's grants that it rests on; none: the dataset is public. */
  readonly grants: readonly string[]
  /** Only what lies in these leaves; absent: anything. */
  readonly regions?: readonly GrantedRegion[] | undefined
  /** Only encrypted for one of these public keys of Crypt4GH, as they were written; absent: plain, and for any. */
  readonly readers?: readonly string[] | undefined
  /** When the first of what it rests on ends, seconds since 1970; absent: not known to end. */
  readonly ends?: number | undefined
}

/** What one caller may have of one file. Made only by `authoriseFile`; a file cannot be released without it. */
export class FileGrant {
  // A private field makes the class nominal: no object literal can pass for a grant.
  readonly #right: FileRight

  private constructor(right: FileRight) {
    this.#right = right
  }

  /** Only for `access/`; the boundaries test keeps others away. */
  static mint(right: FileRight): FileGrant {
    return new FileGrant(right)
  }

  get fileId(): string {
    return this.#right.fileId
  }

  get datasetId(): string {
    return this.#right.datasetId
  }

  get assembly(): AssemblyId {
    return this.#right.assembly
  }

  get keepsIdentifiers(): boolean {
    return this.#right.keepsIdentifiers
  }

  get people(): ReadonlyMap<string, number> {
    return this.#right.people
  }

  get grants(): readonly string[] {
    return this.#right.grants
  }

  /** Whether it is for some regions alone. */
  get isOfRegions(): boolean {
    return this.#right.regions !== undefined
  }

  /** Undefined: it may leave plain, and for anybody whom the caller names. */
  get readers(): readonly string[] | undefined {
    return this.#right.readers
  }

  /** Seconds since 1970, Infinity: not known to end. What is derived from it may last no longer. */
  get ends(): number {
    return this.#right.ends ?? Infinity
  }

  /** @param places undefined: the whole file, or what has no place */
  serves(places: Places | undefined): boolean {
    const { regions } = this.#right
    return servesPlaces(regions ? { regions } : {}, places)
  }

  /** Whether all that an earlier grant rests on is still there, and it shows the same people. */
  upholds(earlier: FileGrant): boolean {
    return (
      this.fileId === earlier.fileId &&
      earlier.grants.every((id) => this.grants.includes(id)) &&
      isDeepStrictEqual(this.people, earlier.people)
    )
  }
}
