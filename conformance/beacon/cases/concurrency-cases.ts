import { GRANULARITIES } from '../../../schemas/index.js'
import { existsIn, isDataAnswer, recordIds, totalIn } from '../answers.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { mapConcurrently, type Exchange, type Question } from '../client.js'
import { at, canonical, show } from '../json.js'
import { rangeQuery, sequenceQuery } from '../known-variant.js'
import { MOST_IN_FLIGHT } from '../../suite/transport.js'
import { listEndpoint, type World, type BeaconCase } from '../world.js'
import { filledUrl, neededVariant } from './path-cases.js'

/** Each question is asked so often. */
const ROUNDS = 4
const MOST_VARIANTS = 8

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly returns: string
  readonly question: Question
}

/** Questions of many kinds, no two alike. */
function mixedQuestions(world: World): readonly Asked[] {
  const paths = world.endpoints
    .filter(({ kind }) => kind !== 'terms')
    .flatMap((endpoint, i): readonly Asked[] => {
      const url = filledUrl(world, endpoint)
      const needed = neededVariant(world, endpoint)
      if (url === undefined || needed === undefined) return []
      const question = { granularity: GRANULARITIES[i % GRANULARITIES.length]!, skip: 0, limit: 1 + (i % 5), ...needed }
      return [{ method: i % 2 === 0 ? 'POST' : 'GET', url, returns: endpoint.returns, question }]
    })
  const variants = listEndpoint(world, 'genomicVariant')
  const queries = world.variants.slice(0, MOST_VARIANTS).flatMap((variant, i): readonly Asked[] => {
    if (!variants) return []
    const testMode = variant.testMode ? { testMode: true } : {}
    const hit = sequenceQuery(variant)
    const miss = { ...hit, alternateBases: 'ACGTACGTACGT' }
    return [hit, miss, rangeQuery(variant)].map((gVariant, j) => ({
      method: (i + j) % 2 === 0 ? 'GET' : 'POST',
      url: variants.url,
      returns: variants.returns,
      question: { gVariant, granularity: GRANULARITIES[(i + j) % GRANULARITIES.length]!, ...testMode },
    }))
  })
  return [...paths, ...queries]
}

/** What an answer says, without what differs between runs, such as times. */
function essence({ status, body }: Exchange): string {
  return canonical([
    status,
    existsIn(body),
    totalIn(body),
    recordIds(body),
    at(body, 'meta', 'returnedGranularity'),
    at(body, 'meta', 'receivedRequestSummary'),
  ])
}

async function judgeMixed(world: World): Promise<Verdict> {
  const ask = ({ method, url, returns, question }: Asked) => world.client.ask(method, url, returns, question)
  const known: { readonly asked: Asked; readonly expected: string }[] = []
  for (const asked of mixedQuestions(world)) {
    const exchange = await ask(asked)
    if (isDataAnswer(exchange)) known.push({ asked, expected: essence(exchange) })
  }
  if (known.length === 0) return skip('no question has an answer with data')
  const mixed = Array.from(
    { length: known.length * ROUNDS },
    (_, i) => known[(i * 7 + Math.floor(i / known.length)) % known.length]!,
  )
  const verdicts = await mapConcurrently(mixed, MOST_IN_FLIGHT, async ({ asked, expected }): Promise<Verdict> => {
    const exchange = await ask(asked)
    const seen = essence(exchange)
    return seen === expected
      ? pass()
      : fail(exchange.failure ?? `another answer than alone: ${show(seen)}`, show(expected), exchange.where)
  })
  return firstFailure(verdicts, 'nothing was asked')
}

export const CONCURRENCY_CASES: readonly BeaconCase[] = [
  {
    id: 'concurrency.mixed',
    title: `with ${MOST_IN_FLIGHT} questions in flight each answer is that of its own question`,
    spec: 'no state of one request in the answer to another',
    severity: 'must',
    run: judgeMixed,
  },
]
