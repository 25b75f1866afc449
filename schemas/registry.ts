import { analysisSchema } from './beacon/analysis.js'
import { biosampleSchema } from './beacon/biosample.js'
import { cohortSchema } from './beacon/cohort.js'
import { clinicalInterpretationSchema } from './beacon/clinical-interpretation.js'
import * as dataResponses from './beacon/data-responses.js'
import { datasetSchema } from './beacon/dataset.js'
import { datasetDescriptionSchema } from './beacon/dataset-description.js'
import { genomicVariationSchema } from './beacon/genomic-variation.js'
import { individualSchema } from './beacon/individual.js'
import * as informational from './beacon/informational-responses.js'
import * as meta from './beacon/meta.js'
import * as request from './beacon/request.js'
import { runSchema } from './beacon/run.js'
import { hubConfigSchema } from './config/hub-config.js'
import { mappingSchema } from './config/mapping.js'
import { nodeConfigSchema } from './config/node-config.js'
import { htsgetErrorSchema } from './htsget/error.js'
import { htsgetRequestBodySchema } from './htsget/request-body.js'
import { htsgetServiceInfoSchema } from './htsget/service-info.js'
import { ticketSchema } from './htsget/ticket.js'
import type { JsonSchema } from './json-schema.js'
import * as counts from './network/counts.js'
import * as networkAnswer from './network/network-answer.js'
import { nodeSummarySchema } from './network/node-summary.js'

/** Every schema of ours by its path, which is also its path under `/schemas/` on a node and on the hub. */
export const SCHEMAS = {
  'beacon/requestBody.json': request.requestBodySchema,
  'beacon/gVariantParameters.json': request.gVariantParametersSchema,
  'beacon/receivedRequestSummary.json': meta.receivedRequestSummarySchema,
  'beacon/responseMeta.json': meta.responseMetaSchema,
  'beacon/informationalMeta.json': meta.informationalMetaSchema,
  'beacon/booleanResponse.json': dataResponses.booleanResponseSchema,
  'beacon/countResponse.json': dataResponses.countResponseSchema,
  'beacon/resultSet.json': dataResponses.resultSetSchema,
  'beacon/resultSetsResponse.json': dataResponses.resultSetsResponseSchema,
  'beacon/collectionsResponse.json': dataResponses.collectionsResponseSchema,
  'beacon/errorResponse.json': dataResponses.errorResponseSchema,
  'beacon/infoResponse.json': informational.infoResponseSchema,
  'beacon/configurationResponse.json': informational.configurationResponseSchema,
  'beacon/entryTypesResponse.json': informational.entryTypesResponseSchema,
  'beacon/mapResponse.json': informational.mapResponseSchema,
  'beacon/filteringTermsResponse.json': informational.filteringTermsResponseSchema,
  'beacon/serviceInfo.json': informational.serviceInfoSchema,
  'beacon/externalService.json': informational.externalServiceSchema,
  'beacon/problem.json': informational.problemSchema,
  'beacon/genomicVariation.json': genomicVariationSchema,
  'beacon/clinicalInterpretation.json': clinicalInterpretationSchema,
  'beacon/dataset.json': datasetSchema,
  'beacon/datasetDescription.json': datasetDescriptionSchema,
  'beacon/individual.json': individualSchema,
  'beacon/biosample.json': biosampleSchema,
  'beacon/run.json': runSchema,
  'beacon/analysis.json': analysisSchema,
  'beacon/cohort.json': cohortSchema,
  'htsget/ticket.json': ticketSchema,
  'htsget/error.json': htsgetErrorSchema,
  'htsget/serviceInfo.json': htsgetServiceInfoSchema,
  'htsget/requestBody.json': htsgetRequestBodySchema,
  'network/counts.json': counts.countsSchema,
  'network/alleleCounts.json': counts.alleleCountsSchema,
  'network/mitochondrialCounts.json': counts.mitochondrialCountsSchema,
  'network/regionCounts.json': counts.regionCountsSchema,
  'network/partialAlleleCounts.json': counts.partialAlleleCountsSchema,
  'network/partialRegionCounts.json': counts.partialRegionCountsSchema,
  'network/bounds.json': counts.boundsSchema,
  'network/nodeSummary.json': nodeSummarySchema,
  'network/regionAnswer.json': networkAnswer.regionAnswerSchema,
  'network/networkInfo.json': networkAnswer.networkInfoSchema,
  'network/networkAnswer.json': networkAnswer.networkAnswerSchema,
  'config/mapping.json': mappingSchema,
  'config/node.json': nodeConfigSchema,
  'config/hub.json': hubConfigSchema,
} as const satisfies Record<string, JsonSchema>

export type SchemaPath = keyof typeof SCHEMAS
