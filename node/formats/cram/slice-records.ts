import { setImmediate as nextTurn } from 'node:timers/promises'
import { FormatError } from '../format-error.js'
import {
  toBytesReader,
  toByteTaker,
  toNumberReader,
  type BytesReader,
  type NumberReader,
  type SliceStreams,
} from './encodings.js'
import { type CompressionHeader } from './compression-header.js'
import { MISSING_QUALITY, readFeatures, type FeatureSeries } from './read-features.js'
import { type ReferenceBases } from './reference.js'
import { SEVERAL_REFERENCES, type CramSlice } from './slices.js'

/** A read as a slice has it; its mate may still have to be found in the slice. */
export interface CramRecord {
  flags: number
  /** By its number in the header; -1: none. */
  readonly reference: number
  /** 1-based; 0: none. */
  readonly position: number
  /** The last base, 1-based. */
  readonly last: number
  readonly mappingQuality: number
  /** By its number in the header; -1: none. */
  readonly readGroup: number
  /** Empty: not kept. */
  name: Buffer
  readonly cigar: readonly number[]
  /** Letters; empty: unknown. */
  readonly bases: Buffer
  readonly qualities: Buffer
  /** Optional fields, one after the other as BAM writes them. */
  readonly tags: readonly Buffer[]
  /** MD and NM, where they are not among the optional fields but follow from the reference. */
  readonly md?: string
  readonly nm?: number
  /** Which read of the slice is the next one of the template. */
  mate?: number
  mateReference: number
  /** 1-based; 0: none. */
  matePosition: number
  /** Undefined: to be computed. */
  templateLength: number | undefined
  /** Says the template's length whatever can be computed. */
  readonly toldTemplateLength?: number
}

const UNMAPPED = 0x4
const REVERSE = 0x10
const MOST_FLAGS = 0xffff
/** Far more than any read: a damaged length must not take all memory. */
const MOST_BASES = 1 << 27

// CRAM specification section 10.2, bits of CF.
const HAS_QUALITIES = 0x1
const DETACHED = 0x2
const MATE_DOWNSTREAM = 0x4
const NO_SEQUENCE = 0x8
const TELLS_TEMPLATE_LENGTH = 0x10

const MATE_REVERSE = 0x1
const MATE_UNMAPPED = 0x2
const [PAIRED, FLAG_MATE_UNMAPPED, FLAG_MATE_REVERSE] = [0x1, 0x8, 0x20] as const

/** What a private field of htslib says of those that were not there when the file was written: bits for MD and NM. */
const ABSENT_FIELDS = 'cFC'
const ABSENT_MD = 0x1
const ABSENT_NM = 0x2

/** Records that are decoded, or written, in one go: two or three milliseconds. */
export const RECORDS_A_TURN = 250

/**
 * Decodes the records of a slice, in order.
 *
 * @param openReference the bases of a contig; gives undefined where the slice was written without a reference
 * @param contigs how many the header has
 */
export async function decodeRecords(
  slice: CramSlice,
  openReference: (contig: number) => ReferenceBases | undefined,
  contigs: number,
): Promise<CramRecord[]> {
  const { header, compression } = slice
  const series = openSeries(compression, slice.streams)
  const records: CramRecord[] = []
  let lastPosition = header.start
  while (records.length < header.records) {
    if (records.length % RECORDS_A_TURN === RECORDS_A_TURN - 1) await nextTurn()
    const record = decodeRecord(slice, series, openReference, contigs, lastPosition, records.length)
    lastPosition = record.position
    records.push(record)
  }
  return records
}

function decodeRecord(
  { header, compression }: CramSlice,
  series: Series,
  openReference: (contig: number) => ReferenceBases | undefined,
  contigs: number,
  lastPosition: number,
  index: number,
): CramRecord {
  let flags = series.BF()
  const cramFlags = series.CF()
  const reference = header.reference === SEVERAL_REFERENCES ? series.RI() : header.reference
  const length = series.RL()
  const position = series.AP() + (compression.hasDeltas ? lastPosition : 0)
  const isRead = flags >= 0 && flags <= MOST_FLAGS && length >= 0 && length <= MOST_BASES
  if (!isRead || reference < -1 || reference >= contigs) {
    throw new FormatError('the CRAM data are corrupt: a read is none')
  }
  const readGroup = series.RG()
  let name = compression.hasNames ? series.RN() : Buffer.alloc(0)
  let mate: number | undefined
  let mateReference = -1
  let matePosition = 0
  let templateLength: number | undefined
  let toldTemplateLength: number | undefined
  if (cramFlags & DETACHED) {
    const mateFlags = series.MF()
    if (!compression.hasNames) name = series.RN()
    mateReference = series.NS()
    matePosition = series.NP()
    templateLength = series.TS()
    if (mateReference < -1 || mateReference >= contigs)
      throw new FormatError('the CRAM data are corrupt: a mate is none')
    if (mateFlags & MATE_REVERSE) flags |= PAIRED | FLAG_MATE_REVERSE
    if (mateFlags & MATE_UNMAPPED) flags |= FLAG_MATE_UNMAPPED
    if (!(flags & PAIRED)) mateReference = -1
  } else {
    if (cramFlags & MATE_DOWNSTREAM) mate = index + 1 + series.NF()
    if (cramFlags & TELLS_TEMPLATE_LENGTH) toldTemplateLength = series.TS()
  }
  const { tags, hasMd, hasNm } = readTags(series, compression)
  let qualities: Buffer = Buffer.alloc(length, MISSING_QUALITY)
  const isUnmapped = (flags & UNMAPPED) !== 0
  let bases: Buffer
  let cigar: readonly number[] = []
  let last = position
  let mappingQuality = 0
  let mismatches: { readonly md: string; readonly nm: number } | undefined
  if (isUnmapped) bases = length > 0 ? series.bases(length) : Buffer.alloc(0)
  else {
    if (position <= 0) throw new FormatError('the CRAM data are corrupt: a mapped read without a place')
    const where = reference >= 0 ? openReference(reference) : undefined
    const placed = readFeatures(series, compression.substitutions, where, length, position - 1, qualities)
    bases = placed.bases
    cigar = placed.cigar
    last = Math.max(position, position - 1 + placed.referenceLength)
    mappingQuality = series.MQ()
    if (!(cramFlags & NO_SEQUENCE)) mismatches = placed.mismatches
  }
  if (cramFlags & HAS_QUALITIES) qualities = series.qualities(length)
  if (compression.hasSequencedQualities && flags & REVERSE) qualities = Buffer.from(qualities).reverse()
  const hasSequence = isUnmapped || !(cramFlags & NO_SEQUENCE)
  return {
    flags,
    reference,
    position,
    last,
    mappingQuality,
    readGroup,
    name,
    cigar,
    bases: hasSequence ? bases : Buffer.alloc(0),
    qualities: hasSequence ? qualities : Buffer.alloc(0),
    tags,
    ...(mismatches && !hasMd ? { md: mismatches.md } : {}),
    ...(mismatches && !hasNm ? { nm: mismatches.nm } : {}),
    ...(mate === undefined ? {} : { mate }),
    mateReference,
    matePosition,
    templateLength,
    ...(toldTemplateLength === undefined ? {} : { toldTemplateLength }),
  }
}

