import type { CaseLevelData, VariationInfo } from '../../schemas/index.js'
import { UNKNOWN_RECORD } from '../metadata/outgoing-document.js'
import type { ReleasedCase, ReleasedCases, Zygosity } from '../privacy/disclose-cases.js'
import { toClinicalInterpretation } from './clinical-interpretations.js'

/** Terms of the Sequence Ontology, as Beacon's `alleleOrigin` has them. Checked against so.obo 2024-11-18. */
export const ALLELE_ORIGINS = {
  germline: { id: 'SO:0001778', label: 'germline variant' },
  somatic: { id: 'SO:0001777', label: 'somatic variant' },
} as const

/** Terms of the Genotype Ontology. Checked against its release 2023-10-08. */
const ZYGOSITIES: Readonly<Record<Zygosity, { readonly id: string; readonly label: string }>> = {
  hemizygous: { id: 'GENO:0000134', label: 'hemizygous' },
  heterozygous: { id: 'GENO:0000135', label: 'heterozygous' },
  homozygous: { id: 'GENO:0000136', label: 'homozygous' },
  unspecified: { id: 'GENO:0000137', label: 'unspecified zygosity' },
  homoplasmic: { id: 'GENO:0000602', label: 'homoplasmic' },
  heteroplasmic: { id: 'GENO:0000603', label: 'heteroplasmic' },
}

/** The people who have an allele in Beacon's form, and where they are not all listed, how many there are. */
export function toCaseLevelData(released: ReleasedCases): {
  readonly caseLevelData?: readonly CaseLevelData[]
  readonly info: Pick<VariationInfo, 'caseLevelData'>
} {
  const { cases, listed, individuals } = released
  return {
    ...(cases.length > 0 ? { caseLevelData: cases.map(toCase) } : {}),
    info: listed < individuals ? { caseLevelData: { individuals, listed } } : {},
  }
}

function toCase({ origin, zygosity, alleleFraction, interpretations, ...names }: ReleasedCase): CaseLevelData {
  return {
    biosampleId: UNKNOWN_RECORD,
    ...names,
    alleleOrigin: ALLELE_ORIGINS[origin],
    ...(zygosity ? { zygosity: ZYGOSITIES[zygosity] } : {}),
    ...(alleleFraction === undefined ? {} : { alleleFraction }),
    ...(interpretations ? { clinicalInterpretations: interpretations.map(toClinicalInterpretation) } : {}),
  }
}
