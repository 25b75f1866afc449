import { objectSchema } from '../json-schema.js'
import {
  ageSchema,
  diseaseSchema,
  exposureSchema,
  measurementSchema,
  pedigreeSchema,
  phenotypicFeatureSchema,
  procedureSchema,
  recordId,
  term,
  treatmentSchema,
  type Age,
  type Disease,
  type Measurement,
  type OntologyTerm,
  type PhenotypicFeature,
  type Procedure,
  type Quantity,
  type TimeInterval,
} from './model-parts.js'

export const KARYOTYPIC_SEXES = [
  'UNKNOWN_KARYOTYPE',
  'XX',
  'XY',
  'XO',
  'XXY',
  'XXX',
  'XXYY',
  'XXXY',
  'XXXX',
  'XYY',
  'OTHER_KARYOTYPE',
] as const

export type KaryotypicSex = (typeof KARYOTYPIC_SEXES)[number]

export interface Treatment {
  readonly treatmentCode: OntologyTerm
  readonly ageAtOnset?: Age
  readonly routeOfAdministration?: OntologyTerm
  readonly cumulativeDose?: Quantity
  readonly doseIntervals?: readonly {
    readonly quantity: Quantity
    readonly interval: TimeInterval
    readonly scheduleFrequency: OntologyTerm
  }[]
}

export interface Exposure {
  readonly exposureCode: OntologyTerm
  readonly ageAtExposure: Age
  readonly unit: OntologyTerm
  readonly duration: string
  readonly value?: number
  readonly date?: string
}

export interface Pedigree {
  readonly id: string
  readonly disease: Disease
  readonly members: readonly { readonly memberId: string; readonly role: OntologyTerm; readonly affected: boolean }[]
  readonly numSubjects?: number
}

/** Beacon v2 `individual`. What the standard has no field for stands in `info`. */
export interface IndividualRecord {
  readonly id: string
  readonly sex: OntologyTerm
  readonly karyotypicSex?: KaryotypicSex
  readonly ethnicity?: OntologyTerm
  readonly geographicOrigin?: OntologyTerm
  readonly diseases?: readonly Disease[]
  readonly phenotypicFeatures?: readonly PhenotypicFeature[]
  readonly measures?: readonly Measurement[]
  readonly exposures?: readonly Exposure[]
  readonly interventionsOrProcedures?: readonly Procedure[]
  readonly treatments?: readonly Treatment[]
  readonly pedigrees?: readonly Pedigree[]
  /** `age`: when the person was last seen; what the filter `age` asks for. */
  readonly info?: {
    readonly age?: Age
    /** Looked for and not found: Beacon's diseases have no `excluded`. */
    readonly excludedDiseases?: readonly Disease[]
    readonly [key: string]: unknown
  }
}

const listOf = (items: object) => ({ type: 'array', items })

export const individualSchema = objectSchema('Individual', ['id', 'sex'], {
  id: recordId,
  sex: term,
  karyotypicSex: { enum: KARYOTYPIC_SEXES },
  ethnicity: term,
  geographicOrigin: term,
  diseases: listOf(diseaseSchema),
  phenotypicFeatures: listOf(phenotypicFeatureSchema),
  measures: listOf(measurementSchema),
  exposures: listOf(exposureSchema),
  interventionsOrProcedures: listOf(procedureSchema),
  treatments: listOf(treatmentSchema),
  pedigrees: listOf(pedigreeSchema),
  info: { type: 'object', properties: { age: ageSchema, excludedDiseases: listOf(diseaseSchema) } },
})
