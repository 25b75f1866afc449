import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { judgeAnswer, type Judged } from '../ask-region.js'
import { toParameters, type Exchange } from '../client.js'
import { filesAndFormats, type AskedRegion, type HtsgetCase, type ServedFile, type World } from '../world.js'

const SPEC = 'htsget 1.3, "referenceName", "start" and "end"'
const NOTHING = 'no region of a file is known'

/** Answers are read once and judged twice: for what is lost and for what is beside. */
const answers = new WeakMap<World, Map<string, Promise<readonly Judged[]>>>()

type Ask = (world: World, file: ServedFile, format: string, region: AskedRegion) => Promise<Exchange>

function judgedAnswers(world: World, kind: string, ask: Ask): Promise<readonly Judged[]> {
  const known = answers.get(world) ?? new Map<string, Promise<readonly Judged[]>>()
  answers.set(world, known)
  const before = known.get(kind)
  if (before) return before
  const judged = judgeRegions(world, ask)
  known.set(kind, judged)
  return judged
}

async function judgeRegions(world: World, ask: Ask): Promise<readonly Judged[]> {
  const verdicts: Judged[] = []
  for (const [file, format] of filesAndFormats(world)) {
    for (const region of file.asked) {
      verdicts.push(await judgeAnswer(world, await ask(world, file, format, region), format, region))
    }
  }
  return verdicts
}

const byGet: Ask = ({ client }, { endpoint, id }, format, region) =>
  client.get(endpoint, id, toParameters(region, format))

const byPost: Ask = ({ client }, { endpoint, id }, format, { referenceName, start, end }) =>
  client.post(endpoint, id, {
    format,
    regions: [{ referenceName, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }],
  })

function regionCase(
  id: string,
  title: string,
  severity: 'must' | 'should',
  kind: 'GET' | 'POST',
  which: keyof Judged,
): HtsgetCase {
  const ask = kind === 'GET' ? byGet : byPost
  return {
    id,
    title,
    spec: SPEC,
    severity,
    async run(world) {
      const judged = await judgedAnswers(world, kind, ask)
      return firstFailure(
        judged.map((verdict) => verdict[which]),
        NOTHING,
      )
    },
  }
}

/** Two regions that overlap, one far from them, and the first again: what a client that pans sends. */
function chooseSeveral(asked: readonly AskedRegion[]): readonly AskedRegion[] {
  const placed = asked.filter(({ records, end }) => records && records.length > 0 && end !== undefined)
  const [first] = placed
  if (!first) return []
  const there = placed.filter(({ referenceName }) => referenceName === first.referenceName)
  return [...there, ...there.slice(0, 1)].reverse()
}

async function judgeSeveral(world: World, which: keyof Judged): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [file, format] of filesAndFormats(world)) {
    const regions = chooseSeveral(file.asked)
    if (regions.length < 2) continue
    const asked = regions.map(({ referenceName, start, end }) => ({ referenceName, start, end }))
    const exchange = await world.client.post(file.endpoint, file.id, { format, regions: asked })
    // The whole file tells their order.
    const union = new Set(regions.flatMap(({ records = [] }) => records.map(({ key }) => key)))
    const records = (file.records ?? []).filter(({ key }) => union.has(key))
    const expected: AskedRegion = { referenceName: '', records, count: records.length }
    verdicts.push((await judgeAnswer(world, exchange, format, expected))[which])
  }
  return firstFailure(verdicts, NOTHING)
}

async function judgeWhole(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [file, format] of filesAndFormats(world)) {
    const { records } = file
    if (!records) {
      verdicts.push(skip('the whole file could not be read'))
      continue
    }
    const byMethod = [
      await world.client.get(file.endpoint, file.id, [['format', format]]),
      await world.client.post(file.endpoint, file.id, { format }),
    ]
    for (const exchange of byMethod) {
      const expected: AskedRegion = { referenceName: '', records, count: records.length }
      const { complete, exact } = await judgeAnswer(world, exchange, format, expected)
      verdicts.push(complete, exact)
    }
  }
  return firstFailure(verdicts, 'no file')
}

/** Clients pan past the end of a contig, and a GET may ask for nothing. */
async function judgeEmpty(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const { endpoint, id, contigs, formats } of world.files) {
    const [referenceName] = contigs
    if (referenceName === undefined) continue
    for (const [start, end] of [
      [4_000_000_000, 4_000_000_001],
      [100, 100],
    ]) {
      const region = { referenceName, start: start!, end: end! }
      const exchange = await world.client.get(endpoint, id, toParameters(region, formats[0]))
      const nothing: AskedRegion = { referenceName, records: [], count: 0 }
      const { complete, exact } = await judgeAnswer(world, exchange, formats[0]!, nothing)
      verdicts.push(complete, exact)
    }
  }
  return firstFailure(verdicts, 'no contig is known')
}

async function judgeUnplaced(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [file, format] of filesAndFormats(world)) {
    if (file.endpoint !== 'reads' || !file.records) continue
    const records = file.records.filter(({ referenceName }) => referenceName === '*')
    const exchange = await world.client.get('reads', file.id, toParameters({ referenceName: '*' }, format))
    const expected: AskedRegion = { referenceName: '*', records, count: records.length }
    verdicts.push((await judgeAnswer(world, exchange, format, expected)).complete)
  }
  return firstFailure(verdicts, 'no file of reads could be read whole')
}

/** A ticket that says another format than was asked for fools clients that read by it. */
async function judgeFormats(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [{ endpoint, id }, format] of filesAndFormats(world)) {
    for (const spelled of [format, format.toLowerCase()]) {
      const { ticket, where } = await world.client.get(endpoint, id, [['format', spelled]])
      if (ticket?.format === format) verdicts.push(pass())
      else verdicts.push(fail(`format ${String(ticket?.format)}`, `format ${format}`, where))
      if (ticket?.format !== format) break
    }
  }
  return firstFailure(verdicts, 'no file')
}

export const REGION_CASES: readonly HtsgetCase[] = [
  regionCase('regions.get', 'a GET of a region loses no record', 'must', 'GET', 'complete'),
  regionCase('regions.post', 'a POST of a region loses no record', 'must', 'POST', 'complete'),
  regionCase('regions.get-exact', 'a GET of a region gives nothing beside', 'should', 'GET', 'exact'),
  regionCase('regions.post-exact', 'a POST of a region gives nothing beside', 'should', 'POST', 'exact'),
  {
    id: 'regions.several',
    title: 'several regions, overlapping and out of order, give each record once and in the order of the file',
    spec: 'htsget 1.3, "POST"',
    severity: 'must',
    run: (world) => judgeSeveral(world, 'complete'),
  },
  {
    id: 'regions.several-exact',
    title: 'several regions give nothing beside',
    spec: 'htsget 1.3, "POST"',
    severity: 'should',
    run: (world) => judgeSeveral(world, 'exact'),
  },
  {
    id: 'regions.whole',
    title: 'without a region everything comes, by GET and by POST',
    spec: SPEC,
    severity: 'must',
    run: judgeWhole,
  },
  {
    id: 'regions.empty',
    title: 'a region without bases or beyond the contig is a readable file without records',
    spec: SPEC,
    severity: 'should',
    run: judgeEmpty,
  },
  {
    id: 'regions.unplaced',
    title: 'referenceName=* gives the reads without a place',
    spec: SPEC,
    severity: 'must',
    run: judgeUnplaced,
  },
  {
    id: 'regions.formats',
    title: 'the ticket names the format that was asked for, however it was spelled',
    spec: 'htsget 1.3, "format"',
    severity: 'should',
    run: judgeFormats,
  },
]
