import { request, type Agent } from 'node:http'
import {
  datasetsOf,
  PLACED_GENE,
  termId,
  type AlleleTruth,
  type BracketTruth,
  type ExactTruth,
  type GeneTruth,
  type LargeTruth,
  type SeveralTruth,
} from './large-home.js'

/** A question to a node, and what is true. */
export interface TrueQuestion {
  readonly path: string
  readonly query: object
  readonly truth: Partial<AlleleTruth & SeveralTruth> & { readonly results?: number }
}

interface Answer {
  readonly responseSummary: { readonly numTotalResults?: number }
  readonly response?: {
    readonly resultSets: readonly {
      readonly id: string
      readonly info?: { readonly counts: Record<string, unknown> }
    }[]
  }
}

const assemblyId = 'GRCh38'
const EVERY_TERM = [{ id: termId(0) }]

function aboutVariants(
  g_variant: object,
  datasetIds: readonly string[],
  truth: TrueQuestion['truth'],
  filters?: object,
): TrueQuestion {
  return {
    path: 'g_variants',
    query: {
      requestParameters: { g_variant: { assemblyId, ...g_variant }, datasets: { datasetIds } },
      requestedGranularity: 'count',
      includeResultsetResponses: 'ALL',
      ...(filters ? { filters } : {}),
    },
    truth,
  }
}

function toPlace({ contig, start, referenceBases, alternateBases }: ExactTruth['variant']): object {
  const place = { referenceName: String(contig) }
  // The base before an insertion or deletion is A everywhere in the made-up data.
  const isAnchored = referenceBases === '' || alternateBases === ''
  if (!isAnchored) return { ...place, start: [start], referenceBases, alternateBases }
  return { ...place, start: [start - 1], referenceBases: `A${referenceBases}`, alternateBases: `A${alternateBases}` }
}

export function exactQuestion({ variant, all }: ExactTruth, dataset = 'large'): TrueQuestion {
  return aboutVariants(toPlace(variant), [dataset], all)
}

export function phenotypeQuestion({ variant, filtered }: ExactTruth): TrueQuestion {
  return aboutVariants(toPlace(variant), ['large'], filtered, EVERY_TERM)
}

/** An allele beside another: nobody has it. */
export function missQuestion({ variant: { contig, start } }: ExactTruth, people: number): TrueQuestion {
  const nobody = { individuals: 0, heterozygotes: 0, homozygotes: 0, alleleCount: 0, alleleNumber: 2 * people }
  const place = { referenceName: String(contig), start: [start + 1], referenceBases: 'A', alternateBases: 'C' }
  return aboutVariants(place, ['large'], nobody)
}

export function peopleQuestion({ filteredPeople }: LargeTruth): TrueQuestion {
  return {
    path: 'individuals',
    query: { filters: EVERY_TERM, requestedGranularity: 'count' },
    truth: { results: filteredPeople },
  }
}

/** People with an allele. */
export function carriersQuestion({ variant, all }: ExactTruth): TrueQuestion {
  const { query } = aboutVariants(toPlace(variant), ['large'], {})
  return { path: 'individuals', query, truth: { results: all.individuals } }
}

export function rangeQuestion({ contig, start, end, ...truth }: LargeTruth['ranges'][number]): TrueQuestion {
  return aboutVariants({ referenceName: String(contig), start: [start], end: [end] }, ['large'], truth)
}

export function bracketQuestion({ contig, start, end, ...truth }: BracketTruth): TrueQuestion {
  return aboutVariants({ referenceName: String(contig), start, end, variantType: 'DEL' }, ['large'], truth)
}

/** The gene by what its alleles are annotated with; they are those of every dataset. */
export function notedQuestion({ gene, noted }: LargeTruth, datasetIds: readonly string[], type?: string): TrueQuestion {
  return aboutVariants({ geneId: gene.symbol, ...typed(type) }, datasetIds, truthOf(noted, type))
}

/** The same gene by its place. The truth is that of the first dataset. */
export function placedQuestion({ placed }: LargeTruth, datasetIds: readonly string[], type?: string): TrueQuestion {
  const first = datasetsOf(placed[0]!.alleles).find(({ id }) => id === datasetIds[0])!
  const known = placed.find((truth) => truth.alleles === first.alleles)!
  return aboutVariants({ geneId: PLACED_GENE, ...typed(type) }, datasetIds, truthOf(known, type))
}

function typed(variantType: string | undefined): object {
  return variantType === undefined ? {} : { variantType }
}

function truthOf({ all, byType }: GeneTruth, type: string | undefined): SeveralTruth {
  return type === undefined ? all : byType[type]!
}

/** Of a run of As behind the A that stands before every allele, it is not said which of them an allele removes or where it adds one. */
export function isUnambiguous({ variant: { referenceBases, alternateBases } }: ExactTruth): boolean {
  return (referenceBases !== '' && alternateBases !== '') || !(referenceBases + alternateBases).startsWith('A')
}

/** Posts a question and reads the answer to its end. @throws Error for another status than 200 */
export function ask(agent: Agent, nodeUrl: string, { path, query }: TrueQuestion): Promise<string> {
  const text = JSON.stringify({ query })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const sent = request(`${nodeUrl}/beacon/v2/${path}`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(answer)
        else reject(new Error(`${response.statusCode}: ${answer}`))
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** What an answer says otherwise than is true, for people to read; undefined when all is as it should be. */
export function findError({ path, query, truth }: TrueQuestion, text: string): string | undefined {
  const { responseSummary, response } = JSON.parse(text) as Answer
  const { results, ...counts } = truth
  const told: Record<string, unknown> = {
    results: responseSummary.numTotalResults,
    ...response?.resultSets[0]?.info?.counts,
  }
  for (const [name, value] of Object.entries({ ...counts, ...(results === undefined ? {} : { results }) })) {
    if (told[name] !== value)
      return `${path} ${JSON.stringify(query)}: ${name} is ${String(told[name])}, and should be ${value}`
  }
  return undefined
}