interface Tags {
  readonly tags: readonly Buffer[]
  readonly hasMd: boolean
  readonly hasNm: boolean
}

function readTags(series: Series, { tagLines }: CompressionHeader): Tags {
  const line = tagLines[series.TL()]
  if (!line) throw new FormatError('the CRAM data are corrupt: there are no such optional fields')
  const tags: Buffer[] = []
  let hasMd = false
  let hasNm = false
  for (const key of line) {
    const value = series.tag(key)
    if (key === ABSENT_FIELDS && value.length === 1) {
      hasMd ||= (value[0]! & ABSENT_MD) !== 0
      hasNm ||= (value[0]! & ABSENT_NM) !== 0
      continue
    }
    hasMd ||= key.startsWith('MD')
    hasNm ||= key.startsWith('NM')
    tags.push(series.key(key), value)
  }
  return { tags, hasMd, hasNm }
}

/** The data series of a slice, by their names in the specification (section 8.4). */
interface Series extends FeatureSeries {
  readonly BF: NumberReader
  readonly CF: NumberReader
  readonly RI: NumberReader
  readonly RL: NumberReader
  readonly AP: NumberReader
  readonly RG: NumberReader
  readonly MF: NumberReader
  readonly NS: NumberReader
  readonly NP: NumberReader
  readonly TS: NumberReader
  readonly NF: NumberReader
  readonly TL: NumberReader
  readonly MQ: NumberReader
  readonly RN: BytesReader
  bases(length: number): Buffer
  qualities(length: number): Buffer
  /** An optional field by its letters and type. */
  tag(key: string): Buffer
  /** Its letters and type. */
  key(key: string): Buffer
}

function openSeries({ series, tags }: CompressionHeader, streams: SliceStreams): Series {
  const fail = (key: string) => () => {
    throw new FormatError(`the CRAM data are corrupt: nothing says how ${key} is written`)
  }
  const number = (key: string, isByte = false) => {
    const encoding = series.get(key)
    return encoding ? toNumberReader(encoding, streams, isByte) : fail(key)
  }
  const bytes = (key: string) => {
    const encoding = series.get(key)
    return encoding ? toBytesReader(encoding, streams) : fail(key)
  }
  const some = (key: string) => {
    const encoding = series.get(key)
    return encoding ? toByteTaker(encoding, streams) : fail(key)
  }
  const tagReaders = new Map<string, BytesReader>()
  const keys = new Map([...tags.keys()].map((key) => [key, Buffer.from(key, 'latin1')]))
  return {
    BF: number('BF'),
    CF: number('CF'),
    RI: number('RI'),
    RL: number('RL'),
    AP: number('AP'),
    RG: number('RG'),
    MF: number('MF'),
    NS: number('NS'),
    NP: number('NP'),
    TS: number('TS'),
    NF: number('NF'),
    TL: number('TL'),
    MQ: number('MQ'),
    FN: number('FN'),
    FC: number('FC', true),
    FP: number('FP'),
    BS: number('BS', true),
    BA: number('BA', true),
    QS: number('QS', true),
    DL: number('DL'),
    RS: number('RS'),
    PD: number('PD'),
    HC: number('HC'),
    IN: bytes('IN'),
    SC: bytes('SC'),
    BB: bytes('BB'),
    QQ: bytes('QQ'),
    RN: bytes('RN'),
    bases: some('BA'),
    qualities: some('QS'),
    tag(key) {
      const known = tagReaders.get(key)
      if (known) return known()
      const encoding = tags.get(key)
      const read = encoding ? toBytesReader(encoding, streams) : fail(`the optional field ${key}`)
      tagReaders.set(key, read)
      return read()
    },
    key: (key) => keys.get(key)!,
  }
}
