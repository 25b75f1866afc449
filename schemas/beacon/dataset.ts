import { ASSEMBLY_IDS, type AssemblyId } from '../assembly.js'
import { closed, count, dateTime, objectSchema, text } from '../json-schema.js'
import { GRANULARITIES, type Granularity } from './granularity.js'

/** Who may ask: everybody, any known researcher, or people who were granted it. Beacon v2 security levels. */
export const ACCESS_LEVELS = ['public', 'registered', 'controlled'] as const

export type AccessLevel = (typeof ACCESS_LEVELS)[number]

/** How people, samples and records are called in what leaves the node: by pseudonyms, or by the laboratory's own ids. */
export const IDENTIFIER_POLICIES = ['pseudonymous', 'keep'] as const

export type IdentifierPolicy = (typeof IDENTIFIER_POLICIES)[number]

/** Beacon v2 `dataset`; what the standard has no field for stands in `info`. */
export interface Dataset {
  readonly id: string
  readonly name: string
  readonly createDateTime: string
  readonly updateDateTime: string
  readonly info: {
    readonly assemblyId: AssemblyId
    readonly access: AccessLevel
    readonly granularity: Granularity
    readonly identifiers: IdentifierPolicy
    /** Records of alleles name the people who have them. */
    readonly caseLevelData: boolean
    /** Terms and fields of individuals by which frequencies are told. */
    readonly groups?: readonly string[]
    /** Why these data may be public. */
    readonly basis?: string
    readonly controller: string
    readonly contact: string
    /** What it holds: calls of people, or alleles that were counted elsewhere; absent while it holds nothing. */
    readonly content?: 'genotypes' | 'sites'
    /** Of pre-counted alleles: how they were counted, and among how many cases where that is known. */
    readonly sites?: { readonly source: 'allele-counts' | 'observations'; readonly cases?: number }
    /** False: alleles are trimmed, not left-aligned. */
    readonly normalised: boolean
    /** Which genotype calls count; the others are no-calls. */
    readonly callPolicy: { readonly filter: readonly string[]; readonly minimumGenotypeQuality: number }
  }
}

export const datasetSchema = objectSchema('Dataset', ['id', 'name'], {
  id: text,
  name: text,
  createDateTime: dateTime,
  updateDateTime: dateTime,
  info: {
    type: 'object',
    required: [
      'assemblyId',
      'access',
      'granularity',
      'identifiers',
      'caseLevelData',
      'controller',
      'contact',
      'normalised',
      'callPolicy',
    ],
    properties: {
      assemblyId: { enum: ASSEMBLY_IDS },
      access: { enum: ACCESS_LEVELS },
      granularity: { enum: GRANULARITIES },
      identifiers: { enum: IDENTIFIER_POLICIES },
      caseLevelData: { type: 'boolean' },
      groups: { type: 'array', items: text },
      basis: text,
      controller: text,
      contact: text,
      content: { enum: ['genotypes', 'sites'] },
      sites: {
        type: 'object',
        required: ['source'],
        properties: { source: { enum: ['allele-counts', 'observations'] }, cases: count },
        ...closed,
      },
      normalised: { type: 'boolean' },
      callPolicy: {
        type: 'object',
        required: ['filter', 'minimumGenotypeQuality'],
        properties: {
          filter: { type: 'array', items: text },
          minimumGenotypeQuality: { type: 'number', minimum: 0 },
        },
        ...closed,
      },
    },
  },
})
