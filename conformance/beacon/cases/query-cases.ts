import type { Granularity } from '../../../schemas/index.js'
import { demandsLogin, describeStatus, existsIn, isDataAnswer, recordIds, recordsOf, totalIn } from '../answers.js'
import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import type { Exchange, GVariant } from '../client.js'
import { fillTemplate } from '../endpoints.js'
import { canonical, show } from '../json.js'
import {
  bracketQuery,
  contigOf,
  hasBases,
  rangeQuery,
  sequenceQuery,
  toKnownVariant,
  type KnownVariant,
} from '../known-variant.js'
import { listEndpoint, type World, type BeaconCase } from '../world.js'

const SPEC = 'Beacon v2.1.1 model, genomicVariations requestParameters'
/** Results of one query that are looked through for the variant asked for. */
const PAGE = 200
/** Variants that each kind of query is tried with. */
const TRIED = 3

function ask(
  world: World,
  variant: Pick<KnownVariant, 'testMode'>,
  gVariant: GVariant,
  method: 'GET' | 'POST' = 'POST',
  granularity: Granularity = 'record',
): Promise<Exchange> {
  const { url, returns } = listEndpoint(world, 'genomicVariant')!
  const testMode = variant.testMode ? { testMode: true } : {}
  return world.client.ask(method, url, returns, { granularity, limit: PAGE, include: 'HIT', gVariant, ...testMode })
}

/** Whether an answer can hold the variant asked for, as far as it shows. */
function judgeHit(exchange: Exchange, variant: KnownVariant): Verdict {
  if (demandsLogin(exchange)) return skip('the beacon demands a login')
  if (!isDataAnswer(exchange)) return fail(describeStatus(exchange), 'HTTP 200', exchange.where)
  const exists = existsIn(exchange.body)
  if (exists !== variant.exists) {
    return fail(`exists is ${show(exists)}`, `${variant.exists}: ${describe(variant)}`, exchange.where)
  }
  const ids = recordIds(exchange.body)
  const isCut = (totalIn(exchange.body) ?? 0) > ids.length
  if (!variant.exists || variant.id === undefined || ids.length === 0 || ids.includes(variant.id) || isCut)
    return pass()
  return fail(`${ids.length} records without it`, `the record ${show(variant.id)}`, exchange.where)
}

function describe(variant: KnownVariant): string {
  const { id, referenceName, start, end, referenceBases, alternateBases, variantType } = variant
  const what = alternateBases === undefined ? (variantType ?? '') : `${referenceBases ?? ''}>${alternateBases}`
  return `${id === undefined ? '' : `${show(id)}, `}${referenceName}:${start}-${end} ${what}`
}

/** A query that must not find the variant: its record may not be among the answer's. */
function judgeAbsent(exchange: Exchange, variant: KnownVariant): Verdict {
  if (!isDataAnswer(exchange)) return skip(`the beacon answers ${describeStatus(exchange)}`)
  const ids = recordIds(exchange.body)
  return variant.id !== undefined && ids.includes(variant.id)
    ? fail(`the record ${show(variant.id)}`, `not ${describe(variant)}`, exchange.where)
    : pass()
}

/** What is not there may have neighbours: only a question for the very allele has no for an answer. */
const isThere = ({ exists }: KnownVariant) => exists

/** Asks about several variants that suit a kind of query. */
async function tryEach(
  world: World,
  suits: (variant: KnownVariant) => boolean,
  judge: (variant: KnownVariant) => Promise<readonly Verdict[]>,
  nothing: string,
): Promise<Verdict> {
  if (!listEndpoint(world, 'genomicVariant')) return skip('the beacon has no variants in its map')
  if (world.variants.length === 0) return skip('no variant is known: the beacon shows no records (use --truth)')
  const suiting = world.variants.filter(suits)
  // The known variants begin with those that have bases; one that has none is asked for in another way.
  const structural = suiting.filter((variant) => !hasBases(variant)).slice(0, 1)
  const suitable = new Set([...suiting.slice(0, TRIED), ...structural])
  const verdicts: Verdict[] = []
  for (const variant of suitable) verdicts.push(...(await judge(variant)))
  return firstFailure(verdicts, nothing)
}

