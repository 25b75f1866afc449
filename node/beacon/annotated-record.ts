import type { AlternativeId, GenomicVariation } from '../../schemas/index.js'
import { groupTerms, type Interpretation, type TermsByKind } from '../variants/annotation.js'
import { toClinicalInterpretation } from './clinvar-interpretation.js'
import { toSequenceOntologyTerm } from './sequence-ontology.js'

type Annotated = Pick<GenomicVariation, 'identifiers' | 'molecularAttributes' | 'variantLevelData' | 'info'>

/** The parts of a record that come from annotations; without any, none of them is there. */
export function toAnnotatedParts(annotation: string): Annotated {
  if (annotation === '') return {}
  const terms = groupTerms(annotation)
  const identifiers = toIdentifiers(terms)
  const molecularAttributes = toMolecularAttributes(terms)
  const clinicalInterpretations = (terms.interpretation ?? []).map((text) =>
    toClinicalInterpretation(JSON.parse(text) as Interpretation),
  )
  const unknownEffects = (terms.effect ?? []).filter((effect) => !toSequenceOntologyTerm(effect))
  return {
    ...(isEmpty(identifiers) ? {} : { identifiers }),
    ...(isEmpty(molecularAttributes) ? {} : { molecularAttributes }),
    ...(clinicalInterpretations.length === 0 ? {} : { variantLevelData: { clinicalInterpretations } }),
    // An ontology term needs an id, and none is made up.
    ...(unknownEffects.length === 0 ? {} : { info: { effectsWithoutOntologyTerm: unknownEffects } }),
  }
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}

function toMolecularAttributes(terms: TermsByKind): NonNullable<GenomicVariation['molecularAttributes']> {
  const geneIds = [...(terms.gene ?? []), ...(terms.geneId ?? [])]
  const molecularEffects = (terms.effect ?? []).flatMap((effect) => toSequenceOntologyTerm(effect) ?? [])
  return {
    ...(geneIds.length === 0 ? {} : { geneIds }),
    ...(terms.aminoacidChange ? { aminoacidChanges: terms.aminoacidChange } : {}),
    ...(molecularEffects.length === 0 ? {} : { molecularEffects }),
  }
}

/** Beacon has room for one genomic HGVS id and one ClinVar id; further ones are alternative ids. */
function toIdentifiers(terms: TermsByKind): NonNullable<GenomicVariation['identifiers']> {
  const { genomicHgvs = [], transcriptHgvs, proteinHgvs, clinvar = [], clinvarAllele = [], dbSnp = [] } = terms
  const variantAlternativeIds: readonly AlternativeId[] = [
    ...dbSnp.map((id) => ({
      id: `dbSNP:${id}`,
      notes: 'dbSNP id',
      reference: `https://www.ncbi.nlm.nih.gov/snp/${id}`,
    })),
    ...clinvar.map((id) => ({
      id: `ClinVar:${id}`,
      notes: 'ClinVar variation id',
      reference: `https://www.ncbi.nlm.nih.gov/clinvar/variation/${id}`,
    })),
    ...clinvarAllele.map((id) => ({
      id: `ClinVarAllele:${id}`,
      notes: 'ClinVar allele id',
      reference: `https://www.ncbi.nlm.nih.gov/clinvar/?term=${id}%5Balleleid%5D`,
    })),
    ...genomicHgvs.slice(1).map((id) => ({ id: `HGVS:${id}`, notes: 'genomic HGVS id' })),
  ]
  return {
    ...(genomicHgvs[0] === undefined ? {} : { genomicHGVSId: genomicHgvs[0] }),
    ...(transcriptHgvs ? { transcriptHGVSIds: transcriptHgvs } : {}),
    ...(proteinHgvs ? { proteinHGVSIds: proteinHgvs } : {}),
    ...(clinvar[0] === undefined ? {} : { clinvarVariantId: `clinvar:${clinvar[0]}` }),
    ...(variantAlternativeIds.length === 0 ? {} : { variantAlternativeIds }),
  }
}
