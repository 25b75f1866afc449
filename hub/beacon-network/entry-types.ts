import type { EntryType, SchemaPerEntity } from '../../schemas/index.js'

/** The default model's schema of the only entry type that the hub answers about. */
export const VARIANT_SCHEMA: SchemaPerEntity = { entityType: 'genomicVariant', schema: 'ga4gh-beacon-variant-v2.0.0' }

/** Entry types by id; the schema is one that the hub serves itself. */
export function toEntryTypes(baseUrl: string): { readonly genomicVariant: EntryType } {
  return {
    genomicVariant: {
      id: 'genomicVariant',
      name: 'Genomic variants',
      description: 'Variants in the regions of the network: whether they exist, and in how many people.',
      partOfSpecification: 'Beacon v2.2.0',
      ontologyTermForThisType: { id: 'SO:0001059', label: 'sequence_alteration' },
      defaultSchema: {
        id: 'ga4gh-beacon-variant-v2.0.0',
        name: 'Default schema for a genomic variation',
        referenceToSchemaDefinition: `${baseUrl}/schemas/beacon/genomicVariation.json`,
        schemaVersion: 'v2.0.0',
      },
      nonFilteredQueriesAllowed: true,
    },
  }
}