function queryCase(
  id: string,
  title: string,
  suits: (variant: KnownVariant) => boolean,
  judge: (world: World, variant: KnownVariant) => Promise<readonly Verdict[]>,
  nothing: string,
  severity: Severity = 'must',
): BeaconCase {
  const run = (world: World) => tryEach(world, suits, (variant) => judge(world, variant), nothing)
  return { id: `queries.${id}`, title, spec: SPEC, severity, run }
}

const isSnv = ({ referenceBases = '', alternateBases = '' }: KnownVariant) =>
  /^[ACGT]$/.test(referenceBases) && /^[ACGT]$/.test(alternateBases)

/** Every record of an answer keeps a rule; records without a readable place are passed over. */
function judgeEach(exchange: Exchange, required: string, keeps: (variant: KnownVariant) => boolean): Verdict {
  const wrong = recordsOf(exchange.body)
    .flatMap(({ record }) => toKnownVariant(record, false) ?? [])
    .find((variant) => !keeps(variant))
  return wrong ? fail(describe(wrong), required, exchange.where) : pass()
}

async function judgeRange(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const start = Math.max(0, variant.start - 50)
  const end = Math.max(variant.end, variant.start + 1) + 50
  const wide = await ask(world, variant, { ...contigOf(variant), start: [start], end: [end] })
  const exact = await ask(world, variant, rangeQuery(variant))
  const overlaps = (v: KnownVariant) => v.start < end && Math.max(v.end, v.start + 1) > start
  return [
    judgeHit(wide, variant),
    judgeHit(exact, variant),
    judgeEach(wide, `only variants that overlap ${start}-${end}`, overlaps),
  ]
}

async function judgeRangeEdges(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const { start, end } = variant
  const contig = contigOf(variant)
  const before = start > 0 ? [await ask(world, variant, { ...contig, start: [start - 1], end: [start] })] : []
  const after = await ask(world, variant, { ...contig, start: [end], end: [end + 1] })
  return [...before, after].map((exchange) => judgeAbsent(exchange, variant))
}

async function judgeBracket(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const bracket = bracketQuery(variant)
  const typed = variant.variantType === undefined ? [] : [{ ...bracket, variantType: variant.variantType }]
  const hits = []
  for (const gVariant of [bracket, ...typed]) hits.push(judgeHit(await ask(world, variant, gVariant), variant))
  const beside = await ask(world, variant, { ...bracket, start: [variant.start + 1, variant.start + 2] })
  return [...hits, judgeAbsent(beside, variant)]
}

async function judgeMethods(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const gVariant of [sequenceQuery(variant), rangeQuery(variant), bracketQuery(variant)]) {
    const [got, posted] = [await ask(world, variant, gVariant, 'GET'), await ask(world, variant, gVariant)]
    if (!isDataAnswer(got) && !isDataAnswer(posted)) continue
    const essence = ({ status, body }: Exchange) => canonical([status, existsIn(body), totalIn(body), recordIds(body)])
    verdicts.push(
      essence(got) === essence(posted)
        ? pass()
        : fail(`GET says ${show(essence(got))}, POST ${show(essence(posted))}`, 'the same answer', got.where),
    )
  }
  return verdicts
}

async function judgeNames(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const { assemblyId } = variant
  const accession = variant.referenceName.replace(/^refseq:/, '')
  const match = /^NC_0*(\d+)\.\d+$/.exec(accession)
  if (!match || assemblyId === undefined) return [skip('the known variant is not on a RefSeq accession')]
  const number = Number(match[1])
  const name = number === 23 ? 'X' : number === 24 ? 'Y' : String(number)
  const verdicts: Verdict[] = []
  for (const referenceName of [`refseq:${accession}`, accession, name, `chr${name}`]) {
    const exchange = await ask(world, variant, { ...sequenceQuery(variant), assemblyId, referenceName })
    verdicts.push(judgeHit(exchange, variant))
  }
  return verdicts
}

async function judgeGranularities(world: World, variant: KnownVariant): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const granularity of ['boolean', 'count', 'record'] as const) {
    const exchange = await ask(world, variant, rangeQuery(variant), 'POST', granularity)
    verdicts.push(judgeHit(exchange, variant))
  }
  return verdicts
}

const otherBase = (base: string) => (base === 'A' ? 'C' : 'A')

