/** Requests from nearly right to nonsense, the same for a seed. */
export interface FuzzedRequest {
  readonly method: string
  /** Path and query below the Beacon API, as it stands on the wire. */
  readonly path: string
  readonly body?: string | undefined
  readonly contentType: string
}

const ENTRIES = ['g_variants', 'individuals', 'biosamples', 'runs', 'analyses', 'cohorts', 'datasets'] as const
const DOCUMENTS = ['', 'info', 'service-info', 'configuration', 'entry_types', 'map', 'filtering_terms'] as const
const IDS = [
  'GRCh38-1-100-A-C',
  'P-000000000000',
  'open',
  'closed',
  'vague',
  'GRCh38-1-1-A-DEL-9',
  '{id}',
  '..',
  '%00',
  '-',
  'x'.repeat(300),
]
const TEXTS = [
  '',
  '1',
  'chr1',
  'X',
  'NC_000001.11',
  'refseq:NC_000017.11',
  'GRCh38',
  'GRCh37',
  'hg19',
  'A',
  'C',
  'N',
  'ACGT',
  'NNNN',
  'a',
  'DEL',
  'DUP',
  'SNP',
  'BND',
  'efo:0030067',
  'SO:0001483',
  'BRCA1',
  'V600E',
  'NM_007294.4:c.5558A>G',
  'NC_000001.11:g.100A>C',
  'HP:0001250',
  'age',
  'P70Y',
  '%',
  '%%%%%%%%%a',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '𝔘',
  'ALL',
  'HIT',
  'MISS',
  'NONE',
  'boolean',
  'count',
  'record',
  'true',
  'closed',
  'open',
  "';--",
  '<script>',
  '1e308',
  '-1',
  '9007199254740993',
  'P1Y2M',
  '2024-02-30',
  '=',
  '!=5',
] as const
const NUMBERS = [0, 1, 99, 100, 101, 200, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -1, 0.5, 1e300] as const
const PARAMETERS = [
  'assemblyId',
  'referenceName',
  'start',
  'end',
  'referenceBases',
  'alternateBases',
  'variantType',
  'variantMinLength',
  'variantMaxLength',
  'geneId',
  'aminoacidChange',
  'genomicAlleleShortForm',
  'mateName',
  'datasets',
  'filters',
  'skip',
  'limit',
  'requestedGranularity',
  'includeResultsetResponses',
  'testMode',
  'requestedSchema',
  'nonsense',
] as const
const OPERATORS = ['=', '!', '<', '>', '<=', '>=', '~', ''] as const

type Random = () => number

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

/** A value of any JSON kind, up to a few levels deep. */
function anything(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 4 : 6))
  if (kind === 0) return pick(random, TEXTS)
  if (kind === 1) return pick(random, NUMBERS)
  if (kind === 2) return pick(random, [true, false, null])
  if (kind === 3) return pick(random, TEXTS)
  const size = Math.floor(random() * 4)
  if (kind === 4) return Array.from({ length: size }, () => anything(random, depth + 1))
  return Object.fromEntries(
    Array.from({ length: size }, () => [pick(random, [...PARAMETERS, ...TEXTS]), anything(random, depth + 1)]),
  )
}

/** A parameter that is mostly of the right kind. */
function parameter(random: Random, name: string): unknown {
  if (random() < 0.1) return anything(random)
  switch (name) {
    case 'assemblyId':
      return 'GRCh38'
    case 'referenceName':
      return '1'
    case 'start':
    case 'end':
      return Array.from({ length: random() < 0.7 ? 1 : 2 }, () => pick(random, NUMBERS.slice(0, 8)))
    case 'variantMinLength':
    case 'variantMaxLength':
      return pick(random, NUMBERS)
    case 'referenceBases':
    case 'alternateBases':
      return pick(random, ['A', 'C', 'G', 'T', 'N', 'AC', '', 'GAT'])
    default:
      return pick(random, TEXTS)
  }
}

/** Right questions; one in three gets a parameter that is not. */
const RIGHT: readonly Record<string, unknown>[] = [
  { start: [99], referenceBases: 'A', alternateBases: 'C' },
  { start: [99], alternateBases: 'N' },
  { start: [90], end: [300] },
  { start: [90], end: [300], variantType: 'DEL' },
  { start: [90], end: [300], variantType: 'DEL', structuralMatch: {} },
  { start: [90], end: [300], variantType: 'efo:0030067', structuralMatch: { rule: 'breakpoints', window: 500 } },
  { start: [90, 300], end: [100, 400] },
  { mateName: '2' },
  {},
]

function variant(random: Random): Record<string, unknown> {
  const right = { assemblyId: 'GRCh38', referenceName: '1', ...pick(random, RIGHT) }
  if (random() < 0.6) return right
  const names = random() < 0.7 ? PARAMETERS.slice(0, 6) : PARAMETERS.slice(0, 13)
  if (random() < 0.5) {
    const name = pick(random, names)
    return { ...right, [name]: parameter(random, name) }
  }
  return Object.fromEntries(names.filter(() => random() < 0.75).map((name) => [name, parameter(random, name)]))
}

