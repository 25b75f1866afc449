import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncate,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AuditError } from './audit-error.js'
import { checkLine, EMPTY_CHAIN, sealEntry, type ChainHead } from './chain.js'
import { currentFile, fullFile, listChains } from './chain-files.js'

/** A write is done when the data are on the disk: one call in the thread pool does what write and fdatasync do. */
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC
const FILE_MODE = 0o600
const NEWLINE = 0x0a
const TAIL_BYTES = 1 << 16

/** What a log does to its file; tests let it fail. */
export interface Disk {
  /** Fulfilled with the number of bytes that are on the disk. */
  write(descriptor: number, bytes: Buffer, position: number): Promise<number>
  truncate(descriptor: number, length: number): Promise<void>
}

const writeAt = promisify(write)
const truncateTo = promisify(ftruncate)

export const REAL_DISK: Disk = {
  write: async (descriptor, bytes, position) =>
    (await writeAt(descriptor, bytes, 0, bytes.length, position)).bytesWritten,
  truncate: (descriptor, length) => truncateTo(descriptor, length),
}

/** The file that a chain is written to. */
export interface LogFile {
  readonly descriptor: number
  /** Bytes of whole entries. */
  readonly length: number
  readonly head: ChainHead
  /** Number and time of its first entry; absent: it is empty. */
  readonly first?: { readonly seq: number; readonly ts: string }
}

/**
 * Opens the file of a chain where it was left. What a crash left of an entry that was never whole is cut off, and the cut is
 * the next entry: nobody was answered for it.
 *
 * @throws AuditError the last entry is not as it was written
 */
export function openLogFile(directory: string, chain: string, now: () => Date): LogFile {
  setUnchainedAside(directory, chain)
  const path = join(directory, currentFile(chain))
  const descriptor = openSync(path, FLAGS, FILE_MODE)
  try {
    const { size } = fstatSync(descriptor)
    const { whole, last } = readTail(descriptor, size)
    const head = last ? headOf(last, path) : headBefore(directory, chain)
    const first = last && firstOf(descriptor, size)
    const opened = { descriptor, length: whole, head, ...(first ? { first } : {}) }
    return whole === size ? opened : recover(opened, size - whole, now)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/**
 * The end of a chain as it is written now; nothing is changed, and what stands behind the last whole line is another's business.
 *
 * @throws AuditError the last entry is not as it was written
 */
export function readChainEnd(directory: string, chain: string): ChainHead {
  const path = join(directory, currentFile(chain))
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return headBefore(directory, chain)
    throw error
  }
  try {
    const { last } = readTail(descriptor, fstatSync(descriptor).size)
    return last ? headOf(last, path) : headBefore(directory, chain)
  } finally {
    closeSync(descriptor)
  }
}

function recover({ descriptor, length, head, first }: LogFile, cut: number, now: () => Date): LogFile {
  const ts = now().toISOString()
  const details = { bytesCut: cut }
  const content = { ts, requestId: `recovery-${ts}`, event: 'log.recovered', outcome: 'changed', principal: 'node' }
  const sealed = sealEntry({ ...content, details }, head)
  // Over what is cut: at no time are there both.
  const written = writeSync(descriptor, sealed.line, length)
  ftruncateSync(descriptor, length + written)
  fdatasyncSync(descriptor)
  return { descriptor, length: length + written, head: sealed.head, first: first ?? { seq: sealed.head.seq, ts } }
}

/** @returns how many bytes are whole lines, and the last of these */
function readTail(descriptor: number, size: number): { readonly whole: number; readonly last?: Buffer } {
  for (let bytes = TAIL_BYTES; ; bytes *= 4) {
    const from = Math.max(0, size - bytes)
    const tail = readAt(descriptor, from, size - from)
    // After a loss of power a file may have its length, but not its last bytes.
    const written = tail.includes(0) ? tail.subarray(0, tail.indexOf(0)) : tail
    const end = written.lastIndexOf(NEWLINE)
    const start = end <= 0 ? -1 : written.lastIndexOf(NEWLINE, end - 1)
    if (end !== -1 && (start !== -1 || from === 0)) {
      return { whole: from + end + 1, last: Buffer.from(written.subarray(start + 1, end)) }
    }
    if (from === 0) return { whole: 0 }
  }
}

function readAt(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from))
}

function headOf(line: Buffer, path: string): ChainHead {
  const checked = checkLine(line)
  if (checked.kind === 'good') return checked.entry
  throw new AuditError(`the last line of ${path} is not as the node wrote it (${checked.problem}): run audit verify`)
}

/** Of the newest full file: a current one that was just begun follows it. */
function headBefore(directory: string, chain: string): ChainHead {
  const newest = listChains(directory)
    .find((files) => files.chain === chain)
    ?.full.at(-1)
  if (newest === undefined) return EMPTY_CHAIN
  const path = join(directory, fullFile(chain, newest))
  const descriptor = openSync(path, 'r')
  try {
    const { last } = readTail(descriptor, fstatSync(descriptor).size)
    if (!last) throw new AuditError(`${path} is empty: run audit verify`)
    return headOf(last, path)
  } finally {
    closeSync(descriptor)
  }
}

function firstOf(descriptor: number, size: number): { readonly seq: number; readonly ts: string } {
  for (let bytes = TAIL_BYTES; ; bytes *= 4) {
    const start = readAt(descriptor, 0, Math.min(size, bytes))
    const end = start.indexOf(NEWLINE)
    if (end === -1 && bytes < size) continue
    const { seq, ts } = JSON.parse(start.subarray(0, end).toString()) as { seq: number; ts: string }
    return { seq, ts }
  }
}

/** Logs of before there were chains are kept, beside the chain. */
function setUnchainedAside(directory: string, chain: string): void {
  const path = join(directory, currentFile(chain))
  if (!existsSync(path)) return
  const descriptor = openSync(path, 'r')
  try {
    const { last } = readTail(descriptor, fstatSync(descriptor).size)
    if (!last || /"(?:hash|prev)":/.test(last.toString()) || !last.toString().startsWith('{"ts":')) return
  } finally {
    closeSync(descriptor)
  }
  const aside = join(directory, `${chain}.unchained.ndjson`)
  if (existsSync(aside)) throw new AuditError(`${path} has no chain, and neither has ${aside}: run audit verify`)
  renameSync(path, aside)
}

/** Gives the current file the name of a full one and begins another. */
export function rotateLogFile(directory: string, chain: string, file: LogFile): LogFile {
  if (!file.first) return file
  const current = join(directory, currentFile(chain))
  const next = join(directory, `${chain}.next`)
  // Made before anything is renamed: a full disk leaves the old file where it is.
  const descriptor = openSync(next, FLAGS | constants.O_TRUNC, FILE_MODE)
  try {
    renameSync(current, join(directory, fullFile(chain, file.first.seq)))
    renameSync(next, current)
    syncDirectory(directory)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  closeSync(file.descriptor)
  return { descriptor, length: 0, head: file.head }
}

/** So that names, too, are there after a loss of power. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
