import type { SliceFormat } from '../formats/slice.js'

/** Reads of several people cannot be told apart, columns of variants can. */
export type FileKind = 'reads' | 'variants'

export function toFileKind(format: SliceFormat): FileKind {
  return format === 'BAM' || format === 'CRAM' ? 'reads' : 'variants'
}

/** A person in a file. */
export interface FilePerson {
  /** As the file spells it. Empty: the file names nobody, and all of it is this person's. */
  readonly sample: string
  /** Node-wide number. */
  readonly individual: number
}

/** A file that the node serves by htsget. It stays where it is; this is what is known of it. */
export interface FileRecord {
  /** As clients ask for it; only ever looked up. */
  readonly id: string
  readonly datasetId: string
  readonly kind: FileKind
  readonly format: SliceFormat
  /** Whether it is kept as Crypt4GH. */
  readonly isEncrypted: boolean
  /** Absolute path, `s3://bucket/key` or `http(s)://…`; never to leave the node. */
  readonly location: string
  /** Bytes as stored, when it was added. */
  readonly size: number
  /** Of its storage when it was added: with another one it is another file, whose people and index nobody has looked at. */
  readonly version: string
  /** As `location`. */
  readonly indexLocation: string
  /** Absent: the node has built the index itself, of this version of the file. */
  readonly indexVersion?: string
  /**
   * In the file's order. A sample of the file that is not among them belongs to nobody who may be shown: its person was taken out
   * of the node.
   */
  readonly people: readonly FilePerson[]
  readonly addDateTime: string
}