function filter(random: Random): unknown {
  if (random() < 0.1) return anything(random)
  const id = pick(random, ['HP:0001250', 'HP_0001250', 'platform', 'age', 'sex', 'LOINC:1', ...TEXTS])
  return {
    id,
    ...(random() < 0.4
      ? { operator: pick(random, OPERATORS), value: pick<unknown>(random, [...TEXTS, ...NUMBERS]) }
      : {}),
    ...(random() < 0.3 ? { scope: pick(random, [...ENTRIES, 'individual', 'x']) } : {}),
    ...(random() < 0.2 ? { includeDescendantTerms: pick<unknown>(random, [true, false, 1]) } : {}),
    ...(random() < 0.2 ? { similarity: pick(random, ['exact', 'high', 'x']) } : {}),
  }
}

function filters(random: Random): readonly unknown[] {
  return Array.from({ length: Math.floor(random() * 3) }, () =>
    random() < 0.2 ? [filter(random), filter(random)] : filter(random),
  )
}

function toBody(random: Random): unknown {
  if (random() < 0.05) return anything(random)
  const g_variant = variant(random)
  const parameters = random() < 0.6 ? { g_variant } : g_variant
  const query = {
    requestParameters:
      random() < 0.3
        ? {
            ...parameters,
            datasets: pick<unknown>(random, [{ datasetIds: ['open'] }, ['closed'], ['vague', 'counted'], 'x']),
          }
        : parameters,
    ...(random() < 0.4 ? { filters: filters(random) } : {}),
    ...(random() < 0.7 ? { requestedGranularity: pick(random, ['boolean', 'count', 'record']) } : {}),
    ...(random() < 0.5 ? { includeResultsetResponses: pick(random, ['ALL', 'HIT', 'MISS', 'NONE', 'x']) } : {}),
    ...(random() < 0.3 ? { pagination: { skip: pick(random, NUMBERS), limit: pick(random, NUMBERS) } } : {}),
    ...(random() < 0.1 ? { testMode: pick<unknown>(random, [true, false, 'true']) } : {}),
  }
  return { meta: { apiVersion: pick(random, ['v2.1.1', 'v2.2.0', '', 'x']) }, ...(random() < 0.9 ? { query } : query) }
}

function toQuery(random: Random): string {
  const values = {
    ...variant(random),
    ...(random() < 0.3 ? { filters: pick(random, ['HP:0001250', 'platform:=ONT', 'age:>P1Y', 'a,b', '%25']) } : {}),
  }
  const parts = Object.entries(values).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value).replace(/^\[(.*)\]$/, '$1') : String(value)
    return `${name}=${random() < 0.9 ? encodeURIComponent(text) : text.replaceAll(/[^!-~]|#/g, '')}`
  })
  while (random() < 0.4) parts.push(`${pick(random, PARAMETERS)}=${encodeURIComponent(pick(random, TEXTS))}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** Cuts, doubles or replaces a few characters. */
function spoil(random: Random, text: string): string {
  const at = Math.floor(random() * (text.length + 1))
  const to = Math.min(text.length, at + Math.floor(random() * 5))
  return (
    text.slice(0, at) +
    pick(random, ['', '{', '"', ',', '[', '\\u0000', '1e999', text.slice(at, to).repeat(2)]) +
    text.slice(to)
  )
}

function toPath(random: Random): string {
  const kind = random()
  if (kind < 0.05) return pick(random, DOCUMENTS)
  if (kind < 0.08) return encodeURIComponent(pick(random, TEXTS))
  const entry = random() < 0.5 ? 'g_variants' : pick(random, ENTRIES)
  if (kind < 0.7) return entry
  const id = random() < 0.8 ? encodeURIComponent(pick(random, IDS)) : pick(random, ['%', '%zz', '%2e%2e', 'a%2Fb'])
  if (kind < 0.8) return `${entry}/${id}`
  return `${entry}/${id}/${pick(random, [...ENTRIES, 'filtering_terms', 'x'])}`
}

export function fuzzRequest(random: Random): FuzzedRequest {
  const path = `/${toPath(random)}`
  const contentType =
    random() < 0.97
      ? 'application/json'
      : pick(random, ['text/plain', '', 'application/json; charset=x', 'multipart/form-data'])
  if (random() < 0.4)
    return { method: pick(random, ['GET', 'GET', 'GET', 'HEAD']), path: path + toQuery(random), contentType }
  const text = JSON.stringify(toBody(random))
  const body = random() < 0.1 ? spoil(random, text) : text
  const method = random() < 0.97 ? 'POST' : pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
  return {
    method,
    path: random() < 0.9 ? path : path + toQuery(random),
    body: random() < 0.02 ? undefined : body,
    contentType,
  }
}
