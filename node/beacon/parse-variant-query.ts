import {
  CONTIGS,
  type AssemblyId,
  type BeaconRequest,
  type Contig,
  type GVariantParameters,
} from '../../schemas/index.js'
import { trimAlleles } from '../variants/variant.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { asksAnnotation, parseAnnotationQuery } from './parse-annotation-query.js'
import { requireBases } from './parse-bases.js'
import { chooseAssembly, parseContig } from './parse-contig.js'
import { parseNarrowing } from './parse-narrowing.js'
import { refuseStructuralMatch, toStructuralQuery } from './parse-structural-match.js'
import { invalid } from './query-errors.js'

/** These narrow a range; beside one allele they would be ignored, and so are refused. */
const NARROWING_ONLY = ['variantType', 'variantMinLength', 'variantMaxLength', 'mateName', 'structuralMatch'] as const

/**
 * Turns Beacon variant parameters into a query of the store: a sequence query (one `start`, `alternateBases`), a range query
 * (one `start`, one `end`), a structural query (the same with `structuralMatch`), a bracket query (two of each), or one about
 * what is known of alleles (parse-annotation-query.ts).
 *
 * @param assemblies those of the node's datasets: the assembly of a bare chromosome name when they agree
 * @throws NodeError invalid_input, naming the parameter and what is allowed
 */
export function parseVariantQuery(request: BeaconRequest, assemblies: readonly AssemblyId[]): VariantQuery {
  const { gVariant } = request
  if (Object.keys(gVariant).length === 0 && request.testMode) return { kind: 'all', assembly: assemblies[0]! }
  if (asksAnnotation(gVariant)) {
    const parsePlaced = (placed: GVariantParameters) => parseVariantQuery({ ...request, gVariant: placed }, assemblies)
    return parseAnnotationQuery(gVariant, assemblies, parsePlaced)
  }
  const { referenceName, assemblyId, start, end, mateName } = gVariant
  if (referenceName !== undefined && mateName !== undefined && start === undefined && end === undefined) {
    refuseStructuralMatch(gVariant)
    const { assembly, contig } = parseContig(referenceName, assemblyId, assemblies)
    return parseRange(gVariant, { assembly, contig: contig.number }, contig, 0, contig.length)
  }
  if (mateName !== undefined && referenceName === undefined && start === undefined && end === undefined) {
    refuseStructuralMatch(gVariant)
    return parseMateQuery(gVariant, mateName, assemblies)
  }
  if (referenceName === undefined || start === undefined) {
    throw invalid('a variant query needs referenceName and start, and either alternateBases or end')
  }
  const { assembly, contig } = parseContig(referenceName, assemblyId, assemblies)
  if (start.some((position) => position >= contig.length)) {
    throw invalid(`start must be below ${contig.length}, the length of ${contig.name} in ${assembly}`)
  }
  const place = { assembly, contig: contig.number }
  if (end === undefined) return parseSequence(gVariant, place, start)
  if (start.length !== end.length) throw invalid('start and end need the same number of values, one or two')
  return start.length === 1
    ? parseRange(gVariant, place, contig, start[0]!, end[0]!)
    : parseBracket(gVariant, place, start, end)
}

/** Breakends anywhere, of which the other end lies on a sequence. */
function parseMateQuery(
  parameters: GVariantParameters,
  mateName: string,
  assemblies: readonly AssemblyId[],
): VariantQuery {
  const assembly = chooseAssembly(mateName, parameters.assemblyId, assemblies, 'mateName without a versioned accession')
  const places = CONTIGS[assembly].map(({ number, length }) => ({ contig: number, start: 0, end: length }))
  return { kind: 'places', assembly, places, ...parseNarrowing(parameters, assembly) }
}

interface Place {
  readonly assembly: AssemblyId
  readonly contig: number
}

function parseSequence(parameters: GVariantParameters, place: Place, starts: readonly number[]): VariantQuery {
  const { referenceBases, alternateBases } = parameters
  if (alternateBases === undefined) throw invalid('start without end needs alternateBases')
  if (starts.length > 1) throw invalid('two values of start need two values of end')
  const narrowing = NARROWING_ONLY.find((key) => parameters[key] !== undefined)
  if (narrowing) throw invalid(`${narrowing} goes with a range: give end too`)
  const start = starts[0]!
  const alternate = requireBases('alternateBases', alternateBases)
  if (referenceBases === undefined) return { kind: 'pattern', ...place, start, alternateBases: alternate }
  const reference = requireBases('referenceBases', referenceBases)
  if (`${reference}${alternate}`.includes('N')) {
    return { kind: 'pattern', ...place, start, referenceBases: reference, alternateBases: alternate }
  }
  if (reference === alternate) throw invalid('referenceBases and alternateBases are the same')
  const { assembly, contig } = place
  const { start: first, referenceBases: ref, alternateBases: alt } = trimAlleles(start, reference, alternate)
  return { kind: 'allele', assembly, contig, start: first, referenceBases: ref, alternateBases: alt }
}

function parseRange(
  parameters: GVariantParameters,
  place: Place,
  { name, length }: Contig,
  start: number,
  end: number,
): VariantQuery {
  if (end <= start) throw invalid('end must be greater than start (0-based, half-open)')
  if (end > length) throw invalid(`end must be at most ${length}, the length of ${name} in ${place.assembly}`)
  return toStructuralQuery(parameters, {
    kind: 'range',
    ...place,
    start,
    end,
    ...parseNarrowing(parameters, place.assembly),
  })
}

/** Both pairs are half-open, so that start[1] = start[0] + 1 is an exact place (Beacon v2 request parameters). */
function parseBracket(
  parameters: GVariantParameters,
  place: Place,
  start: readonly number[],
  end: readonly number[],
): VariantQuery {
  refuseStructuralMatch(parameters)
  const [startFrom, startTo] = [start[0]!, start[1]!]
  const [endFrom, endTo] = [end[0]!, end[1]!]
  if (startFrom >= startTo || endFrom >= endTo) {
    throw invalid('of the two values of start, and of end, the second must be greater (half-open)')
  }
  return {
    kind: 'bracket',
    ...place,
    start: [startFrom, startTo],
    end: [endFrom, endTo],
    ...parseNarrowing(parameters, place.assembly),
  }
}
