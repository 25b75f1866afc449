import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from './audit-error.js'
import { hashNote, splitNotes } from './checkpoint.js'
import { HASH_BYTES } from './chain.js'
import { storedCount, storedIndex, type ReadHash } from './merkle.js'

const FILE_MODE = 0o600
/** More than the longest checkpoint, of some hundred chains. */
const TAIL_BYTES = 1 << 18

/** Every checkpoint, from the first. */
export function checkpointsPath(directory: string): string {
  return join(directory, 'checkpoints')
}

/** The last one again: without it nobody would see that the end of the others is missing. */
export function latestPath(directory: string): string {
  return join(directory, 'checkpoint')
}

/** Hashes of the tree as they became known; made of the logs, and made anew where it is missing. */
export function treePath(directory: string): string {
  return join(directory, 'tree')
}

/** The last checkpoint's note; undefined: there is none. */
export function readLatest(directory: string): string | undefined {
  try {
    return readFileSync(latestPath(directory), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export interface LastNote {
  /** Undefined: there is none. */
  readonly note: string | undefined
  /** Bytes of whole notes. */
  readonly length: number
}

/**
 * The last note of all, where a crash left it.
 *
 * @throws AuditError notes are missing
 */
export function readLastNote(directory: string): LastNote {
  const latest = readLatest(directory)
  const { note, length } = readEnd(checkpointsPath(directory))
  if (note === latest) return { note, length }
  const prev = /\nprev ([0-9a-f]{64})\n/.exec(note ?? '')?.[1]
  const isOneAhead =
    note !== undefined && (latest === undefined ? /\nnumber 1\n/.test(note) : prev === hashNote(latest))
  if (isOneAhead) return { note, length }
  throw new AuditError(`${checkpointsPath(directory)} does not end with the last checkpoint: run audit verify`)
}

function readEnd(path: string): LastNote {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { note: undefined, length: 0 }
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(descriptor, tail, 0, tail.length, size - tail.length)
    const { notes, rest } = splitNotes(tail.toString())
    const last = notes.at(-1)?.note
    const begin = notes.length === 1 && size > tail.length ? undefined : last
    return { note: begin, length: size - Buffer.byteLength(rest) }
  } finally {
    closeSync(descriptor)
  }
}

/** Appends a note, and makes it the last one. @param length of the whole notes before it */
export async function writeNote(directory: string, note: string, length: number): Promise<number> {
  const path = checkpointsPath(directory)
  const bytes = Buffer.from(note)
  await writeAt(path, bytes, length)
  await replaceLatest(directory, note)
  return length + bytes.length
}

export async function replaceLatest(directory: string, note: string): Promise<void> {
  const path = latestPath(directory)
  await writeAt(`${path}.next`, Buffer.from(note), 0)
  await rename(`${path}.next`, path)
}

/** Appends to what of the tree's file is of so many leaves. */
export async function writeTree(directory: string, size: number, hashes: readonly Buffer[]): Promise<void> {
  await writeAt(treePath(directory), Buffer.concat(hashes), storedCount(size) * HASH_BYTES)
}

/** Whatever stood from there on is replaced. */
async function writeAt(path: string, bytes: Buffer, position: number): Promise<void> {
  const handle = await open(path, 'a', FILE_MODE).then(async (made) => {
    await made.close()
    return open(path, 'r+')
  })
  try {
    await handle.truncate(position)
    for (let done = 0; done < bytes.length;) {
      done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Works with the stored hashes of the tree. @throws Error there are not as many */
export function withTree<T>(directory: string, work: (readHash: ReadHash) => T): T {
  const descriptor = openSync(treePath(directory), 'r')
  try {
    return work((level, index) => {
      const hash = Buffer.alloc(HASH_BYTES)
      const read = readSync(descriptor, hash, 0, HASH_BYTES, storedIndex(level, index) * HASH_BYTES)
      if (read !== HASH_BYTES) throw new AuditError('the tree has fewer hashes than the checkpoint says')
      return hash
    })
  } finally {
    closeSync(descriptor)
  }
}
