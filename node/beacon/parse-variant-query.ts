import {
  assemblyOfAccession,
  ASSEMBLY_IDS,
  CONTIGS,
  matchContig,
  parseAssemblyId,
  UNSUPPORTED_QUERY,
  type AssemblyId,
  type BeaconRequest,
  type Contig,
  type GVariantParameters,
} from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { trimAlleles } from '../variants/variant.js'
import type { VariantQuery } from '../variants/variant-query.js'

const NOT_SUPPORTED = [
  'variantType',
  'variantMinLength',
  'variantMaxLength',
  'geneId',
  'aminoacidChange',
  'genomicAlleleShortForm',
  'mateName',
] as const

function invalid(message: string): NodeError {
  return new NodeError('invalid_input', message)
}

function unsupported(what: string): NodeError {
  const message = `this node does not answer ${what}; it answers sequence and range queries`
  return new NodeError('invalid_input', message, { detail: UNSUPPORTED_QUERY })
}

/**
 * Turns Beacon variant parameters into a query of the store: a sequence query (one `start`, `alternateBases`) or a range
 * query (one `start`, one `end`).
 *
 * @param assemblies those of the node's datasets: the assembly of a bare chromosome name when they agree
 * @throws NodeError invalid_input, naming the parameter and what is allowed
 */
export function parseVariantQuery(request: BeaconRequest, assemblies: readonly AssemblyId[]): VariantQuery {
  const { gVariant } = request
  const notSupported = NOT_SUPPORTED.find((key) => gVariant[key] !== undefined)
  if (notSupported) throw unsupported(notSupported)
  if (Object.keys(gVariant).length === 0 && request.testMode) return { kind: 'all', assembly: assemblies[0]! }
  const { start, end, alternateBases } = gVariant
  if (gVariant.referenceName === undefined || start === undefined) {
    throw invalid('a variant query needs referenceName and start, and either alternateBases or end')
  }
  if (start.length > 1 || (end?.length ?? 1) > 1) {
    throw unsupported('bracket queries')
  }
  const { assembly, contig } = parseContig(gVariant.referenceName, gVariant.assemblyId, assemblies)
  const first = start[0]!
  if (first >= contig.length)
    throw invalid(`start must be below ${contig.length}, the length of ${contig.name} in ${assembly}`)
  if (end) return parseRange(gVariant, assembly, contig, first, end[0]!)
  if (alternateBases === undefined) throw invalid('start without end needs alternateBases')
  return parseSequence(gVariant, assembly, contig, first, alternateBases)
}

function parseContig(
  referenceName: string,
  assemblyId: string | undefined,
  assemblies: readonly AssemblyId[],
): { readonly assembly: AssemblyId; readonly contig: Contig } {
  const assembly = chooseAssembly(referenceName, assemblyId, assemblies)
  const match = matchContig(assembly, referenceName)
  if (match.kind === 'other-assembly') {
    throw invalid(`referenceName belongs to ${match.assembly}, but assemblyId says ${assembly}`)
  }
  if (match.kind === 'unknown') {
    throw invalid(`referenceName is no chromosome of ${assembly}; write refseq:NC_000017.11, NC_000017.11, chr17 or 17`)
  }
  return { assembly, contig: match.contig }
}

function chooseAssembly(
  referenceName: string,
  assemblyId: string | undefined,
  assemblies: readonly AssemblyId[],
): AssemblyId {
  if (assemblyId !== undefined) {
    const stated = parseAssemblyId(assemblyId)
    if (!stated) throw invalid(`assemblyId must be one of ${ASSEMBLY_IDS.join(', ')} (or hg19, hg38, GCF_000001405.x)`)
    return stated
  }
  const ofAccession = assemblyOfAccession(referenceName)
  if (ofAccession) return ofAccession
  const [only, another] = new Set(assemblies)
  if (only === undefined || another !== undefined) {
    throw invalid(`referenceName without a versioned accession needs assemblyId (${ASSEMBLY_IDS.join(' or ')})`)
  }
  return only
}

/** Alleles are looked up letter by letter, so a wildcard must be refused rather than found nowhere. */
function requireBases(name: string, bases: string): string {
  if (!/^[ACGT]*$/.test(bases)) throw unsupported(`wildcards: ${name} must consist of A, C, G and T`)
  return bases
}

function parseSequence(
  parameters: GVariantParameters,
  assembly: AssemblyId,
  { number }: Contig,
  start: number,
  alternate: string,
): VariantQuery {
  const alternateBases = requireBases('alternateBases', alternate)
  if (parameters.referenceBases === undefined) {
    return { kind: 'alternate', assembly, contig: number, start, alternateBases }
  }
  const referenceBases = requireBases('referenceBases', parameters.referenceBases)
  if (referenceBases === alternateBases) throw invalid('referenceBases and alternateBases are the same')
  const { anchor: _, ...trimmed } = trimAlleles(start, referenceBases, alternateBases)
  return { kind: 'allele', assembly, contig: number, ...trimmed }
}

function parseRange(
  parameters: GVariantParameters,
  assembly: AssemblyId,
  { number, name, length }: Contig,
  start: number,
  end: number,
): VariantQuery {
  if (end <= start) throw invalid('end must be greater than start (0-based, half-open)')
  if (end > length) throw invalid(`end must be at most ${length}, the length of ${name} in ${assembly}`)
  const { referenceBases, alternateBases } = parameters
  return {
    kind: 'range',
    assembly,
    contig: number,
    start,
    end,
    ...(referenceBases === undefined ? {} : { referenceBases: requireBases('referenceBases', referenceBases) }),
    ...(alternateBases === undefined ? {} : { alternateBases: requireBases('alternateBases', alternateBases) }),
  }
}

const VARIANT_INTERNAL_ID =
  /^([^-]+)-([^-]+)-(\d{1,10})-([ACGTN]*|sha256\.[0-9a-f]{32})-([ACGTN]*|sha256\.[0-9a-f]{32})$/

/**
 * Reads a variantInternalId, `{assembly}-{chrom}-{pos}-{ref}-{alt}` with VCF's 1-based position.
 *
 * @throws NodeError invalid_input
 */
export function parseVariantInternalId(id: string): VariantQuery {
  const form = 'write {assembly}-{chrom}-{pos}-{ref}-{alt}, e.g. GRCh38-17-43045712-T-C'
  const match = VARIANT_INTERNAL_ID.exec(id)
  const assembly = match ? parseAssemblyId(match[1]!) : undefined
  if (!match || !assembly) throw invalid(`this is no variant id: ${form}`)
  const contig = CONTIGS[assembly].find(({ name }) => name === match[2])
  const position = Number(match[3])
  if (!contig || position < 1 || position > contig.length)
    throw invalid(`this variant id lies outside ${assembly}: ${form}`)
  const [ref, alt] = [match[4]!, match[5]!]
  if (ref.startsWith('sha256.') || alt.startsWith('sha256.')) {
    return { kind: 'hashed-id', assembly, contig: contig.number, position, variantInternalId: id }
  }
  if (ref === alt) throw invalid(`this variant id has equal bases: ${form}`)
  const { anchor: _, ...trimmed } = trimAlleles(position - 1, ref, alt)
  requireBases('the id', trimmed.referenceBases + trimmed.alternateBases)
  return { kind: 'allele', assembly, contig: contig.number, ...trimmed }
}
