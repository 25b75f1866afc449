import { request, type Agent } from 'node:http'
import type { Expected, ExpectedAnswer, RightsQuestion } from './oracle.js'

const ASSEMBLY = 'GRCh38'

interface ToldSet {
  readonly id: string
  readonly exists: boolean
  readonly resultsCount?: number
  readonly results?: readonly unknown[]
  readonly info?: { readonly counts?: Readonly<Record<string, unknown>> }
}

export interface Told {
  readonly status: number
  readonly body: {
    readonly meta?: { readonly returnedGranularity?: string }
    readonly responseSummary?: { readonly exists: boolean; readonly numTotalResults?: number }
    readonly response?: { readonly resultSets?: readonly ToldSet[] }
  }
}

function toBody({ start, end, isRange, requested, named }: RightsQuestion): string {
  const place = { assemblyId: ASSEMBLY, referenceName: '1', start: [start] }
  const g_variant = isRange ? { ...place, end: [end] } : { ...place, referenceBases: 'A', alternateBases: 'C' }
  return JSON.stringify({
    // So that a boolean answer has result sets as well.
    meta: { apiVersion: 'v2.2.0' },
    query: {
      requestParameters: { g_variant, ...(named ? { datasets: named } : {}) },
      requestedGranularity: requested,
      includeResultsetResponses: 'ALL',
    },
  })
}

/** Asks a node one question as one user. @param token absent: no token is sent */
export function askAs(
  agent: Agent,
  nodeUrl: string,
  question: RightsQuestion,
  token: string | undefined,
): Promise<Told> {
  const body = toBody(question)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(question.purpose === undefined ? {} : { 'ngp-purpose': question.purpose }),
    ...(question.project === undefined ? {} : { 'ngp-project': question.project }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${nodeUrl}/beacon/v2/g_variants`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Told['body'] })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** What an answer says beside, or instead of, what it must say; undefined when it is exactly that. */
export function findDifference(told: Told, expected: ExpectedAnswer): string | undefined {
  if (told.status !== expected.status) return `status ${told.status} instead of ${expected.status}`
  if (expected.status !== 200) return undefined
  const { datasets } = expected
  const sets = told.body.response?.resultSets ?? []
  for (const set of sets) {
    const own = datasets.get(set.id)
    if (!own) return `${set.id} answers, and may not`
    const difference = differenceOf(set, own)
    if (difference !== undefined) return `${set.id}: ${difference}`
  }
  const missing = [...datasets].find(([id, own]) => own.exists && !sets.some((set) => set.id === id))
  if (missing) return `${missing[0]} is missing`
  const exists = [...datasets.values()].some((own) => own.exists)
  if (told.body.responseSummary?.exists !== exists) return `exists is not ${exists}`
  return undefined
}

function differenceOf(set: ToldSet, expected: Expected): string | undefined {
  if (set.exists !== expected.exists) return `exists is ${set.exists}`
  const counts = set.info?.counts
  if (expected.granularity === 'boolean') {
    const tells = counts !== undefined || set.resultsCount !== undefined || (set.results?.length ?? 0) > 0
    return tells ? 'tells more than whether somebody has it' : undefined
  }
  if (expected.granularity === 'count' && (set.results?.length ?? 0) > 0) return 'tells records'
  const wanted = { ...expected.allele, ...expected.several }
  const wrong = Object.entries(wanted).find(([name, value]) => counts?.[name] !== value)
  return wrong && `${wrong[0]} is ${String(counts?.[wrong[0]])} instead of ${wrong[1]}`
}
