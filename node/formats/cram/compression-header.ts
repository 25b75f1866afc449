import { FormatError } from '../format-error.js'
import { ByteReader } from './byte-reader.js'
import { parseEncoding, type Encoding } from './encodings.js'

/** How the slices of a container are written (CRAM specification section 8.4). */
export interface CompressionHeader {
  readonly hasNames: boolean
  /** Positions are differences to the record before. */
  readonly hasDeltas: boolean
  readonly needsReference: boolean
  /** Qualities of reverse reads stand in the order of the sequencer. */
  readonly hasSequencedQualities: boolean
  /** For each base of the reference, A, C, G, T and N, what the four codes of a substitution stand for. */
  readonly substitutions: readonly (readonly string[])[]
  /** Which optional fields a record has, each as two letters and a type. */
  readonly tagLines: readonly (readonly string[])[]
  readonly series: ReadonlyMap<string, Encoding>
  /** By letters and type. */
  readonly tags: ReadonlyMap<string, Encoding>
}

const BASES = 'ACGTN'
const TAG_BYTES = 3

export function parseCompressionHeader(bytes: Buffer): CompressionHeader {
  const reader = new ByteReader(bytes)
  const flags = new Map<string, boolean>()
  let substitutions = toSubstitutions(Buffer.from([0x1b, 0x1b, 0x1b, 0x1b, 0x1b]))
  let tagLines: readonly (readonly string[])[] = [[]]
  readMap(reader, () => {
    const key = reader.take(2).toString('latin1')
    if (key === 'SM') substitutions = toSubstitutions(reader.take(BASES.length))
    else if (key === 'TD') tagLines = parseTagLines(reader.take(reader.itf8()))
    else if (['RN', 'AP', 'RR', 'QO'].includes(key)) flags.set(key, reader.byte() !== 0)
    else throw new FormatError(`what CRAM preserves by ${key} is not supported`)
  })
  const series = new Map<string, Encoding>()
  readMap(reader, () => {
    const key = reader.take(2).toString('latin1')
    const encoding = parseEncoding(reader)
    if (encoding) series.set(key, encoding)
  })
  const tags = new Map<string, Encoding>()
  readMap(reader, () => {
    const key = reader.itf8()
    const encoding = parseEncoding(reader)
    if (encoding) tags.set(String.fromCharCode((key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff), encoding)
  })
  return {
    hasNames: flags.get('RN') ?? true,
    hasDeltas: flags.get('AP') ?? true,
    needsReference: flags.get('RR') ?? true,
    hasSequencedQualities: !(flags.get('QO') ?? true),
    substitutions,
    tagLines,
    series,
    tags,
  }
}

/** A map begins with its size in bytes and the number of its entries. */
function readMap(reader: ByteReader, readEntry: () => void): void {
  const end = reader.itf8() + reader.at
  for (let count = reader.itf8(); count > 0; count--) readEntry()
  if (reader.at !== end) throw new FormatError('the CRAM data are corrupt: a compression header has another size')
}

/** Of each base the codes of the four others, two bits each. */
function toSubstitutions(bytes: Buffer): readonly (readonly string[])[] {
  return Array.from(BASES, (base, row) => {
    const others = Array.from(BASES).filter((other) => other !== base)
    const codes: string[] = []
    for (const [index, other] of others.entries()) codes[(bytes[row]! >> (6 - 2 * index)) & 3] = other
    return codes
  })
}

/** Each line ends with a zero. */
function parseTagLines(bytes: Buffer): readonly (readonly string[])[] {
  const lines = bytes.toString('latin1').split('\0')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => {
    if (line.length % TAG_BYTES !== 0) throw new FormatError('the CRAM data are corrupt: an optional field is none')
    return Array.from({ length: line.length / TAG_BYTES }, (_, index) =>
      line.slice(index * TAG_BYTES, (index + 1) * TAG_BYTES),
    )
  })
}
