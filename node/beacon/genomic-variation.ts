import {
  TUMOUR_TYPE_FIELDS,
  type AlleleOrigin,
  type GenomicVariation,
  type TumourTypes,
  type VariantIdentifiers,
  type VariationInfo,
} from '../../schemas/index.js'
import type { ReleasedRecord } from '../privacy/disclose-record.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { parseStructural } from '../variants/structural.js'
import { toVariantInternalId } from '../variants/variant.js'
import type { HgvsNamer } from '../variants/hgvs/hgvs-namer.js'
import type { VrsNamer } from '../variants/vrs/vrs-namer.js'
import { ALLELE_ORIGINS, toCaseLevelData } from './case-level-data.js'
import { toClinicalInterpretation } from './clinical-interpretations.js'
import { toFrequencies } from './frequencies.js'
import { withHgvs } from './hgvs-identifiers.js'
import { toVariation, type VariationForm } from './variation.js'
import { toAnnotatedParts } from './annotated-record.js'

/** How records are written. */
export interface RecordStyle {
  /** URL of this Beacon API, without a slash at the end. */
  readonly baseUrl: string
  readonly form: VariationForm
  /** Absent: variants have no VRS identifiers. */
  readonly vrs: VrsNamer | undefined
  /** Absent: variants have the HGVS ids of their files alone. */
  readonly hgvs: HgvsNamer | undefined
  /** Records are about some people of the dataset, not about all. */
  readonly isNarrowed: boolean
}

/** One released allele as a Beacon record. */
export function toGenomicVariation(
  record: ReleasedRecord,
  dataset: DatasetManifest,
  style: RecordStyle,
): GenomicVariation {
  const { variant, anchor, populations, annotation, interpretations } = record
  const id = toVariantInternalId(dataset.assembly, variant, anchor)
  const { variation, vrsId } = toVariation(dataset.assembly, variant, style.form, style.vrs)
  const frequencyInPopulations = toFrequencies(populations, dataset, style)
  const { identifiers: known, info: noted, variantLevelData, ...annotated } = toAnnotatedParts(annotation)
  const clinicalInterpretations = [
    ...(variantLevelData?.clinicalInterpretations ?? []),
    ...(interpretations ?? []).map(toClinicalInterpretation),
  ]
  const people = record.cases && toCaseLevelData(record.cases)
  const info: VariationInfo = {
    ...toStructuralInfo(variant.alternateBases),
    ...toAlleleOrigins(record),
    ...people?.info,
    ...noted,
  }
  const named = style.hgvs ? withHgvs(known ?? {}, style.hgvs.names(dataset.assembly, variant)) : known
  const identifiers = withVrsId(named, vrsId)
  return {
    id,
    variantInternalId: id,
    variation,
    ...annotated,
    ...(isEmpty(identifiers) ? {} : { identifiers }),
    ...(people?.caseLevelData ? { caseLevelData: people.caseLevelData } : {}),
    ...(clinicalInterpretations.length > 0 ? { variantLevelData: { clinicalInterpretations } } : {}),
    ...(frequencyInPopulations ? { frequencyInPopulations } : {}),
    ...(Object.keys(info).length > 0 ? { info } : {}),
  }
}

function withVrsId(known: VariantIdentifiers = {}, vrsId: string | undefined): VariantIdentifiers {
  if (vrsId === undefined) return known
  const vrs = { id: vrsId, notes: 'VRS 1.3 computed identifier' }
  return { ...known, variantAlternativeIds: [vrs, ...(known.variantAlternativeIds ?? [])] }
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}

/** What the forms of a variation have no place for. */
function toStructuralInfo(alternateBases: string): VariationInfo {
  const structural = parseStructural(alternateBases)
  if (!structural) return {}
  const { end: _, ...rest } = structural
  return { structural: rest }
}

function toAlleleOrigins({ counts, tumourTypes }: ReleasedRecord): VariationInfo {
  const { individuals, somaticIndividuals } = counts
  if (somaticIndividuals === undefined) return {}
  const somatic: AlleleOrigin = {
    alleleOrigin: ALLELE_ORIGINS.somatic,
    individuals: somaticIndividuals,
    ...(tumourTypes.length > 0 ? { tumourTypes: toTumourTypes(tumourTypes) } : {}),
  }
  // Data with people behind them know how many; pre-counted ones tell of no tumours.
  if (individuals === undefined || individuals === 0) return { alleleOrigins: [somatic] }
  return { alleleOrigins: [{ alleleOrigin: ALLELE_ORIGINS.germline, individuals }, somatic] }
}

function toTumourTypes(counted: ReleasedRecord['tumourTypes']): TumourTypes {
  const fields = TUMOUR_TYPE_FIELDS.map((field) => {
    const types = counted.filter((type) => type.field === field)
    return [
      field,
      types.map(({ field: _, label, ...type }) => ({ ...(label === undefined ? {} : { label }), ...type })),
    ] as const
  })
  return Object.fromEntries(fields.filter(([, types]) => types.length > 0))
}
