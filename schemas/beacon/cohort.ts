import { count, objectSchema, text, type JsonSchema } from '../json-schema.js'
import {
  ageRangeSchema,
  diseaseSchema,
  info,
  phenotypicFeatureSchema,
  recordId,
  term,
  terms,
  type AgeRange,
  type Disease,
  type OntologyTerm,
  type PhenotypicFeature,
} from './model-parts.js'

export const COHORT_TYPES = ['study-defined', 'beacon-defined', 'user-defined'] as const

export interface CohortCriteria {
  readonly ageRange?: AgeRange
  readonly genders?: readonly OntologyTerm[]
  readonly ethnicities?: readonly OntologyTerm[]
  readonly locations?: readonly OntologyTerm[]
  readonly diseaseConditions?: readonly Disease[]
  readonly phenotypicConditions?: readonly PhenotypicFeature[]
}

/** Beacon v2 `cohort`. Who belongs to it is no part of the record: a node keeps that beside it. */
export interface CohortRecord {
  readonly id: string
  readonly name: string
  readonly cohortType: (typeof COHORT_TYPES)[number]
  readonly cohortSize?: number
  readonly cohortDesign?: OntologyTerm
  readonly cohortDataTypes?: readonly OntologyTerm[]
  readonly inclusionCriteria?: CohortCriteria
  readonly exclusionCriteria?: CohortCriteria
  readonly collectionEvents?: readonly object[]
}

const criteria: JsonSchema = {
  type: 'object',
  properties: {
    ageRange: ageRangeSchema,
    genders: terms,
    ethnicities: terms,
    locations: terms,
    diseaseConditions: { type: 'array', items: diseaseSchema },
    phenotypicConditions: { type: 'array', items: phenotypicFeatureSchema },
  },
}

const distribution: JsonSchema = {
  type: 'object',
  required: ['availability'],
  properties: {
    availability: { type: 'boolean' },
    availabilityCount: count,
    // By what is counted, then by value: {"genders": {"female": 51}}.
    distribution: { type: 'object', additionalProperties: { type: 'object' } },
  },
}

const dateOrDateTime: JsonSchema = {
  type: 'string',
  if: { maxLength: 10 },
  then: { format: 'date' },
  else: { format: 'date-time' },
}

const collectionEvent: JsonSchema = {
  type: 'object',
  properties: {
    eventNum: { type: 'integer' },
    eventDate: dateOrDateTime,
    eventSize: count,
    eventCases: count,
    eventControls: count,
    eventTimeline: { type: 'object', properties: { start: dateOrDateTime, end: dateOrDateTime } },
    eventAgeRange: distribution,
    eventDataTypes: distribution,
    eventDiseases: distribution,
    eventEthnicities: distribution,
    eventGenders: distribution,
    eventLocations: distribution,
    eventPhenotypes: distribution,
  },
}

export const cohortSchema = objectSchema('Cohort', ['id', 'name', 'cohortType'], {
  id: recordId,
  name: text,
  cohortType: { enum: COHORT_TYPES },
  cohortSize: count,
  cohortDesign: term,
  cohortDataTypes: terms,
  inclusionCriteria: criteria,
  exclusionCriteria: criteria,
  collectionEvents: { type: 'array', items: collectionEvent },
  info,
})
