import type { Individuals } from '../metadata/individuals.js'
import type { FileRecord } from './file-record.js'

/** A file as lists show it, with pseudonyms; sample names stand in it as the file spells them, so it must not leave the node. */
export interface ListedFile extends Omit<FileRecord, 'people'> {
  readonly people: readonly { readonly sample: string; readonly individual?: string }[]
}

export function toListedFiles(
  records: readonly FileRecord[],
  individuals: Pick<Individuals, 'byNumber'>,
): readonly ListedFile[] {
  return records.map(({ people, ...record }) => {
    const known = individuals.byNumber(people.map(({ individual }) => individual))
    return {
      ...record,
      people: people.map(({ sample, individual }) => {
        const pseudonym = known.get(individual)?.pseudonym
        return { sample, ...(pseudonym === undefined ? {} : { individual: pseudonym }) }
      }),
    }
  })
}

/** One line a file. */
export function toFileTable(records: readonly FileRecord[]): string {
  if (records.length === 0) return 'no files\n'
  const width = Math.max(...records.map(({ id }) => id.length))
  const lines = records.map(({ id, datasetId, format, isEncrypted, people, location }) => {
    const kind = isEncrypted ? `${format} in Crypt4GH` : format
    return `${id.padEnd(width)}  ${datasetId}  ${kind}  ${people.length} people  ${withoutQuery(location)}`
  })
  return `${lines.join('\n')}\n`
}

/** A query may be a signature. */
function withoutQuery(location: string): string {
  return /^https?:/i.test(location) ? location.replace(/\?.*$/, '?…') : location
}
