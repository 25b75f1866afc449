/** A sequence of the file's header. */
export interface Contig {
  readonly name: string
  /** Bases; absent: the header does not say. */
  readonly length?: number
}

/** A stretch of one contig, 0-based half-open. */
export interface Region {
  readonly contig: string
  readonly start: number
  /** Infinity: to the contig's end. */
  readonly end: number
}

/** Some of a file's records. */
export interface SomeRecords {
  readonly kind: 'some'
  /** In any order; they may overlap. A record that overlaps several is wanted once. */
  readonly regions: readonly Region[]
  /** Reads only: those without a place. */
  readonly unplaced: boolean
  /** What another selection has already given. CRAM containers cannot be told apart by it. */
  readonly given?: Given
}

/** The records of a contig that begin before a place, 0-based. */
export interface Given {
  readonly contig: string
  readonly before: number
}

/** Which records of a file are wanted. */
export type Selection = { readonly kind: 'all' } | SomeRecords

/** What of each record is wanted; an absent member: all. */
export interface RecordEdit {
  /** Mandatory fields of reads that stay, in the words of htsget (`QNAME` … `QUAL`). */
  readonly fields?: ReadonlySet<string>
  /** Optional fields of reads that stay. */
  readonly tags?: ReadonlySet<string>
  /** Optional fields of reads that go. */
  readonly notags?: ReadonlySet<string>
  /** Read groups that are called otherwise in the header that leaves: new ids by the old ones. */
  readonly readGroups?: ReadonlyMap<string, string>
  /** Columns of variants that stay, by the names in the file, in its order; AC, AN and the like are counted anew. */
  readonly samples?: readonly string[]
  /**
   * Nothing leaves as it is stored: each record is looked at, so that one of another place cannot leave, whatever the index and the
   * order of the file say. CRAM containers do not allow it.
   */
  readonly looksAtAll?: true
}

/** A piece of an answer. In order and one after the other, the pieces are the wanted records, whole blocks or containers each. */
export type SlicePart =
  /** The file's own bytes [start, end), untouched. */
  | { readonly kind: 'stored'; readonly start: number; readonly end: number }
  /** Bytes made for this answer. */
  | { readonly kind: 'made'; readonly bytes: Buffer }

export type SliceFormat = 'BAM' | 'CRAM' | 'VCF' | 'BCF'

/** A file of reads or variants whose records can be had by place. Immutable; serves many requests at once. */
export interface SliceableFile {
  readonly format: SliceFormat
  /**
   * What stands before the records, decompressed, as the file has it: of BAM and BCF with magic and lengths, of VCF its text, of
   * CRAM the text of the SAM header.
   */
  readonly header: Buffer
  readonly contigs: readonly Contig[]
  /** Names of the people in the file as the file spells them: columns of variants, `SM` of read groups; each once. */
  readonly samples: readonly string[]
  /** Memory that it keeps, bytes, about. */
  readonly bytes: number
  /**
   * The wanted records in the file's order, each once, without header and end-of-file block. Of BAM, VCF and BCF exactly those that
   * overlap the regions, of CRAM the containers that hold them.
   *
   * @throws FormatError the file or its index is damaged; TypeError a region on a contig that the file does not have, or of CRAM
   * containers what was given before
   */
  slice(selection: Selection, edit: RecordEdit, signal?: AbortSignal): AsyncIterable<SlicePart>
  /**
   * Selections of fewer regions, of which one after the other gives the same as all; CRAM containers hold reads of several regions,
   * so that theirs stays as it is.
   *
   * @param selection its regions in the order of `contigs` and of their places, none of them touching another
   * @param most regions of each
   */
  split(selection: SomeRecords, most: number): readonly SomeRecords[]
}
