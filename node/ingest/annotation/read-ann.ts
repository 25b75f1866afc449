import type { AssemblyId } from '../../../schemas/assembly.js'
import { addConsequence } from './consequence-terms.js'
import { createAnnMatcher } from './match-allele.js'

/** Where the fields stand in an entry of ANN (Variant annotations in VCF format 1.0): 16, of which these are read. */
const ALLELE = 0
const EFFECTS = 1
const GENE_NAME = 3
const GENE_ID = 4
const FEATURE_TYPE = 5
const FEATURE_ID = 6
const HGVS_C = 9
const HGVS_P = 10

function listOf(text: string | undefined): readonly string[] {
  return text ? text.split('&').filter((part) => part !== '') : []
}

/**
 * Adds what SnpEff says of each ALT to its terms.
 *
 * @param terms of each ALT
 * @returns how many entries could not be told to be about one of the ALTs
 */
export function readAnn(
  value: string,
  ref: string,
  alts: readonly string[],
  terms: readonly Set<string>[],
  assembly: AssemblyId,
): number {
  const entries = value.split(',').map((text) => text.split('|').map((field) => field.trim()))
  const alleleOf = (entry: readonly string[]) => (entry[ALLELE] ?? '').toUpperCase()
  const matchAllele = createAnnMatcher(ref, alts, entries.map(alleleOf))
  let unassigned = 0
  for (const entry of entries) {
    const index = matchAllele(alleleOf(entry), undefined)
    if (index === undefined) {
      unassigned++
      continue
    }
    // Descriptions stand without what they are of, which only a transcript is.
    const transcript = entry[FEATURE_TYPE] === 'transcript' ? entry[FEATURE_ID] : undefined
    const onTranscript = (hgvs: string | undefined) => (transcript && hgvs ? `${transcript}:${hgvs}` : undefined)
    addConsequence(
      terms[index]!,
      {
        effects: listOf(entry[EFFECTS]),
        symbols: listOf(entry[GENE_NAME]),
        geneIds: listOf(entry[GENE_ID]).filter((id) => id !== entry[GENE_NAME]),
        transcriptHgvs: onTranscript(entry[HGVS_C]),
        proteinHgvs: onTranscript(entry[HGVS_P]),
      },
      assembly,
    )
  }
  return unassigned
}
