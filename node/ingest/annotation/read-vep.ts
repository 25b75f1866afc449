import type { AssemblyId } from '../../../schemas/assembly.js'
import { addConsequence } from './consequence-terms.js'
import { createVepMatcher } from './match-allele.js'

/** Names of the fields that are read; the header says where they stand. */
const FIELDS = [
  'Allele',
  'ALLELE_NUM',
  'Consequence',
  'SYMBOL',
  'Gene',
  'HGNC_ID',
  'HGVSg',
  'HGVSc',
  'HGVSp',
  'Amino_acids',
  'Protein_position',
  'Existing_variation',
] as const
type Field = (typeof FIELDS)[number]

function listOf(text: string | undefined): readonly string[] {
  return text ? text.split('&').filter((part) => part !== '' && part !== '-') : []
}

/** Old releases of VEP write HGNC ids as bare numbers. */
function toHgncId(text: string): string {
  return /^\d+$/.test(text) ? `HGNC:${text}` : text
}

/**
 * Adds what VEP says of each ALT to its terms.
 *
 * @param terms of each ALT
 * @returns how many entries could not be told to be about one of the ALTs
 */
export type ReadVep = (value: string, ref: string, alts: readonly string[], terms: readonly Set<string>[]) => number

/** @param fields of an entry in order, as the header gives them */
export function createVepReader(fields: readonly string[], assembly: AssemblyId): ReadVep {
  const columns = Object.fromEntries(FIELDS.map((field) => [field, fields.indexOf(field)])) as Record<Field, number>
  return (value, ref, alts, terms) => {
    const entries = value.split(',').map((text) => text.split('|'))
    const read = (entry: readonly string[], field: Field) => entry[columns[field]] || undefined
    const matchAllele = createVepMatcher(
      ref,
      alts,
      entries.map((entry) => ({ allele: read(entry, 'Allele') ?? '', alleleNumber: read(entry, 'ALLELE_NUM') })),
    )
    let unassigned = 0
    for (const entry of entries) {
      const index = matchAllele(read(entry, 'Allele') ?? '', read(entry, 'ALLELE_NUM'))
      if (index === undefined) {
        unassigned++
        continue
      }
      addConsequence(
        terms[index]!,
        {
          effects: listOf(read(entry, 'Consequence')),
          symbols: listOf(read(entry, 'SYMBOL')),
          geneIds: [...listOf(read(entry, 'Gene')), ...listOf(read(entry, 'HGNC_ID')).map(toHgncId)],
          genomicHgvs: read(entry, 'HGVSg'),
          transcriptHgvs: read(entry, 'HGVSc'),
          proteinHgvs: read(entry, 'HGVSp'),
          aminoacids: read(entry, 'Amino_acids'),
          proteinPosition: read(entry, 'Protein_position'),
          known: listOf(read(entry, 'Existing_variation')),
        },
        assembly,
      )
    }
    return unassigned
  }
}
