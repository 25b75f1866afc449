import { open, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { currentFile, fullFile, listChains } from './chain-files.js'

const CHUNK_BYTES = 1 << 18
const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)

/** A line of a chain, and where it stands. */
export interface ChainLine {
  readonly bytes: Buffer
  /** Name of the file. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Reads a chain from one file to the next, also while it is written. */
export interface ChainReader {
  /** Undefined: there are no more whole lines now; there may be later. */
  next(): Promise<ChainLine | undefined>
  /** After the end: the line that is begun there, and the file. */
  rest(): ChainLine | undefined
  /** Fulfilled when all that was read is on the disk, of a reader that is told to keep it there. */
  sync(): Promise<void>
  close(): Promise<void>
}

interface OpenFile {
  readonly handle: FileHandle
  readonly name: string
  readonly isCurrent: boolean
}

/**
 * Opens a chain before an entry.
 *
 * @param firstSeq its number
 * @param isKept true: what was read is put on the disk before a file is left
 */
export async function openChainReader(
  directory: string,
  chain: string,
  firstSeq = 1,
  isKept = false,
): Promise<ChainReader> {
  const current = join(directory, currentFile(chain))
  let file: OpenFile | undefined
  let position = 0
  let line = 0
  let buffered: Buffer = NOTHING
  /** Of the line that is read next. */
  let nextSeq = firstSeq

  async function openNamed(name: string, isCurrent: boolean): Promise<OpenFile | undefined> {
    try {
      return { handle: await open(join(directory, name), 'r'), name, isCurrent }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** The file that begins with an entry, or else the current one: a file that gets its full name meanwhile is not missed. */
  async function openFrom(seq: number): Promise<OpenFile | undefined> {
    const name = fullFile(chain, seq)
    // A file that was emptied is not followed by itself.
    const openFull = () => (name === file?.name ? undefined : openNamed(name, false))
    const full = await openFull()
    if (full) return full
    const opened = await openNamed(currentFile(chain), true)
    const late = await openFull()
    if (!late) return opened
    await opened?.handle.close()
    return late
  }

  async function begin(opened: OpenFile | undefined): Promise<boolean> {
    if (!opened) return false
    if (file && isKept) await file.handle.datasync()
    await file?.handle.close()
    file = opened
    position = 0
    line = 0
    buffered = NOTHING
    return true
  }

  /** False: there is nothing more in the file now. */
  async function fill({ handle }: OpenFile): Promise<boolean> {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position)
    position += bytesRead
    buffered = Buffer.concat([buffered, chunk.subarray(0, bytesRead)])
    return bytesRead > 0
  }

  function takeLine(): Buffer | undefined {
    const end = buffered.indexOf(NEWLINE)
    if (end === -1) return undefined
    const bytes = buffered.subarray(0, end)
    buffered = buffered.subarray(end + 1)
    line++
    nextSeq++
    return bytes
  }

  async function isReplaced({ handle, isCurrent }: OpenFile): Promise<boolean> {
    if (!isCurrent) return true
    try {
      return (await handle.stat()).ino !== (await stat(current)).ino
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  async function next(): Promise<ChainLine | undefined> {
    if (!file && !(await begin(await openFrom(nextSeq)))) return undefined
    for (;;) {
      const bytes = takeLine()
      if (bytes) return { bytes, file: file!.name, line }
      if (await fill(file!)) continue
      if (buffered.length > 0 || !(await isReplaced(file!))) return undefined
      // The last lines before it got its full name.
      if (await fill(file!)) continue
      if (!(await begin(await openFrom(nextSeq)))) return undefined
    }
  }

  async function skipTo(seq: number): Promise<void> {
    const { full = [] } = listChains(directory).find((files) => files.chain === chain) ?? {}
    const holding = full.findLast((first) => first <= seq)
    nextSeq = holding ?? 1
    const named = holding === undefined ? undefined : await openNamed(fullFile(chain, holding), false)
    if (named) await begin(named)
    while (nextSeq < seq && (await next()));
  }

  if (firstSeq > 1) await skipTo(firstSeq)
  return {
    next,
    rest: () => (file && buffered.length > 0 ? { bytes: buffered, file: file.name, line: line + 1 } : undefined),
    sync: async () => file?.handle.datasync(),
    close: async () => file?.handle.close(),
  }
}
