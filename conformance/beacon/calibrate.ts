import { ASSEMBLY_IDS, CONTIGS, parseAssemblyId } from '../../schemas/index.js'
import { canonicalType, demandsLogin, isDataAnswer, recordsOf } from './answers.js'
import type { Client, Exchange, GVariant } from './client.js'
import { toEndpoints, type Endpoint } from './endpoints.js'
import { at, isObject, listAt, textAt } from './json.js'
import { hasBases, rangeQuery, toKnownVariant, type KnownVariant } from './known-variant.js'
import type { OfficialSchemas } from './official-schemas.js'
import { fetchServedSchemas } from './served-schemas.js'
import type { Truth } from './truth-file.js'
import { listEndpoint, type FilteringTerm, type FrameworkDocuments, type ListSample, type World } from './world.js'

/** The URL given is no Beacon, or nobody is there. */
export class NoBeaconError extends Error {
  override readonly name = 'NoBeaconError'
}

/** Enough records to calibrate by; small enough for any beacon. */
const SAMPLE_SIZE = 50
/** After as many refusals in a row a beacon does not answer range queries over whole contigs. */
const MOST_REFUSALS = 3
/** Contigs that even a panel of few genes is likely to touch come first (17, 13, 11, 7, 2, 1), then the rest. */
const LIKELY_CONTIGS: readonly number[] = [17, 13, 11, 7, 2, 1]

async function fetchDocuments(client: Client, base: string): Promise<FrameworkDocuments> {
  const get = (path: string) => client.send({ method: 'GET', url: base + path, kind: 'framework' })
  const info = await get('/info')
  if (info.failure !== undefined) throw new NoBeaconError(`${base} cannot be reached: ${info.failure}`)
  const map = await get('/map')
  const speaks = [info, map].some(({ body }) => isObject(at(body, 'meta')) || isObject(at(body, 'response')))
  if (!speaks) {
    const type = info.headers['content-type'] ?? 'no content type'
    throw new NoBeaconError(
      `${base} is no Beacon v2: ${base}/info answers HTTP ${info.status} (${type}) without "meta" or "response". ` +
        'The URL must be the base of the API, such as https://host.example/beacon/v2',
    )
  }
  return {
    info,
    map,
    root: await client.send({ method: 'GET', url: `${base}/`, kind: 'framework' }),
    serviceInfo: await get('/service-info'),
    configuration: await get('/configuration'),
    entryTypes: await get('/entry_types'),
    filteringTerms: await get('/filtering_terms'),
    allFilteringTerms: await get('/filtering_terms?limit=0'),
  }
}

/** Asks a list for its first records, by the method that works. */
async function askList(client: Client, endpoint: Endpoint, gVariant?: GVariant): Promise<Exchange> {
  const question = { granularity: 'record', limit: SAMPLE_SIZE, ...(gVariant ? { gVariant } : {}) } as const
  const posted = await client.ask('POST', endpoint.url, endpoint.returns, question)
  if (isDataAnswer(posted) || demandsLogin(posted)) return posted
  const got = await client.ask('GET', endpoint.url, endpoint.returns, question)
  return isDataAnswer(got) ? got : posted
}

/** Assemblies that the beacon's datasets name, else both. */
function assembliesOf(datasets: readonly unknown[]): readonly (typeof ASSEMBLY_IDS)[number][] {
  const named = datasets.flatMap((dataset) => {
    const text = textAt(dataset, 'info', 'assemblyId') ?? textAt(dataset, 'assemblyId')
    return (text === undefined ? undefined : parseAssemblyId(text)) ?? []
  })
  return named.length > 0 ? [...new Set(named)] : ASSEMBLY_IDS
}

/** Looks for variants contig by contig, for beacons that do not list all they have. */
async function probeContigs(
  client: Client,
  endpoint: Endpoint,
  datasets: readonly unknown[],
): Promise<{ readonly exchange: Exchange; readonly gVariant: GVariant } | undefined> {
  let refusals = 0
  for (const assemblyId of assembliesOf(datasets)) {
    const contigs = CONTIGS[assemblyId]
    const likely = LIKELY_CONTIGS.map((number) => contigs[number - 1]!)
    for (const contig of new Set([...likely, ...contigs])) {
      const gVariant = { assemblyId, referenceName: `refseq:${contig.accession}`, start: [0], end: [contig.length] }
      const exchange = await askList(client, endpoint, gVariant)
      if (recordsOf(exchange.body).length > 0) return { exchange, gVariant }
      refusals = isDataAnswer(exchange) ? 0 : refusals + 1
      if (refusals >= MOST_REFUSALS) return undefined
    }
  }
  return undefined
}

