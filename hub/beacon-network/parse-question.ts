import {
  assemblyOfAccession,
  ASSEMBLY_IDS,
  CONTIGS,
  looksLikeVariantInternalId,
  matchContig,
  parseAssemblyId,
  SEQUENCE_VARIANT_ID,
  STRUCTURAL_VARIANT_ID,
  type AssemblyId,
  type BeaconRequest,
  type GVariantParameters,
} from '../../schemas/index.js'
import { HubError } from '../errors.js'
import type { Question } from '../fan-out/question.js'

/** Ids of alleles over 100 bases are hashes, so readable ids stay below this. */
const MAXIMUM_VARIANT_ID_LENGTH = 512
const VARIANT_ID_FORM = 'write {assembly}-{chrom}-{pos}-{ref}-{alt}, e.g. GRCh38-17-43045712-T-C'
const HASH = /^sha256\./

type AlleleBases = 'referenceBases' | 'alternateBases'

function refuse(message: string): never {
  throw new HubError('invalid_input', message)
}

/** The assembly that a request is about; undefined for gene, protein and name questions that say none. */
function toAssembly({ assemblyId, referenceName, genomicAlleleShortForm }: GVariantParameters): AssemblyId | undefined {
  if (assemblyId !== undefined) {
    return parseAssemblyId(assemblyId) ?? refuse(`unknown assemblyId; known are ${ASSEMBLY_IDS.join(', ')}`)
  }
  // The sequence of an HGVS expression stands before its colon.
  const accession = referenceName ?? genomicAlleleShortForm?.split(':')[0]
  const assembly = accession === undefined ? undefined : assemblyOfAccession(accession)
  if (assembly === undefined && referenceName !== undefined) {
    return refuse(`assemblyId is needed beside this referenceName; known are ${ASSEMBLY_IDS.join(', ')}`)
  }
  return assembly
}

function checkReferenceName(referenceName: string, assembly: AssemblyId): void {
  const match = matchContig(assembly, referenceName)
  if (match.kind === 'other-assembly')
    refuse(`referenceName belongs to ${match.assembly}, but assemblyId is ${assembly}`)
  if (match.kind === 'unknown') refuse(`referenceName is no chromosome of ${assembly}`)
}

/** Cross-field rules of Beacon v2's query types: one start, or start and end, or two of each. */
function checkCoordinates({ referenceName, start, end, alternateBases }: GVariantParameters): void {
  if ((start || end) && referenceName === undefined) refuse('start and end need a referenceName')
  if (end && !start) refuse('end needs a start')
  if (!start) return
  if (!end) {
    if (start.length > 1) refuse('two values of start need two values of end')
    if (alternateBases === undefined) refuse('start without end needs alternateBases')
    return
  }
  if (start.length !== end.length) refuse('start and end need the same number of values')
  if (Math.max(...end) <= Math.min(...start)) refuse('end must be above start')
  const inOrder = [start, end].every(([first, second]) => second === undefined || first! <= second)
  if (!inOrder) refuse('the two values of start, and of end, must be in ascending order')
}

function isIndel({ referenceBases, alternateBases }: GVariantParameters): boolean {
  return referenceBases !== undefined && alternateBases !== undefined && referenceBases.length !== alternateBases.length
}

function common(request: BeaconRequest): Pick<Question, 'filters' | 'granularity' | 'testMode'> {
  if (request.datasetIds) refuse('datasets are chosen per region; ask the node')
  // Records go from node to user directly, so a hub's ceiling is count.
  const granularity = request.summary.requestedGranularity === 'boolean' ? 'boolean' : 'count'
  return { filters: request.filters, granularity, testMode: request.testMode }
}

/** A request for variants by parameters as the question for the regions. */
export function toQuestion(request: BeaconRequest): Question {
  const base = common(request)
  const { gVariant } = request
  const isEmpty = Object.keys(gVariant).every((key) => key === 'assemblyId')
  // The data of testMode are few, and a Beacon gives all of them to who names no variant.
  const wantsTestData = request.testMode && Object.keys(gVariant).length === 0
  if (isEmpty && !wantsTestData)
    refuse('say which variant is meant: g_variant needs referenceName and start, or geneId, or another parameter')
  const assemblyId = toAssembly(gVariant)
  if (assemblyId && gVariant.referenceName !== undefined) checkReferenceName(gVariant.referenceName, assemblyId)
  checkCoordinates(gVariant)
  return {
    ...base,
    ...(assemblyId ? { assemblyId } : {}),
    target: { gVariant: { ...gVariant, ...(assemblyId ? { assemblyId } : {}) } },
    isIndel: isIndel(gVariant),
  }
}

/** Unknown anchors of ids (N) say nothing, and as parameters they would stand for any base. */
function withoutAnchor(start: number, ref: string, alt: string): Pick<GVariantParameters, 'start' | AlleleBases> {
  const isBefore = ref.startsWith('N') && alt.startsWith('N')
  const isAfter = !isBefore && ref.endsWith('N') && alt.endsWith('N')
  const cut = (bases: string) => bases.slice(isBefore ? 1 : 0, isAfter ? -1 : undefined)
  return { start: [isBefore ? start + 1 : start], referenceBases: cut(ref), alternateBases: cut(alt) }
}

/**
 * A request for the variant `{assembly}-{chrom}-{pos}-{ref}-{alt}`. It goes to the regions as parameters, which keeps the
 * variant out of their URLs and so out of their access logs. An id that can only be compared goes on as it is: one that holds a
 * hash, that of a structural allele, or one that is none of ours and may be a member's.
 */
export function toQuestionById(request: BeaconRequest, variantId: string): Question {
  const base = common(request)
  if (Object.keys(request.gVariant).length > 0) refuse('a variant id takes no variant parameters beside it')
  if (variantId.length > MAXIMUM_VARIANT_ID_LENGTH) refuse('the variant id is too long')
  if (!looksLikeVariantInternalId(variantId)) return { ...base, target: { variantId }, isIndel: false }
  const structural = STRUCTURAL_VARIANT_ID.exec(variantId)
  const match = structural ?? SEQUENCE_VARIANT_ID.exec(variantId)
  const assemblyId = match ? parseAssemblyId(match[1]!) : undefined
  if (!match || !assemblyId) return refuse(`this is no variant id: ${VARIANT_ID_FORM}`)
  const position = Number(match[3])
  const contig = CONTIGS[assemblyId].find(({ name }) => name === match[2])
  if (!contig || position > contig.length)
    return refuse(`this variant id lies outside ${assemblyId}: ${VARIANT_ID_FORM}`)
  if (structural) return { ...base, assemblyId, target: { variantId }, isIndel: false }
  const [ref, alt] = [match[4]!, match[5]!]
  if (ref === alt) refuse(`this variant id has equal bases: ${VARIANT_ID_FORM}`)
  if (HASH.test(ref) || HASH.test(alt)) return { ...base, assemblyId, target: { variantId }, isIndel: true }
  const referenceName = `refseq:${contig.accession}`
  const gVariant = { assemblyId, referenceName, ...withoutAnchor(position - 1, ref, alt) }
  return { ...base, assemblyId, target: { gVariant }, isIndel: isIndel(gVariant) }
}
