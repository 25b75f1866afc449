import { createHash } from 'node:crypto'
import { FormatError } from '../format-error.js'
import { type Contig } from '../slice.js'
import { type CramSlice } from './slices.js'

/** Where bases of references come from, e.g. an open FASTA file. */
export interface ReferenceSource {
  /** Bases by name. */
  readonly lengths: ReadonlyMap<string, number>
  /** The bases of [start, end), 0-based, upper case; shorter where the sequence ends. */
  read(name: string, start: number, end: number): string
}

/** The file can only be decoded with a reference that is not there. */
export class MissingReferenceError extends Error {
  override readonly name = 'MissingReferenceError'
}

/** The bases of one contig as a slice was written over them. */
export interface ReferenceBases {
  /** Bases of the contig. */
  readonly length: number
  /** [start, end), 0-based; of one that ends before, what there is. */
  read(start: number, end: number): Buffer
}

/** Bases that are read at a time where records are scattered. */
const WINDOW_BASES = 1 << 16

/** A window that moves along the contig. */
function openBases(source: ReferenceSource, name: string): ReferenceBases {
  const length = source.lengths.get(name)
  if (length === undefined) throw new MissingReferenceError(`the reference has no contig ${name}`)
  let window = Buffer.alloc(0)
  let windowStart = 0
  return {
    length,
    read(start, end) {
      if (start < windowStart || end > windowStart + window.length) {
        window = Buffer.from(source.read(name, start, Math.max(end, start + WINDOW_BASES)), 'latin1')
        windowStart = start
      }
      return window.subarray(start - windowStart, end - windowStart)
    },
  }
}

/**
 * The bases that a slice needs, by contig.
 *
 * @returns gives undefined: the slice was written without a reference
 * @throws MissingReferenceError it was written with one that is not there; FormatError it was written with another one
 */
export function openReference(
  { header, compression, streams }: CramSlice,
  contigs: readonly Contig[],
  source: ReferenceSource | undefined,
): (contig: number) => ReferenceBases | undefined {
  if (header.reference >= 0 && header.embeddedReference >= 0) {
    const bases = toEmbedded(
      streams.external(header.embeddedReference).bytes,
      header.start - 1,
      contigs[header.reference],
    )
    return () => bases
  }
  if (!compression.needsReference) return () => undefined
  const opened = new Map<number, ReferenceBases>()
  const open = (contig: number) => {
    const known = opened.get(contig)
    if (known) return known
    const name = contigs[contig]?.name
    if (!source) throw new MissingReferenceError('the CRAM file is written over a reference, and there is none')
    const bases = openBases(source, name ?? '')
    opened.set(contig, bases)
    return bases
  }
  if (header.reference >= 0) checkDigest(header, contigs[header.reference], open(header.reference))
  return open
}

function toEmbedded(bytes: Buffer, bytesStart: number, contig: Contig | undefined): ReferenceBases {
  const length = contig?.length ?? bytesStart + bytes.length
  return {
    length,
    read(start, end) {
      const from = Math.min(start, length)
      const to = Math.min(end, length)
      if (from < bytesStart || to > bytesStart + bytes.length) {
        throw new FormatError('the CRAM data are corrupt: a read lies outside the reference of its slice')
      }
      return bytes.subarray(from - bytesStart, to - bytesStart)
    },
  }
}

function checkDigest(
  { start, span, md5 }: CramSlice['header'],
  contig: Contig | undefined,
  bases: ReferenceBases,
): void {
  if (md5.every((byte) => byte === 0)) return
  const digest = createHash('md5')
    .update(bases.read(start - 1, start - 1 + span))
    .digest()
  if (digest.equals(md5)) return
  throw new MissingReferenceError(
    `the reference is not the one that the CRAM file is written over: ${contig?.name ?? '?'}:${start}-${start + span - 1} differs`,
  )
}
