import type { FileGrant } from '../access/file-grant.js'
import type { Crypt4ghFile } from '../formats/crypt4gh/open-crypt4gh.js'
import { toHeaderText, withHeaderText } from '../formats/header-text.js'
import type { RandomAccess } from '../formats/random-access.js'
import type { RecordEdit, Selection, SliceableFile } from '../formats/slice.js'
import { cleanSamHeader } from './clean-sam-header.js'
import { cleanVcfHeader } from './clean-vcf-header.js'
import type { Disclosed } from './disclosed.js'
import { isGranted } from './granted-selection.js'
import type { OutgoingNames } from './hidden-names.js'

/** A file that was opened: its bytes, and its records by place. */
export interface ReadableFile {
  readonly data: RandomAccess
  readonly file: SliceableFile
  /** Of a file that is stored as Crypt4GH: the same data, as they are stored. */
  readonly encrypted?: Crypt4ghFile
  /** The records are decoded from data of another format. */
  readonly isDecoded?: boolean
}

/** What may leave of a file: the only thing from which its bytes can be sent. */
export interface FileRelease extends ReadableFile {
  /** As `SliceableFile.header`, with the people called as they are called outside. */
  readonly header: Buffer
  readonly selection: Selection
  readonly edit: RecordEdit
  /** Nothing is chosen and nothing changed: the stored bytes are the answer. */
  readonly isWholeFile: boolean
}

/** What of each record a caller may choose. */
export type AskedEdit = Pick<RecordEdit, 'fields' | 'tags' | 'notags'>

/** Names of people by number: as the laboratory calls them, and as answers do. */
export type NamesByNumber = ReadonlyMap<number, { readonly name: string; readonly pseudonym: string }>

function isReads({ format }: SliceableFile): boolean {
  return format === 'BAM' || format === 'CRAM'
}

function keptSamples(grant: FileGrant, { samples }: SliceableFile): readonly string[] {
  return samples.filter((sample) => grant.people.has(sample))
}

/** False: the file holds somebody who was not granted and whose reads cannot be told from the others', or nobody else. */
export function isReleasable(grant: FileGrant, file: SliceableFile): boolean {
  const kept = keptSamples(grant, file).length
  return kept === file.samples.length || (!isReads(file) && kept > 0)
}

/**
 * Turns what was asked of a file into what may leave of it: only of people who may be seen, under the names that the dataset
 * gives them, and only in the regions of the grant. Undefined when it is not releasable, or more was asked than the grant gives.
 *
 * @param people of whom the grant speaks
 */
export function discloseFile(
  grant: FileGrant,
  readable: ReadableFile,
  selection: Selection,
  edit: AskedEdit,
  people: NamesByNumber,
): Disclosed<FileRelease> | undefined {
  const { file } = readable
  if (!isReleasable(grant, file) || !isGranted(grant, file, selection)) return undefined
  const kept = keptSamples(grant, file)
  const isEverybody = kept.length === file.samples.length
  const names = nameOutgoing(grant, file.samples, kept, people)
  // Who is left out may still stand in command lines and comments, so the header is cleaned then, too.
  const isAsStored = grant.keepsIdentifiers && isEverybody
  const { header, readGroups } = isAsStored ? { header: file.header } : cleanOnce(file, names)
  const release: FileRelease = {
    ...readable,
    header,
    selection,
    edit: {
      ...edit,
      ...(readGroups ? { readGroups } : {}),
      ...(isEverybody ? {} : { samples: kept }),
      ...(grant.isOfRegions ? { looksAtAll: true as const } : {}),
    },
    isWholeFile:
      isAsStored && readable.isDecoded !== true && selection.kind === 'all' && Object.keys(edit).length === 0,
  }
  return release as Disclosed<FileRelease>
}

interface Cleaned {
  readonly header: Buffer
  /** Absent: records keep theirs. */
  readonly readGroups?: ReadonlyMap<string, string>
}

/** Of each open file the last header that left: names change only with the register. */
const cleanedHeaders = new WeakMap<SliceableFile, Cleaned & { readonly names: string }>()

function cleanOnce(file: SliceableFile, outgoing: OutgoingNames): Cleaned {
  const names = JSON.stringify([[...outgoing.bySample], outgoing.hidden])
  const known = cleanedHeaders.get(file)
  if (known?.names === names) return known
  const cleaned = { ...clean(file, outgoing), names }
  cleanedHeaders.set(file, cleaned)
  return cleaned
}

function clean(file: SliceableFile, names: OutgoingNames): Cleaned {
  const text = toHeaderText(file.format, file.header)
  if (!isReads(file)) return { header: withHeaderText(file.format, file.header, cleanVcfHeader(text, names)) }
  const { text: cleaned, readGroups } = cleanSamHeader(text, names)
  const header = withHeaderText(file.format, file.header, cleaned)
  // Records of a CRAM name their group by its place in the header.
  return readGroups.size === 0 || file.format === 'CRAM' ? { header } : { header, readGroups }
}

/** Two samples of one person are told apart by a number. */
function nameOutgoing(
  grant: FileGrant,
  samples: readonly string[],
  kept: readonly string[],
  people: NamesByNumber,
): OutgoingNames {
  const uses = new Map<string, number>()
  const bySample = new Map(
    kept.map((sample) => {
      const person = people.get(grant.people.get(sample)!)
      if (!person) throw new TypeError('a person who was granted is not known')
      if (grant.keepsIdentifiers) return [sample, sample] as const
      const use = (uses.get(person.pseudonym) ?? 0) + 1
      uses.set(person.pseudonym, use)
      return [sample, use === 1 ? person.pseudonym : `${person.pseudonym}-${use}`] as const
    }),
  )
  const leaving = grant.keepsIdentifiers ? new Set(kept) : new Set<string>()
  const known = [...samples, ...[...people.values()].map(({ name }) => name)]
  return { bySample, hidden: [...new Set(known)].filter((name) => !leaving.has(name)) }
}
