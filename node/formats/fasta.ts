import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { FormatError } from './format-error.js'

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/** A sequence of a FASTA file as its index describes it (samtools faidx). */
interface IndexEntry {
  readonly length: number
  /** Offset of the first base. */
  readonly offset: number
  readonly basesPerLine: number
  readonly bytesPerLine: number
}

/** An open FASTA file. */
export interface Fasta {
  /** Length in bases by name. */
  readonly lengths: ReadonlyMap<string, number>
  /** The bases of [start, end), 0-based, upper case; shorter where the sequence ends. @throws TypeError an unknown name */
  read(name: string, start: number, end: number): string
  close(): void
}

/**
 * Opens an uncompressed FASTA file by its index `FILE.fai`.
 *
 * @throws FormatError there is no file or no index, or the index cannot be read
 */
export function openFasta(path: string): Fasta {
  if (!existsSync(path)) throw new FormatError(`there is no reference ${path}`)
  if (!existsSync(`${path}.fai`)) {
    throw new FormatError(`the reference ${path} has no index ${path}.fai; make it with "samtools faidx"`)
  }
  const entries = readIndex(`${path}.fai`)
  const descriptor = openSync(path, 'r')
  const magic = Buffer.alloc(GZIP_MAGIC.length)
  readSync(descriptor, magic, 0, magic.length, 0)
  if (magic.equals(GZIP_MAGIC)) {
    closeSync(descriptor)
    throw new FormatError(`the reference ${path} is compressed; unpack it, e.g. with "gzip -d", and index it again`)
  }
  return {
    lengths: new Map([...entries].map(([name, { length }]) => [name, length])),
    read(name, start, end) {
      const entry = entries.get(name)
      if (!entry) throw new TypeError(`no sequence ${name}`)
      const from = Math.max(0, start)
      const to = Math.min(end, entry.length)
      if (to <= from) return ''
      const first = toOffset(entry, from)
      const bytes = Buffer.alloc(toOffset(entry, to - 1) + 1 - first)
      const count = readSync(descriptor, bytes, 0, bytes.length, first)
      const bases = bytes
        .toString('latin1', 0, count)
        .replaceAll(/[\r\n]/g, '')
        .toUpperCase()
      if (bases.length !== to - from) throw new FormatError(`${path} does not fit its index: it ends too early`)
      // A header line or a line's end where bases should be: the file was changed after it was indexed.
      if (!/^[A-Z*-]*$/.test(bases)) throw new FormatError(`${path} does not fit its index: index it again`)
      return bases
    },
    close() {
      closeSync(descriptor)
    },
  }
}

function toOffset({ offset, basesPerLine, bytesPerLine }: IndexEntry, position: number): number {
  return offset + Math.floor(position / basesPerLine) * bytesPerLine + (position % basesPerLine)
}

function readIndex(path: string): ReadonlyMap<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>()
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (line === '') continue
    const [name, ...numbers] = line.split('\t')
    const [length, offset, basesPerLine, bytesPerLine] = numbers.map(Number)
    const isWhole = [length, offset, basesPerLine, bytesPerLine].every((number) => Number.isSafeInteger(number))
    if (!name || !isWhole || numbers.length !== 4) {
      throw new FormatError(`${path}:${index + 1}: this is no index of an uncompressed FASTA file`)
    }
    entries.set(name, { length: length!, offset: offset!, basesPerLine: basesPerLine!, bytesPerLine: bytesPerLine! })
  }
  return entries
}
