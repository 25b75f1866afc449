import { isPersonalNumber } from '../ingest/personal-number.js'
import type { Individual, Individuals } from '../metadata/individuals.js'
import type { FilePerson } from './file-record.js'
import { FilesError } from './files-error.js'

/** Whose the samples of the files are: by the sample map, else by their own names; of a file that names nobody the owner. */
export interface Identities {
  readonly sampleMap: ReadonlyMap<string, string>
  readonly owner?: string
  /** Whether samples leave the node as the files spell them. */
  readonly keepsIdentifiers: boolean
}

export interface NamedFile {
  /** As messages name it. */
  readonly name: string
  readonly samples: readonly string[]
}

export interface EnrolledPeople {
  /** To be stored with the files. */
  readonly individuals: readonly Individual[]
  /** By file. */
  readonly people: readonly (readonly FilePerson[])[]
}

/**
 * Finds the people of files. Stores nothing; the caller holds the node's ingest lock. Who was removed from the node is in no file.
 *
 * @throws FilesError a file of nobody, of somebody named by a personal number where that would become a name on the node or leave it,
 * or of removed people alone
 */
export function enrolPeople(
  register: Individuals,
  files: readonly NamedFile[],
  identities: Identities,
): EnrolledPeople {
  const namesByFile = files.map((file) => namePeople(file, identities))
  const names = [...new Set(namesByFile.flatMap((people) => people.map(({ name }) => name)))]
  const known = names.filter((name) => register.findRemoved(name) === undefined)
  const individuals = register.identify(known)
  const numbers = new Map(individuals.map(({ name, number }) => [name, number]))
  const people = namesByFile.map((named) =>
    named.flatMap(({ sample, name }): FilePerson[] => {
      const individual = numbers.get(name)
      return individual === undefined ? [] : [{ sample, individual }]
    }),
  )
  const empty = files[people.findIndex((members) => members.length === 0)]
  if (empty) throw new FilesError(`${empty.name}: everybody in it was removed from the node`)
  return { individuals, people }
}

/** A personal number must not become a name on the node, and its text must not stand in an error either. */
function namePeople(
  { name: file, samples }: NamedFile,
  { sampleMap, owner, keepsIdentifiers }: Identities,
): readonly { readonly sample: string; readonly name: string }[] {
  if (samples.length > 0 && owner !== undefined) {
    throw new FilesError(
      `${file}: the file says itself whose it is; say who that is by --sample-map, not by --individual`,
    )
  }
  if (samples.length === 0 && owner === undefined) {
    throw new FilesError(
      `${file}: the file does not say whose it is (no sample name in its header); say it by --individual`,
    )
  }
  const named = owner === undefined ? samples.map((sample) => ({ sample, name: sampleMap.get(sample) ?? sample })) : []
  const people = owner === undefined ? named : [{ sample: '', name: owner }]
  const wrong = people.findIndex(({ name }) => isPersonalNumber(name))
  if (wrong >= 0) {
    const what = owner === undefined ? `sample ${wrong + 1} is` : '--individual is'
    const advice = owner === undefined ? '; replace it by --sample-map' : ''
    throw new FilesError(`${file}: ${what} named by a personal identity number${advice}`)
  }
  const leaving = keepsIdentifiers ? samples.findIndex(isPersonalNumber) : -1
  if (leaving >= 0) {
    const reason = `sample ${leaving + 1} is named by a personal identity number, and the dataset's identifiers leave the node as they are`
    throw new FilesError(`${file}: ${reason}`)
  }
  return people
}
