import type { EntryType } from './informational-responses.js'
import { API_VERSION, type SchemaPerEntity } from './meta.js'

export const GENOMIC_VARIANT_SCHEMA: SchemaPerEntity & { readonly schema: string } = {
  entityType: 'genomicVariant',
  schema: `ga4gh-beacon-genomicVariant-${API_VERSION}`,
}

/**
 * The entry type that nodes and hubs answer about.
 *
 * @param baseUrl URL below which the schemas are served, without a slash at the end
 */
export function toGenomicVariantEntryType(baseUrl: string): EntryType {
  return {
    id: 'genomicVariant',
    name: 'Genomic variant',
    description: 'An allele at a place of the genome, with how many people carry it',
    partOfSpecification: `Beacon ${API_VERSION}`,
    ontologyTermForThisType: { id: 'ENSGLOSSARY:0000092', label: 'Variant' },
    defaultSchema: {
      id: GENOMIC_VARIANT_SCHEMA.schema,
      name: 'Default schema of a genomic variation',
      referenceToSchemaDefinition: `${baseUrl}/schemas/beacon/genomicVariation.json`,
      schemaVersion: API_VERSION,
    },
    // Listing every variant of everybody is no question that a Fyr node or hub answers.
    nonFilteredQueriesAllowed: false,
  }
}
