import { DatasetError } from './dataset.js'
import { removePersonFromFiles } from './files/change-files.js'
import { lockIngest } from './ingest/ingest-lock.js'
import { removeInterpretationsOf } from './interpretations/change-interpretations.js'
import { openIndividuals } from './metadata/individuals.js'
import { removeRecordsOf } from './metadata/store-metadata.js'

/**
 * Takes a person out of every answer of the node at once: out of counts and denominators, records, cohorts and files. Of the name a digest
 * stays, so that the same person in a later file is left out too; number and pseudonym are never given to anybody else. A running
 * node follows with its next request, and the next compaction of a dataset leaves nothing of the person in its file.
 *
 * @param who the laboratory's name of the person, or the pseudonym
 * @returns the pseudonym
 * @throws DatasetError there is no such person; IngestError an ingest is running
 */
export function removeIndividual(directory: string, who: string): string {
  const unlock = lockIngest(directory)
  const register = openIndividuals(directory)
  try {
    const person = register.list().find(({ name, pseudonym }) => name === who || pseudonym === who)
    // The name may be a personal one, and errors are logged.
    if (!person) throw new DatasetError('there is no individual with that name or pseudonym')
    // The records first: should the command be killed between, it finds the person again.
    removeRecordsOf(directory, person.number)
    removeInterpretationsOf(directory, person.number)
    removePersonFromFiles(directory, person.number)
    register.remove(person.number)
    return person.pseudonym
  } finally {
    register.close()
    unlock()
  }
}

/**
 * Lets a person who was removed come back with the next ingest, under a new number and a new pseudonym.
 *
 * @param name the laboratory's name of the person
 * @throws DatasetError nobody of this name was removed; IngestError an ingest is running
 */
export function readmitIndividual(directory: string, name: string): void {
  const unlock = lockIngest(directory)
  const register = openIndividuals(directory)
  try {
    if (!register.readmit(name)) throw new DatasetError('nobody with that name was removed')
  } finally {
    register.close()
    unlock()
  }
}
