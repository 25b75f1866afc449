import { isDataAnswer, recordId, recordsOf, totalIn } from '../answers.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import type { Exchange, Question } from '../client.js'
import { show } from '../json.js'
import type { BeaconCase, ListSample, World } from '../world.js'

const SPEC = 'Beacon v2.1.1 framework, pagination'
/** Records needed to tell pages from records. */
const FEWEST = 4
/** Enough lists to see how the beacon pages. */
const MOST_LISTS = 3

/** Ids of each result set, in order. The standard does not say whether a page is of an answer or of each of its sets. */
type Pages = ReadonlyMap<string, readonly string[]>

function pagesOf(body: unknown): Pages {
  const sets = new Map<string, string[]>()
  for (const { set, record } of recordsOf(body)) sets.set(set, [...(sets.get(set) ?? []), recordId(record) ?? ''])
  return sets
}

/** Lists whose records the beacon shows, and that are long enough to be paged. */
function longLists(world: World): readonly ListSample[] {
  return [...world.lists.values()].filter(({ records }) => records.length >= FEWEST).slice(0, MOST_LISTS)
}

function ask(
  world: World,
  { endpoint, gVariant }: ListSample,
  page: Pick<Question, 'skip' | 'limit'>,
): Promise<Exchange> {
  const needed = gVariant ? { gVariant } : {}
  return world.client.ask('POST', endpoint.url, endpoint.returns, { granularity: 'record', ...page, ...needed })
}

/** @param limit records of a page, of the answer or of each set */
function expected(whole: Pages, skip: number, limit: number): readonly string[] {
  const slice = (ids: readonly string[]) => ids.slice(skip * limit, (skip + 1) * limit)
  const bySet = [...whole.values()].flatMap(slice)
  const byAnswer = slice([...whole.values()].flat())
  // Told apart by both forms as they would come; one dataset gives the same.
  return [bySet.join('\n'), byAnswer.join('\n')]
}

async function judgeSkip(world: World, list: ListSample): Promise<Verdict> {
  const whole = pagesOf((await ask(world, list, { skip: 0, limit: list.records.length })).body)
  for (const [skipped, limit] of [
    [1, 2],
    [1, 1],
    [2, 1],
  ] as const) {
    const exchange = await ask(world, list, { skip: skipped, limit })
    if (!isDataAnswer(exchange)) return fail(`HTTP ${exchange.status}`, 'HTTP 200', exchange.where)
    const ids = recordsOf(exchange.body).map(({ record }) => recordId(record) ?? '')
    if (!expected(whole, skipped, limit).includes(ids.join('\n'))) {
      const first = skipped * limit + 1
      return fail(
        `skip ${skipped}, limit ${limit} gives ${show(ids)}`,
        `the records ${first} to ${first + limit - 1}: skip counts pages`,
        exchange.where,
      )
    }
  }
  return pass()
}

async function judgeDisjoint(world: World, list: ListSample): Promise<Verdict> {
  const seen = new Set<string>()
  for (let page = 0; page < 3; page++) {
    const exchange = await ask(world, list, { skip: page, limit: 2 })
    for (const { set, record } of recordsOf(exchange.body)) {
      const key = `${set} ${recordId(record) ?? ''}`
      if (seen.has(key))
        return fail(`${show(recordId(record))} is on two pages`, 'pages without common records', exchange.where)
      seen.add(key)
    }
  }
  return pass()
}

async function judgeTotals(world: World, list: ListSample): Promise<Verdict> {
  const totals: number[] = []
  for (const page of [{}, { skip: 0, limit: 1 }, { skip: 1, limit: 1 }, { skip: 0, limit: 2 }, { skip: 0, limit: 0 }]) {
    const exchange = await ask(world, list, page)
    const total = totalIn(exchange.body)
    if (total === undefined) return skip('the beacon tells no totals')
    totals.push(total)
    if (total !== totals[0]) {
      return fail(`numTotalResults ${totals.join(', then ')}`, 'the total before paging, on every page', exchange.where)
    }
  }
  return totals[0]! >= list.records.length
    ? pass(`${totals[0]}`)
    : fail(
        `numTotalResults ${totals[0]}, and ${list.records.length} records`,
        'the total before paging',
        list.exchange.where,
      )
}

async function judgeNoLimit(world: World, list: ListSample): Promise<Verdict> {
  const exchange = await ask(world, list, { skip: 0, limit: 0 })
  const shown = recordsOf(exchange.body).length
  return shown >= list.records.length
    ? pass(`${shown} records`)
    : fail(
        `${shown} records with limit 0, ${list.records.length} with a limit`,
        'all, or the most that the beacon gives',
        exchange.where,
      )
}

async function judgeBeyond(world: World, list: ListSample): Promise<Verdict> {
  const exchange = await ask(world, list, { skip: 1_000_000, limit: 100 })
  if (!isDataAnswer(exchange)) return fail(`HTTP ${exchange.status}`, 'HTTP 200 with an empty page', exchange.where)
  const shown = recordsOf(exchange.body).length
  return shown === 0 ? pass() : fail(`${shown} records a million pages on`, 'an empty page', exchange.where)
}

async function judgeSize(world: World, list: ListSample): Promise<Verdict> {
  const exchange = await ask(world, list, { skip: 0, limit: 2 })
  const most = Math.max(0, ...[...pagesOf(exchange.body).values()].map((ids) => ids.length))
  return most <= 2 ? pass() : fail(`${most} records with limit 2`, 'at most limit records', exchange.where)
}

function pagingCase(
  id: string,
  title: string,
  judge: (world: World, list: ListSample) => Promise<Verdict>,
): BeaconCase {
  return {
    id: `pagination.${id}`,
    title,
    spec: SPEC,
    severity: 'must',
    async run(world) {
      const verdicts: Verdict[] = []
      for (const list of longLists(world)) verdicts.push(await judge(world, list))
      return firstFailure(verdicts, `no list shows ${FEWEST} records`)
    },
  }
}

export const PAGINATION_CASES: readonly BeaconCase[] = [
  pagingCase('skip', 'skip counts pages, not records', judgeSkip),
  pagingCase('limit', 'a page has at most limit records', judgeSize),
  pagingCase('disjoint', 'pages have no record in common', judgeDisjoint),
  pagingCase('totals', 'the total is that before paging, the same on every page', judgeTotals),
  pagingCase('limit-zero', 'limit 0 gives all, or the most that the beacon gives', judgeNoLimit),
  pagingCase('beyond', 'a page beyond the last is empty, not a fault', judgeBeyond),
]
