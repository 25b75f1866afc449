import {
  ASSEMBLY_IDS,
  assemblyOfAccession,
  parseAssemblyId,
  type AssemblyId,
  type GVariantParameters,
} from '../../schemas/index.js'
import { toAminoacidChange } from '../variants/aminoacid-change.js'
import { toGenomicHgvs } from '../variants/genomic-hgvs.js'
import type { AnnotationQuery, VariantQuery } from '../variants/variant-query.js'
import { parseNarrowing } from './parse-narrowing.js'
import { refuseStructuralMatch } from './parse-structural-match.js'
import { invalid } from './query-errors.js'

const ANNOTATION_KEYS = ['geneId', 'aminoacidChange', 'genomicAlleleShortForm'] as const
const PLACE_KEYS = ['referenceName', 'start', 'end'] as const
/** Symbols and ids: `BRAF`, `HLA-DRB1`, `C9orf72`, `HGNC:1097`, `ENSG00000157764.14`. */
const GENE = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,59}$/
/** A sequence, a colon, the kind of sequence and what changed (HGVS nomenclature). */
const HGVS = /^[^\s:]{1,80}(?::[^\s:]{1,40})?:[cgmnpr]\.\S{1,2000}$/

/** Whether a question is about what is known of alleles, and not only about where they are. */
export function asksAnnotation(parameters: GVariantParameters): boolean {
  return ANNOTATION_KEYS.some((key) => parameters[key] !== undefined)
}

/**
 * Reads a gene query, an amino-acid change, or an HGVS short form; the first two with all that narrows a range, and with a range
 * or bracket that they then narrow themselves.
 *
 * @param assemblies those of the node's datasets: the assembly that is asked when they agree
 * @param parsePlaced reads a question that names a place
 * @throws NodeError invalid_input, naming the parameter and what is allowed
 */
export function parseAnnotationQuery(
  parameters: GVariantParameters,
  assemblies: readonly AssemblyId[],
  parsePlaced: (parameters: GVariantParameters) => VariantQuery,
): AnnotationQuery {
  const { geneId, aminoacidChange, genomicAlleleShortForm, ...rest } = parameters
  if (genomicAlleleShortForm !== undefined) return parseShortForm(parameters, genomicAlleleShortForm, assemblies)
  const asked = {
    ...(geneId === undefined ? {} : { gene: parseGene(geneId) }),
    ...(aminoacidChange === undefined ? {} : { aminoacidChange: parseChange(aminoacidChange) }),
  }
  if (PLACE_KEYS.every((key) => rest[key] === undefined)) {
    refuseStructuralMatch(rest)
    const assembly = chooseAssembly(undefined, rest.assemblyId, assemblies)
    return { kind: 'annotation', assembly, ...asked, ...parseNarrowing(rest, assembly) }
  }
  const within = parsePlaced(rest)
  if (within.kind !== 'range' && within.kind !== 'bracket' && within.kind !== 'structural') {
    throw invalid('geneId and aminoacidChange narrow a range or a bracket: give start and end, or no place at all')
  }
  return { kind: 'annotation', assembly: within.assembly, ...asked, within }
}

function parseShortForm(
  { assemblyId, ...others }: GVariantParameters,
  text: string,
  assemblies: readonly AssemblyId[],
): AnnotationQuery {
  const other = Object.keys(others).find((key) => key !== 'genomicAlleleShortForm')
  if (other !== undefined) throw invalid(`genomicAlleleShortForm names one allele; leave out ${other}`)
  const hgvs = text.trim()
  if (!HGVS.test(hgvs)) {
    throw invalid(
      'genomicAlleleShortForm must be an HGVS id, e.g. NM_004006.2:c.4375C>T or NC_000007.14:g.140753336A>T',
    )
  }
  const assembly = chooseAssembly(hgvs.slice(0, hgvs.indexOf(':')), assemblyId, assemblies)
  return { kind: 'annotation', assembly, hgvs: toGenomicHgvs(assembly, hgvs) }
}

function parseGene(text: string): string {
  const gene = text.trim()
  if (!GENE.test(gene)) throw invalid('geneId must be a symbol or an id of one gene, e.g. BRAF or HGNC:1097')
  return gene
}

function parseChange(text: string): string {
  const change = text.includes(':') ? undefined : toAminoacidChange(text.trim())
  if (change === undefined) throw invalid('aminoacidChange must be a change of a residue, e.g. V600E or p.Val600Glu')
  return change
}

/** @param accession of a sequence, which may belong to one assembly */
function chooseAssembly(
  accession: string | undefined,
  assemblyId: string | undefined,
  assemblies: readonly AssemblyId[],
): AssemblyId {
  const ofAccession = accession === undefined ? undefined : assemblyOfAccession(accession)
  if (assemblyId !== undefined) {
    const stated = parseAssemblyId(assemblyId)
    if (!stated) throw invalid(`assemblyId must be one of ${ASSEMBLY_IDS.join(', ')} (or hg19, hg38, GCF_000001405.x)`)
    if (ofAccession && ofAccession !== stated) {
      throw invalid(`genomicAlleleShortForm belongs to ${ofAccession}, but assemblyId says ${stated}`)
    }
    return stated
  }
  if (ofAccession) return ofAccession
  const [only, another] = new Set(assemblies)
  if (only === undefined || another !== undefined) {
    throw invalid(`a question without coordinates needs assemblyId (${ASSEMBLY_IDS.join(' or ')})`)
  }
  return only
}