function toSample(endpoint: Endpoint, exchange: Exchange, gVariant?: GVariant): ListSample {
  const records = isDataAnswer(exchange) ? recordsOf(exchange.body).map(({ record }) => record) : []
  return { endpoint, exchange, gVariant, records }
}

async function sampleVariants(
  client: Client,
  endpoint: Endpoint,
  datasets: readonly unknown[],
  truth: Truth,
): Promise<ListSample> {
  const plain = await askList(client, endpoint)
  if (recordsOf(plain.body).length > 0) return toSample(endpoint, plain)
  const told = truth.variants.find(({ exists }) => exists)
  if (told) {
    const gVariant = rangeQuery(told)
    const exchange = await askList(client, endpoint, gVariant)
    // A list that answers without parameters needs none, however little it shows.
    return toSample(endpoint, isDataAnswer(plain) ? plain : exchange, isDataAnswer(plain) ? undefined : gVariant)
  }
  if (demandsLogin(plain)) return toSample(endpoint, plain)
  const probed = await probeContigs(client, endpoint, datasets)
  return probed ? toSample(endpoint, probed.exchange, probed.gVariant) : toSample(endpoint, plain)
}

/** Different kinds of variants first: alleles with bases, structural ones, annotated ones. */
function variantsOf(records: readonly unknown[], testMode: boolean): readonly KnownVariant[] {
  const known = records.flatMap((record) => toKnownVariant(record, testMode) ?? [])
  const score = (variant: KnownVariant) =>
    Number(hasBases(variant)) * 4 +
    Number(variant.geneId !== undefined) * 2 +
    Number(variant.aminoacidChange !== undefined)
  return [...known].sort((a, b) => score(b) - score(a))
}

function termsOf(document: unknown): readonly FilteringTerm[] {
  return listAt(document, 'response', 'filteringTerms').flatMap((term) => {
    const [id, type] = [textAt(term, 'id'), textAt(term, 'type')]
    if (id === undefined || type === undefined) return []
    const texts = (key: string) => listAt(term, key).filter((item): item is string => typeof item === 'string')
    // Before 2.1 a term had one `scope`.
    const scope = textAt(term, 'scope')
    return [
      { id, type, scopes: [...texts('scopes'), ...(scope === undefined ? [] : [scope])], values: texts('values') },
    ]
  })
}

export interface CalibrationOptions {
  readonly truth: Truth
  readonly official: OfficialSchemas | undefined
}

/**
 * Learns what there is to ask: framework documents, one page of every list, variants to query for.
 *
 * @throws NoBeaconError
 */
export async function calibrate(client: Client, base: string, { truth, official }: CalibrationOptions): Promise<World> {
  const documents = await fetchDocuments(client, base)
  const endpoints = toEndpoints(documents.map.body, base)
  const lists = new Map<string, ListSample>()
  const testLists = new Map<string, Exchange>()
  const listed = endpoints.filter(({ kind }) => kind === 'list')
  for (const endpoint of listed) {
    if (endpoint.returns !== 'genomicVariant')
      lists.set(endpoint.returns, toSample(endpoint, await askList(client, endpoint)))
    const question = { granularity: 'record', testMode: true, skip: 0, limit: 10 } as const
    testLists.set(endpoint.returns, await client.ask('POST', endpoint.url, endpoint.returns, question))
  }
  const variantList = listEndpoint({ endpoints }, 'genomicVariant')
  let variants: readonly KnownVariant[] = []
  if (variantList) {
    const datasets = lists.get('dataset')?.records ?? []
    const sample = await sampleVariants(client, variantList, datasets, truth)
    variants = variantsOf(sample.records, false)
    // Nothing to see in the real data: the test data then show whether queries are answered right.
    if (variants.length === 0 && truth.variants.length === 0) {
      const test = recordsOf(testLists.get('genomicVariant')?.body).map(({ record }) => record)
      variants = variantsOf(test, true)
    }
    lists.set('genomicVariant', sample)
  }
  return {
    base,
    client,
    documents,
    endpoints,
    lists,
    testLists,
    variants: [...truth.variants, ...variants],
    terms: termsOf(documents.allFilteringTerms.body),
    truth,
    official,
    served: await fetchServedSchemas(client, base, documents.configuration.body),
  }
}

/** Entry types that a document of the framework declares, sorted. */
export function declaredTypes(document: unknown, ...path: string[]): readonly string[] {
  const found = at(document, ...path)
  return isObject(found) ? Object.keys(found).map(canonicalType).sort() : []
}
