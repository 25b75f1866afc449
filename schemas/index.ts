export * from './assembly.js'
export * from './variant-internal-id.js'
export * from './variant-text.js'
export * from './json-schema.js'
export * from './registry.js'
export * from './validate.js'
export * from './version.js'
export * from './beacon/annotation.js'
export * from './beacon/analysis.js'
export * from './beacon/biosample.js'
export * from './beacon/case-level-data.js'
export * from './beacon/cohort.js'
export * from './beacon/clinical-interpretation.js'
export * from './beacon/data-responses.js'
export * from './beacon/dataset.js'
export * from './beacon/dataset-description.js'
export * from './beacon/entry-types.js'
export * from './beacon/genomic-variation.js'
export * from './beacon/granularity.js'
export * from './beacon/handover.js'
export * from './beacon/individual.js'
export * from './beacon/informational-responses.js'
export * from './beacon/meta.js'
export {
  ageSchema,
  CURIE_PATTERN,
  ID_PATTERN,
  ontologyTermSchema,
  timeElementSchema,
  type Age,
  type AgeRange,
  type ComplexValue,
  type Disease,
  type Evidence,
  type GestationalAge,
  type Measurement,
  type OntologyTerm,
  type PhenotypicFeature,
  type Procedure,
  type Quantity,
  type ReferenceRange,
  type TimeElement,
  type TimeInterval,
} from './beacon/model-parts.js'
export * from './beacon/request.js'
export * from './beacon/run.js'
export * from './beacon/variation.js'
export * from './config/access-config.js'
export * from './config/audit-config.js'
export * from './config/hub-config.js'
export * from './config/listen.js'
export * from './config/login-config.js'
export * from './config/mapping.js'
export * from './config/node-config.js'
export * from './fhir/audit-event.js'
export * from './htsget/error.js'
export * from './htsget/request-body.js'
export * from './htsget/service-info.js'
export * from './htsget/ticket.js'
export * from './network/counts.js'
export * from './network/express-messages.js'
export * from './network/matching.js'
export * from './network/network-answer.js'
export * from './network/node-summary.js'
export * from './network/purpose.js'
export * from './network/token-exchange.js'
export * from './network/private-address.js'
export * from './beacon/parse-request.js'
export * from './config/ports.js'
export * from './config/read-config.js'
export * from './network/verdict.js'
export * from './signature/request-signature.js'
export * from './signature/signing-key.js'
export * from './witness/add-checkpoint.js'
export * from './witness/check-checkpoint.js'
export * from './witness/checkpoint-head.js'
export * from './witness/consistency.js'
export * from './witness/cosignature.js'
export * from './witness/signed-note.js'
