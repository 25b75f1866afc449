import { contigByNumber, type Counts, type GenomicVariation, type PopulationFrequency } from '../../schemas/index.js'
import type { ReleasedRecord } from '../privacy/disclose.js'
import { alleleType } from '../variants/allele-match.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { isStructural } from '../variants/structural.js'
import { toClinicalInterpretation } from './clinical-interpretations.js'
import { toVariantInternalId, variantEnd, type Variant } from '../variants/variant.js'

/** Pre-counted data may know some of them only. */
function toZygosities(counts: Counts): Partial<PopulationFrequency> {
  const known = {
    alleleCountHomozygous: 'homozygotes' in counts ? counts.homozygotes : undefined,
    alleleCountHeterozygous: 'heterozygotes' in counts ? counts.heterozygotes : undefined,
    alleleCountHemizygous: 'hemizygotes' in counts ? counts.hemizygotes : undefined,
  }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}

/** The frequency in the dataset, where its denominator is known. */
function toFrequencies(
  counts: Counts,
  dataset: DatasetManifest,
  baseUrl: string,
): GenomicVariation['frequencyInPopulations'] {
  if (!('alleleNumber' in counts) || counts.alleleNumber === 0 || counts.anBasis === 'unknown') return undefined
  const { alleleCount, alleleNumber } = counts
  if (alleleCount === undefined) return undefined
  const zygosities = toZygosities(counts)
  return [
    {
      source: dataset.controller,
      sourceReference: `${baseUrl}/datasets/${encodeURIComponent(dataset.id)}`,
      frequencies: [
        {
          population: dataset.name,
          alleleFrequency: alleleCount / alleleNumber,
          alleleCount,
          alleleNumber,
          ...zygosities,
        },
      ],
    },
  ]
}

/** A structural allele's bases are not known, but for a deletion's, which are none. */
function toBases(variant: Variant): string {
  if (!isStructural(variant.alternateBases)) return variant.alternateBases
  return alleleType(variant) === 'DEL' ? '' : 'N'
}

/** One released allele as a Beacon record; there is no person in it. */
export function toGenomicVariation(
  { variant, anchor, counts, interpretations }: ReleasedRecord,
  dataset: DatasetManifest,
  baseUrl: string,
): GenomicVariation {
  const id = toVariantInternalId(dataset.assembly, variant, anchor)
  const frequencyInPopulations = toFrequencies(counts, dataset, baseUrl)
  return {
    id,
    variantInternalId: id,
    variation: {
      variantType: alleleType(variant),
      referenceBases: variant.referenceBases,
      alternateBases: toBases(variant),
      location: {
        type: 'SequenceLocation',
        sequence_id: `refseq:${contigByNumber(dataset.assembly, variant.contig).accession}`,
        interval: {
          type: 'SequenceInterval',
          start: { type: 'Number', value: variant.start },
          end: { type: 'Number', value: variantEnd(variant) },
        },
      },
    },
    ...(interpretations?.length
      ? { variantLevelData: { clinicalInterpretations: interpretations.map(toClinicalInterpretation) } }
      : {}),
    ...(frequencyInPopulations ? { frequencyInPopulations } : {}),
  }
}
