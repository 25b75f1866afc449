import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'
import { openSliceable } from '../formats/open-sliceable.js'
import type { Storage } from '../storage/open-storage.js'
import type { StoredFile } from '../storage/stored-file.js'
import { checkIndexEnd, hasEndOfFile, whyIndexIsOld } from './check-fit.js'
import type { FileRecord } from './file-record.js'
import { toPlainFile } from './readable-file.js'

export interface CheckedFile {
  readonly id: string
  /** None: all is well. */
  readonly problems: readonly string[]
}

export interface CheckOptions {
  readonly storage: Storage
  readonly key?: KeyPair
  readonly individuals: {
    /** Those of these numbers, or more, whom the node knows. */
    byNumber(numbers: readonly number[]): Pick<ReadonlySet<number>, 'has'>
  }
}

/** Errors that say what is wrong with a file; any other is a fault of ours. */
const NAMES_OF_PROBLEMS: ReadonlySet<string> = new Set(['FormatError', 'StorageError'])

/**
 * Looks whether a file is still there and what it was when it was added, whether its index fits, whether it ends as its format
 * does, and whether its people are known.
 */
export async function checkFile(record: FileRecord, options: CheckOptions): Promise<CheckedFile> {
  const problems: string[] = []
  try {
    for await (const problem of findProblems(record, options)) problems.push(problem)
  } catch (error) {
    if (!NAMES_OF_PROBLEMS.has((error as Error).name)) throw error
    problems.push((error as Error).message)
  }
  return { id: record.id, problems }
}

async function* findProblems(record: FileRecord, { storage, key, individuals }: CheckOptions): AsyncGenerator<string> {
  const { location, version, indexLocation, indexVersion, format, people } = record
  const known = individuals.byNumber(people.map(({ individual }) => individual))
  const unknown = people.filter(({ individual }) => !known.has(individual)).length
  if (unknown > 0) yield `the node does not know ${unknown} of its people`
  const stored = await storage.open(location)
  if (stored.version !== version) yield 'its content is not that which was added: add it again'
  const { data } = await toPlainFile(stored, key)
  if (!(await hasEndOfFile(data, format))) yield 'it has no end-of-file block: it may have been cut off'
  const index: StoredFile = await storage.open(indexLocation)
  if (indexVersion !== undefined && index.version !== indexVersion)
    yield 'its index is not that which was added: add the file again'
  const old = indexVersion === undefined ? undefined : whyIndexIsOld(stored, index)
  if (old !== undefined) yield old
  const plainIndex = (await toPlainFile(index, key)).data
  await checkIndexEnd(data, plainIndex, format)
  const { samples } = await openSliceable(data, plainIndex)
  const named = new Set(people.map(({ sample }) => sample))
  const strangers = samples.filter((sample) => !named.has(sample)).length
  if (strangers > 0) yield `${strangers} of its samples belong to nobody: they are not shown, or taken out of the node`
}
