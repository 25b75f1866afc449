/** Entry types of which a node keeps records of people, in the words of Beacon v2. */
export const RECORD_TYPES = ['individual', 'biosample', 'run', 'analysis'] as const

export type RecordType = (typeof RECORD_TYPES)[number]

/** A Beacon v2 document as it was given: ids are still the laboratory's. */
export type Document = { readonly [key: string]: unknown }

/** A record of a person on its way in. */
export interface IncomingRecord {
  readonly type: RecordType
  /** The laboratory's id of the record; of an individual the person's name. */
  readonly id: string
  /** The laboratory's name of the person. */
  readonly individual: string
  readonly document: Document
}

export interface IncomingCohort {
  readonly id: string
  /** The laboratory's names of its people; absent: not known. */
  readonly members?: readonly string[]
  readonly document: Document
}

/** What one ingest of metadata brings to a dataset. */
export interface MetadataBatch {
  readonly records: readonly IncomingRecord[]
  readonly cohorts: readonly IncomingCohort[]
  /** Of the dataset itself, e.g. its data use conditions. */
  readonly datasetDocument?: Document
}
