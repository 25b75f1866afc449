import { objectSchema, text } from '../json-schema.js'
import { info, ontologyTermSchema, recordId, string, terms, timestamp, type OntologyTerm } from './model-parts.js'

/** A term of the Data Use Ontology, with the version of the ontology. */
export interface DataUse extends OntologyTerm {
  readonly version: string
  readonly modifiers?: readonly OntologyTerm[]
}

/** Beacon v2 `dataset` as somebody describes it; assembly, access and policy are the node's own (`Dataset`). */
export interface DatasetDescription {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly version?: string
  readonly externalUrl?: string
  readonly createDateTime?: string
  readonly updateDateTime?: string
  readonly dataUseConditions?: { readonly duoDataUse?: readonly DataUse[] }
  readonly info?: { readonly [key: string]: unknown }
}

const { properties } = ontologyTermSchema

export const dataUseSchema = {
  ...ontologyTermSchema,
  required: ['id', 'version'],
  properties: { ...(properties as object), version: string, modifiers: terms },
}

export const datasetDescriptionSchema = objectSchema('Description of a dataset', ['id', 'name'], {
  id: recordId,
  name: text,
  description: string,
  version: string,
  externalUrl: string,
  createDateTime: timestamp,
  updateDateTime: timestamp,
  dataUseConditions: {
    type: 'object',
    properties: { duoDataUse: { type: 'array', minItems: 1, items: dataUseSchema } },
  },
  info,
})
