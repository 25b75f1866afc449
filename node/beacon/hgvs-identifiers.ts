import type { VariantIdentifiers } from '../../schemas/index.js'
import type { HgvsNames } from '../variants/hgvs/hgvs-namer.js'

/** Adds what the node itself calls an allele. What its files say of the genome, of a transcript or of a protein goes before. */
export function withHgvs(known: VariantIdentifiers, names: HgvsNames): VariantIdentifiers {
  const genomic = known.genomicHGVSId ?? names.genomic
  const transcripts = unite(known.transcriptHGVSIds ?? [], names.transcripts)
  const proteins = unite(known.proteinHGVSIds ?? [], names.proteins)
  return {
    ...known,
    ...(genomic === undefined ? {} : { genomicHGVSId: genomic }),
    ...(transcripts.length === 0 ? {} : { transcriptHGVSIds: transcripts }),
    ...(proteins.length === 0 ? {} : { proteinHGVSIds: proteins }),
  }
}

function unite(known: readonly string[], derived: readonly string[]): readonly string[] {
  const named = new Set(known.map(toAccession))
  return [...known, ...derived.filter((id) => !named.has(toAccession(id)))]
}

/** Without its version: an annotation of an older one speaks of the same transcript. */
function toAccession(id: string): string {
  return id.slice(0, id.indexOf(':')).replace(/\.\d+$/, '')
}
