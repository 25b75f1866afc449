import type { AssemblyId } from '../../../schemas/assembly.js'
import { toTerm, type Interpretation } from '../../variants/annotation.js'
import { toGenomicHgvs } from '../../variants/genomic-hgvs.js'
import { decodePercent } from './info-values.js'

/** ClinVar's values of one allele. */
export interface ClinVarValues {
  readonly significance?: string | undefined
  readonly conditions?: string | undefined
  readonly databases?: string | undefined
  readonly hgvs?: string | undefined
  readonly alleleId?: string | undefined
  readonly dbSnp?: string | undefined
}

/** `Lynch_syndrome` and `,` as percent code: words as people write them. */
function toWords(text: string): string {
  return decodePercent(text).replaceAll('_', ' ').trim()
}

/** Databases by how well their ids serve as a condition's id: ontologies of diseases first. */
const BY_PREFERENCE = ['MONDO', 'OMIM', 'ORPHA', 'HP', 'MedGen']

/** CLNDISDB has `MONDO:MONDO:0007254`, `Human_Phenotype_Ontology:HP:0002664`, `OMIM:114480`, `Orphanet:ORPHA227535`. */
function toCurie(text: string): string | undefined {
  const bare = decodePercent(text).trim()
  const orphanet = /^Orphanet:(?:ORPHA:?)?(\d+)$/.exec(bare)
  if (orphanet) return `ORPHA:${orphanet[1]}`
  const curie = bare.replace(/^(?:MONDO|Human_Phenotype_Ontology):(?=MONDO:|HP:)/, '')
  return /^\w\w+:[^\s:]+$/.test(curie) ? curie : undefined
}

function chooseId(databases: string | undefined): string | undefined {
  const curies = (databases ?? '').split(',').flatMap((text) => toCurie(text) ?? [])
  const rank = (curie: string) => {
    const found = BY_PREFERENCE.indexOf(curie.slice(0, curie.indexOf(':')))
    return found < 0 ? BY_PREFERENCE.length : found
  }
  return curies.sort((a, b) => rank(a) - rank(b))[0]
}

/** One for each condition. ClinVar's files have one significance for all of them. */
function toInterpretations({ significance, conditions, databases }: ClinVarValues): readonly Interpretation[] {
  if (significance === undefined) return []
  const names = (conditions ?? 'not_provided').split('|')
  const ids = databases?.split('|')
  return names.map((name, index) => {
    // With another number of ids than of names it is not known whose they are.
    const conditionId = ids?.length === names.length ? chooseId(ids[index]) : undefined
    return {
      ...(conditionId === undefined ? {} : { conditionId }),
      condition: toWords(name) || 'not provided',
      significance: toWords(significance),
    }
  })
}

/** Adds what ClinVar's INFO keys say of an allele to its terms. */
export function addClinVar(terms: Set<string>, values: ClinVarValues, assembly: AssemblyId): void {
  for (const interpretation of toInterpretations(values)) {
    terms.add(toTerm('interpretation', JSON.stringify(interpretation)))
  }
  const { hgvs, alleleId, dbSnp } = values
  for (const id of hgvs?.split(',') ?? []) terms.add(toTerm('genomicHgvs', toGenomicHgvs(assembly, decodePercent(id))))
  if (alleleId && /^\d+$/.test(alleleId)) terms.add(toTerm('clinvarAllele', alleleId))
  for (const number of dbSnp?.split('|') ?? []) if (/^\d+$/.test(number)) terms.add(toTerm('dbSnp', `rs${number}`))
}