/** Each query type with a variant that the beacon has, and with what must not find it. */
export const QUERY_CASES: readonly BeaconCase[] = [
  queryCase(
    'sequence',
    'a sequence query finds the allele, and with other bases does not find it',
    hasBases,
    async (world, variant) => {
      const sequence = sequenceQuery(variant)
      const other = isSnv(variant)
        ? { ...sequence, alternateBases: otherBase(variant.alternateBases!) }
        : { ...sequence, start: [variant.start + 1] }
      const [hit, miss] = [await ask(world, variant, sequence), await ask(world, variant, other)]
      return [judgeHit(hit, variant), judgeAbsent(miss, variant)]
    },
    'no known variant has bases',
  ),
  queryCase('range', 'a range query finds what overlaps it, and nothing else', isThere, judgeRange, 'no variant'),
  queryCase(
    'range-edges',
    'a range is half-open: what ends where it begins, or begins where it ends, is outside',
    (variant) => variant.exists && variant.end > variant.start,
    judgeRangeEdges,
    'no known variant has a length',
  ),
  queryCase(
    'bracket',
    'a bracket query finds the variant whose ends lie in both brackets',
    (variant) => variant.exists && variant.end > variant.start,
    judgeBracket,
    'no known variant has a length',
  ),
  queryCase(
    'gene',
    'a query by gene finds the variant',
    ({ geneId, exists }) => exists && geneId !== undefined,
    async (world, variant) => [judgeHit(await ask(world, variant, { geneId: variant.geneId! }), variant)],
    'no known variant names a gene',
  ),
  queryCase(
    'aminoacid',
    'a query by gene and amino-acid change finds the variant',
    ({ aminoacidChange, geneId, exists }) => exists && aminoacidChange !== undefined && geneId !== undefined,
    async (world, variant) => {
      const gVariant = { geneId: variant.geneId!, aminoacidChange: variant.aminoacidChange! }
      return [judgeHit(await ask(world, variant, gVariant), variant)]
    },
    'no known variant has an amino-acid change',
  ),
  queryCase(
    'hgvs',
    'a query by HGVS short form finds the variant',
    ({ genomicAlleleShortForm }) => genomicAlleleShortForm !== undefined,
    async (world, variant) => {
      const gVariant = { genomicAlleleShortForm: variant.genomicAlleleShortForm! }
      return [judgeHit(await ask(world, variant, gVariant), variant)]
    },
    'no known variant has an HGVS name',
  ),
  queryCase(
    'variant-type',
    'a range query narrowed by the type of the variant finds it',
    ({ variantType, exists }) => exists && variantType !== undefined,
    async (world, variant) => {
      const gVariant = { ...rangeQuery(variant), variantType: variant.variantType! }
      return [judgeHit(await ask(world, variant, gVariant), variant)]
    },
    'no known variant has a type',
  ),
  queryCase(
    'wildcard',
    'N in the alternate bases stands for any base',
    (variant) => variant.exists && isSnv(variant),
    async (world, variant) => [
      judgeHit(await ask(world, variant, { ...sequenceQuery(variant), alternateBases: 'N' }), variant),
    ],
    'no known variant is a single base',
  ),
  {
    ...queryCase(
      'id',
      'a variant is found by its variantInternalId',
      ({ id, testMode, exists }) => id !== undefined && !testMode && exists,
      async (world, variant) => {
        const endpoint = world.endpoints.find(({ kind, owner }) => kind === 'single' && owner === 'genomicVariant')
        const record = { id: variant.id, variantInternalId: variant.id }
        const url = endpoint ? fillTemplate(endpoint.url, record) : undefined
        if (url === undefined) return [skip('the map has no path for a single variant')]
        return [judgeHit(await world.client.ask('POST', url, 'genomicVariant', { granularity: 'record' }), variant)]
      },
      'no known variant has an id',
    ),
    spec: 'Beacon v2.1.1 model, endpoints.json, /g_variants/{id}',
  },
  queryCase('methods', 'GET and POST give the same answer', hasBases, judgeMethods, 'no query by GET or POST works'),
  queryCase(
    'granularities',
    'what is found does not depend on the granularity asked for',
    isThere,
    judgeGranularities,
    'no variant',
  ),
  queryCase(
    'reference-names',
    'a chromosome may be named by accession or by name',
    hasBases,
    judgeNames,
    'no known variant has bases',
    'should',
  ),
]
