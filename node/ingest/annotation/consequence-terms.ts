import type { AssemblyId } from '../../../schemas/assembly.js'
import { toAminoacidChange } from '../../variants/aminoacid-change.js'
import { toTerm } from '../../variants/annotation.js'
import { toGenomicHgvs } from '../../variants/genomic-hgvs.js'
import { decodePercent } from './info-values.js'

/** What one entry of VEP or SnpEff says: an allele's effect on one transcript. Texts as written, absent when empty. */
export interface Consequence {
  readonly effects: readonly string[]
  readonly symbols: readonly string[]
  readonly geneIds: readonly string[]
  readonly genomicHgvs?: string | undefined
  readonly transcriptHgvs?: string | undefined
  readonly proteinHgvs?: string | undefined
  /** Where no protein description says it: `V/E`, and the residue's place. */
  readonly aminoacids?: string | undefined
  readonly proteinPosition?: string | undefined
  /** Known variants of the same bases. */
  readonly known?: readonly string[]
}

/** An allele with such an effect alone lies beside the gene that is named, and so not in it. */
const BESIDE_GENES: ReadonlySet<string> = new Set([
  'upstream_gene_variant',
  'downstream_gene_variant',
  'intergenic_variant',
  'intergenic_region',
])
const DBSNP_ID = /^rs\d+$/

/** A CURIE where the file has a bare number, as VEP has for the genes of RefSeq. */
function toGeneId(text: string): string {
  return /^\d+$/.test(text) ? `NCBIGene:${text}` : text
}

export function addConsequence(terms: Set<string>, consequence: Consequence, assembly: AssemblyId): void {
  const { effects, symbols, geneIds, genomicHgvs, transcriptHgvs, proteinHgvs, known = [] } = consequence
  for (const effect of effects) terms.add(toTerm('effect', effect))
  if (!effects.every((effect) => BESIDE_GENES.has(effect))) {
    for (const symbol of symbols) terms.add(toTerm('gene', decodePercent(symbol)))
    for (const id of geneIds) terms.add(toTerm('geneId', toGeneId(id)))
  }
  if (genomicHgvs) terms.add(toTerm('genomicHgvs', toGenomicHgvs(assembly, decodePercent(genomicHgvs))))
  if (transcriptHgvs) terms.add(toTerm('transcriptHgvs', decodePercent(transcriptHgvs)))
  if (proteinHgvs) terms.add(toTerm('proteinHgvs', decodePercent(proteinHgvs)))
  const change = proteinHgvs ? toAminoacidChange(decodePercent(proteinHgvs)) : toSubstitution(consequence)
  if (change !== undefined) terms.add(toTerm('aminoacidChange', change))
  for (const id of known) if (DBSNP_ID.test(id)) terms.add(toTerm('dbSnp', id))
}

/** `V/E` at 600 is V600E; a residue that stays is written L52=. */
function toSubstitution({ aminoacids, proteinPosition }: Consequence): string | undefined {
  const match = /^([A-WYZ*])(?:\/([A-WYZ*]))?$/.exec(aminoacids ?? '')
  const position = /^(\d+)(?:\/\d+)?$/.exec(proteinPosition ?? '')
  if (!match || !position) return undefined
  const [from, to] = [match[1]!, match[2]]
  return `${from}${position[1]}${to === undefined || to === from ? '=' : to}`
}
