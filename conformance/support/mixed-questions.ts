import { request, type Agent } from 'node:http'

/** A sequence allele as a VCF writes it; `pos` 1-based. */
export interface SiteAllele {
  readonly chrom: string
  readonly pos: number
  readonly ref: string
  readonly alt: string
}

/** One request to `/beacon/v2/g_variants`: by GET with a query string, or by POST with a body. */
export type MixedQuestion = { readonly query: string } | { readonly body: object }

const GRANULARITIES = ['boolean', 'count'] as const
const INCLUDED = ['ALL', 'HIT', 'NONE'] as const
/** A range reaches this far, bases. */
const LONGEST_RANGE = 2_000
const BASES = ['A', 'C', 'G', 'T'] as const

/** What the hub asks of one allele. */
export function alleleQuestion(assemblyId: string, { chrom, pos, ref, alt }: SiteAllele): object {
  const g_variant = {
    assemblyId,
    referenceName: chrom,
    start: [pos - 1],
    referenceBases: ref,
    alternateBases: alt,
  }
  const query = { requestParameters: { g_variant }, requestedGranularity: 'count', includeResultsetResponses: 'ALL' }
  return { meta: { apiVersion: 'v2.2.0' }, query }
}

/**
 * Questions of every form that a node answers fast: alleles that are there and alleles that are hardly, ranges, and requests
 * that are refused; by GET and POST, at two granularities, with every choice of result sets.
 *
 * @param random numbers from 0 to below 1
 */
export function createMixedQuestions(
  assemblyId: string,
  alleles: readonly SiteAllele[],
  count: number,
  random: () => number,
): readonly MixedQuestion[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  return Array.from({ length: count }, (_, index): MixedQuestion => {
    const { chrom, pos, ref, alt } = pick(alleles)
    const requestedGranularity = pick(GRANULARITIES)
    const includeResultsetResponses = pick(INCLUDED)
    const start = pos - 1
    const place = { assemblyId, referenceName: chrom, start: [start] }
    const miss = pick(BASES.filter((base) => base !== alt && base !== ref))
    const forms = [
      { ...place, referenceBases: ref, alternateBases: alt },
      { ...place, referenceBases: ref, alternateBases: miss },
      { ...place, end: [start + 1 + Math.floor(random() * LONGEST_RANGE)] },
      { ...place, end: [start] },
    ]
    // Few of the last form: it is refused before the store is asked.
    const g_variant = forms[index % 16 === 0 ? 3 : index % 3]!
    if (random() < 0.5) {
      const meta = { apiVersion: pick(['v2.1.1', 'v2.2.0']) }
      const query = { requestParameters: { g_variant }, requestedGranularity, includeResultsetResponses }
      return { body: { meta, query } }
    }
    const parameters = { ...g_variant, requestedGranularity, includeResultsetResponses }
    return { query: new URLSearchParams(Object.entries(parameters).map(([k, v]) => [k, String(v)])).toString() }
  })
}

/** Asks a node one question; status and body exactly as they came. */
export function askMixed(agent: Agent, nodeUrl: string, question: MixedQuestion): Promise<string> {
  const url = `${nodeUrl}/beacon/v2/g_variants`
  return new Promise((resolve, reject) => {
    const body = 'body' in question ? JSON.stringify(question.body) : undefined
    const sent = request(
      'query' in question ? `${url}?${question.query}` : url,
      {
        method: body === undefined ? 'GET' : 'POST',
        agent,
        headers: body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', reject)
        response.on('end', () => resolve(`${response.statusCode} ${text}`))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
