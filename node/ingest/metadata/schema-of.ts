import type { SchemaPath } from '../../../schemas/index.js'
import type { MetadataType } from './source-record.js'

const SCHEMA_OF: Readonly<Record<MetadataType, SchemaPath>> = {
  individual: 'beacon/individual.json',
  biosample: 'beacon/biosample.json',
  run: 'beacon/run.json',
  analysis: 'beacon/analysis.json',
  cohort: 'beacon/cohort.json',
  dataset: 'beacon/datasetDescription.json',
}

/** The schema of an entry type's records. */
export function schemaOf(type: MetadataType): SchemaPath {
  return SCHEMA_OF[type]
}
