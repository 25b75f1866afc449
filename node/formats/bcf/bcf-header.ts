import { FormatError } from '../format-error.js'

const MAGIC = 'BCF'
const MAJOR_VERSION = 2
const MINOR_VERSIONS = [1, 2]
/** Magic, two bytes of version, length of the text (VCF 4.3 section 6.2). */
const FIXED_BYTES = 9
/** Far above any header; a length beyond is damage, not to be waited for. */
const MOST_TEXT_BYTES = 1 << 28

/** What the numbers in a BCF file's records mean (VCF 4.3 section 6.2.1). Plain data, so that it can be sent to a thread. */
export interface BcfDictionary {
  /** FILTER, INFO and FORMAT names by number. */
  readonly names: ReadonlyMap<number, string>
  readonly contigs: ReadonlyMap<number, string>
  /** INFO names of type Flag. */
  readonly flags: ReadonlySet<string>
}

export interface BcfHeader {
  /** The VCF header, without the zeros at its end. */
  readonly text: Buffer
  readonly dictionary: BcfDictionary
  /** Where the first record begins in the decompressed file. */
  readonly recordsStart: number
}

/** Whether a file's first bytes are those of a BCF file of any version. */
export function isBcf(content: Buffer): boolean {
  return content.length > 0 && MAGIC.startsWith(content.toString('latin1', 0, MAGIC.length))
}

/** Puts the header together from the first stretches of a decompressed file. */
export class BcfHeaderReader {
  #bytes = Buffer.alloc(0)

  /**
   * @returns undefined while more is needed
   * @throws FormatError another version, or a header whose numbers have no sure meaning
   */
  push(content: Buffer): BcfHeader | undefined {
    this.#bytes = Buffer.concat([this.#bytes, content])
    if (this.#bytes.length < FIXED_BYTES) return undefined
    const [major, minor] = [this.#bytes[3]!, this.#bytes[4]!]
    if (major !== MAJOR_VERSION || !MINOR_VERSIONS.includes(minor)) {
      throw new FormatError(`BCF of version ${major}.${minor} cannot be read, only 2.1 and 2.2`)
    }
    const textBytes = this.#bytes.readUInt32LE(5)
    if (textBytes > MOST_TEXT_BYTES) {
      throw new FormatError(`the BCF data are corrupt: the header claims ${textBytes} bytes`)
    }
    const recordsStart = FIXED_BYTES + textBytes
    if (this.#bytes.length < recordsStart) return undefined
    const padded = this.#bytes.subarray(FIXED_BYTES, recordsStart)
    const zero = padded.indexOf(0)
    const text = zero < 0 ? padded : padded.subarray(0, zero)
    return { text, recordsStart, dictionary: parseDictionary(text.toString('utf8')) }
  }
}

/**
 * A header as it stands, decompressed, at the beginning of a BCF 2.2 file.
 *
 * @param text of a VCF header. Records mean its lines by their number: of those that declare FILTER, INFO, FORMAT and contigs none may
 *   go or come that has no `IDX`
 */
export function toBcfHeader(text: string): Buffer {
  const padded = Buffer.from(`${text}\0`)
  const head = Buffer.from([...Buffer.from(MAGIC), MAJOR_VERSION, Math.max(...MINOR_VERSIONS), 0, 0, 0, 0])
  head.writeUInt32LE(padded.length, 5)
  return Buffer.concat([head, padded])
}

/** @throws FormatError a header line without an ID, or two names of one number */
export function parseDictionary(text: string): BcfDictionary {
  const names = new Numbering()
  // `PASS` is the first name of every file, whether or not the header says so.
  names.add('PASS', undefined)
  const contigs = new Numbering()
  const flags = new Set<string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^##(FILTER|INFO|FORMAT|contig)=<(.*)>\s*$/.exec(line)
    if (!match) continue
    // A description may hold anything, also what looks like another field.
    const fields = match[2]!.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    const id = /(?:^|,)ID=([^,\s]+)/.exec(fields)?.[1]
    if (id === undefined) throw new FormatError(`the header line "${line.slice(0, 60)}" has no ID`)
    const index = /(?:^|,)IDX=(\d{1,9})(?:,|$)/.exec(fields)?.[1]
    const numbering = match[1] === 'contig' ? contigs : names
    numbering.add(id, index === undefined ? undefined : Number(index))
    if (match[1] === 'INFO' && /(?:^|,)Type=Flag(?:,|$)/.test(fields)) flags.add(id)
  }
  return { names: names.byNumber, contigs: contigs.byNumber, flags }
}

/** Gives names their numbers: that of `IDX`, else the next after the highest. */
class Numbering {
  readonly byNumber = new Map<number, string>()
  readonly #numbers = new Map<string, number>()
  #next = 0

  add(name: string, stated: number | undefined): void {
    const known = this.#numbers.get(name)
    // INFO, FORMAT and FILTER of one name share a number.
    const number = stated ?? known ?? this.#next
    const other = this.byNumber.get(number)
    if (other !== undefined && other !== name) {
      throw new FormatError(`the BCF header gives ${other} and ${name} the same number IDX=${number}`)
    }
    if (known !== undefined && known !== number) {
      throw new FormatError(`the BCF header gives ${name} two numbers, IDX=${known} and IDX=${number}`)
    }
    this.byNumber.set(number, name)
    this.#numbers.set(name, number)
    this.#next = Math.max(this.#next, number + 1)
  }
}
