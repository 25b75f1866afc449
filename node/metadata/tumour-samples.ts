import type { Document } from './record.js'

/** A sample of what is healthy, beside which a tumour is read (Experimental Factor Ontology). */
export const REFERENCE_SAMPLE = 'EFO:0009654'

/** What a biosample says of a tumour, in Beacon's words. */
const TUMOUR_FIELDS = ['histologicalDiagnosis', 'tumorProgression', 'tumorGrade', 'pathologicalStage'] as const

export function isReferenceSample({ biosampleStatus }: Document): boolean {
  return (
    typeof biosampleStatus === 'object' &&
    biosampleStatus !== null &&
    'id' in biosampleStatus &&
    biosampleStatus.id === REFERENCE_SAMPLE
  )
}

export function isTumourSample(document: Document): boolean {
  return !isReferenceSample(document) && TUMOUR_FIELDS.some((field) => document[field] !== undefined)
}
