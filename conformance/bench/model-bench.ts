import { Agent } from 'node:http'
import { forEachConcurrently } from '../support/http-client.js'
import { mustRun, run, startService, type Service } from '../support/processes.js'
import { createRandom } from '../support/random.js'
import { median, type Bench, type Figure } from './bench.js'
import {
  datasetsOf,
  DESCENDANTS,
  prepareLargeHome,
  type ExactTruth,
  type LargeHome,
  type LargeTruth,
} from './large-home.js'
import { familyMegabytes } from './memory.js'
import {
  ask,
  bracketQuestion,
  carriersQuestion,
  exactQuestion,
  findError,
  isUnambiguous,
  missQuestion,
  notedQuestion,
  peopleQuestion,
  phenotypeQuestion,
  placedQuestion,
  rangeQuestion,
  type TrueQuestion,
} from './model-questions.js'

const ALLELES = 5_400_000
const PEOPLE = 10_000
const ROUNDS = 5
const ASKED_PER_ROUND = 20
const EXACT_PER_ROUND = 200
/** A program a question is slow, so fewer say enough. */
const BCFTOOLS_PER_ROUND = 10

const MIXED_CONNECTIONS = 64
const MIXED_QUESTIONS = 6_000
const WORKERS = 2
const SEED = 99

interface Kind {
  readonly name: string
  readonly target?: string
  readonly question: (index: number) => TrueQuestion
}

const pick = <T>(values: readonly T[], index: number): T => values[(index * 7_919) % values.length]!

function kindsOf(truth: LargeTruth): readonly Kind[] {
  const all = ['large', 'parted', 'small']
  return [
    {
      name: `an allele among people with a term that has ${DESCENDANTS} below it`,
      target: '< 5',
      question: (index) => phenotypeQuestion(pick(truth.exact, index)),
    },
    { name: 'people with the same term', target: '< 5', question: () => peopleQuestion(truth) },
    {
      name: 'gene of 20,000 alleles by the gene table',
      target: '< 20',
      question: () => placedQuestion(truth, ['large']),
    },
    { name: 'the same by annotation', target: '< 20', question: () => notedQuestion(truth, ['large']) },
    { name: 'by the gene table, DEL', target: '< 20', question: () => placedQuestion(truth, ['large'], 'DEL') },
    { name: 'by annotation, DEL', target: '< 20', question: () => notedQuestion(truth, ['large'], 'DEL') },
    { name: 'by annotation, SNP', target: '< 20', question: () => notedQuestion(truth, ['large'], 'SNP') },
    { name: 'by the gene table, three segments', target: '< 20', question: () => placedQuestion(truth, ['parted']) },
    { name: 'by annotation, three segments', target: '< 20', question: () => notedQuestion(truth, ['parted']) },
    { name: 'by the gene table, three datasets', target: '< 20', question: () => placedQuestion(truth, all) },
    { name: 'by annotation, three datasets', target: '< 20', question: () => notedQuestion(truth, all) },
    {
      name: 'bracket of deletions, 250 kb',
      target: '< 10',
      question: (index) => bracketQuestion(pick(truth.brackets, index)),
    },
    {
      name: 'bracket of deletions, 1 Mb',
      target: '< 10',
      question: (index) => bracketQuestion(pick(truth.wideBrackets, index)),
    },
  ]
}

function p50(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** The time of one question, ms; its answer must be true. */
async function time(agent: Agent, url: string, question: TrueQuestion): Promise<number> {
  const startedAt = performance.now()
  const answer = await ask(agent, url, question)
  const elapsed = performance.now() - startedAt
  const error = findError(question, answer)
  if (error !== undefined) throw new Error(`a wrong answer: ${error}`)
  return elapsed
}

async function measureTimes(
  { home, truth, slice, filteredNames }: LargeHome,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const kinds = kindsOf(truth)
  const rounds = new Map<string, number[]>()
  const put = (name: string, times: readonly number[]) => rounds.set(name, [...(rounds.get(name) ?? []), p50(times)])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const node = await startService('node/main.js', 'serve', home, '--port', '0')
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      log(`round ${round} of ${ROUNDS}`)
      const exact: [number[], number[]] = [[], []]
      for (let index = 0; index < EXACT_PER_ROUND; index++) {
        const at = index + round * EXACT_PER_ROUND
        exact[0].push(await time(agent, node.url, exactQuestion(pick(truth.exact, at))))
        exact[1].push(await time(agent, node.url, exactQuestion(pick(truth.dense, at), 'small')))
      }
      const times = new Map<string, number[]>()
      for (const { name, question } of kinds) {
        const found: number[] = []
        for (let index = 0; index < ASKED_PER_ROUND; index++) {
          found.push(await time(agent, node.url, question(index + round * ASKED_PER_ROUND)))
        }
        times.set(name, found)
      }
      const [one, among] = [[], []] as [number[], number[]]
      for (let index = 0; index < BCFTOOLS_PER_ROUND; index++) {
        const asked = pick(truth.dense, index + round * BCFTOOLS_PER_ROUND)
        one.push(await timeBcftools(slice, asked, undefined))
        among.push(await timeBcftools(slice, asked, filteredNames))
      }
      // The first round fills the caches.
      if (round === 0) continue
      put(EXACT, exact[0])
      put(EXACT_SMALL, exact[1])
      for (const [name, found] of times) put(name, found)
      put(BCFTOOLS, one)
      put(BCFTOOLS_AMONG, among)
    }
  } finally {
    agent.destroy()
    await node.stop()
  }
  const toFigure = (name: string, target?: string): Figure => ({
    name: `${name}: p50 over HTTP`,
    value: median(rounds.get(name)!),
    rounds: rounds.get(name)!,
    unit: 'ms',
    ...(target === undefined ? {} : { target }),
  })
  const ratios = rounds.get(EXACT)!.map((value, round) => value / rounds.get(EXACT_SMALL)![round]!)
  return [
    {
      name: 'exact p50 over HTTP, large over small',
      value: median(ratios),
      rounds: ratios,
      unit: 'ratio',
      target: '<= 1.2',
    },
    toFigure(EXACT),
    ...kinds.map(({ name, target }) => toFigure(name, target)),
    { ...toFigure(BCFTOOLS), name: BCFTOOLS },
    { ...toFigure(BCFTOOLS_AMONG), name: BCFTOOLS_AMONG },
  ]
}

const EXACT = 'one allele'
const EXACT_SMALL = 'one allele of the small dataset'
const BCFTOOLS = 'bcftools query of one allele of 100,000, a process each (INFO/AC and AN)'
const BCFTOOLS_AMONG = 'the same with the genotypes of the people with the term'

/** What the program prints must agree with the truth, so that both did the same work. */
async function timeBcftools(
  slice: string,
  { variant, all, filtered }: ExactTruth,
  people: string | undefined,
): Promise<number> {
  const isAnchored = variant.referenceBases === '' || variant.alternateBases === ''
  const position = isAnchored ? variant.start : variant.start + 1
  const [ref, alt] = [variant.referenceBases, variant.alternateBases].map((bases) => (isAnchored ? `A${bases}` : bases))
  const chosen = people === undefined ? ['-f', '%INFO/AC\n'] : ['-S', people, '-f', '[%GT\n]']
  const only = ['-r', `${variant.contig}:${position}-${position}`, '-i', `REF="${ref}" && ALT="${alt}"`]
  const startedAt = performance.now()
  const { code, stdout, stderr } = await run('bcftools', ['query', ...only, ...chosen, slice])
  const elapsed = performance.now() - startedAt
  const count = people === undefined ? Number(stdout) : stdout.split('1').length - 1
  const expected = (people === undefined ? all : filtered).alleleCount
  if (code !== 0 || count !== expected) throw new Error(`bcftools says ${count}, and should say ${expected}: ${stderr}`)
  return elapsed
}

/** Questions of every kind, in no order. */
function mixedQuestions(truth: LargeTruth): readonly TrueQuestion[] {
  const random = createRandom(SEED)
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const makers: readonly (() => TrueQuestion)[] = [
    () => exactQuestion(any(truth.exact)),
    () => exactQuestion(any(truth.exact)),
    () => missQuestion(any(truth.exact), truth.people),
    () => phenotypeQuestion(any(truth.exact)),
    () => phenotypeQuestion(any(truth.exact)),
    () => carriersQuestion(any(truth.exact)),
    () => peopleQuestion(truth),
    () => rangeQuestion(any(truth.ranges)),
    () => bracketQuestion(any([...truth.brackets, ...truth.wideBrackets])),
    () => any([notedQuestion, placedQuestion])(truth, [any(['large', 'parted'])], any([undefined, 'DEL'])),
  ]
  return Array.from({ length: MIXED_QUESTIONS }, () => any(makers)())
}

async function measureLoad({ home, truth }: LargeHome, log: (line: string) => void): Promise<readonly Figure[]> {
  const node: Service = await startService('node/main.js', 'serve', home, '--port', '0', '--workers', String(WORKERS))
  const agent = new Agent({ keepAlive: true, maxSockets: MIXED_CONNECTIONS })
  let [wrong, unavailable] = [0, 0]
  try {
    const before = familyMegabytes(node.pid)
    const startedAt = performance.now()
    await forEachConcurrently(mixedQuestions(truth), MIXED_CONNECTIONS, async (question) => {
      try {
        const error = findError(question, await ask(agent, node.url, question))
        if (error === undefined) return
        if (wrong++ < 5) log(`wrong: ${error}`)
      } catch (error) {
        if (unavailable++ < 5) log(`no answer: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
    const seconds = (performance.now() - startedAt) / 1_000
    const after = familyMegabytes(node.pid)
    const load = `${MIXED_QUESTIONS} mixed questions over ${MIXED_CONNECTIONS} connections, ${WORKERS} workers`
    return [
      { name: `wrong answers of ${load}`, value: wrong, unit: 'answers', target: '= 0' },
      { name: 'not answered', value: unavailable, unit: 'answers', target: '= 0' },
      { name: 'questions/s', value: MIXED_QUESTIONS / seconds, unit: 'req/s' },
      { name: 'memory of all processes before', value: before, unit: 'MB' },
      { name: 'memory of all processes after', value: after, unit: 'MB', target: '< 400' },
    ]
  } finally {
    agent.destroy()
    await node.stop()
  }
}

async function measureExact(home: string, alleles: number): Promise<readonly Figure[]> {
  const named = datasetsOf(alleles).map(({ id, alleles: size }) => `${id}=${size}`)
  const printed = await mustRun(
    'node/testing/measure-exact.js',
    home,
    ...named.filter((name) => !name.startsWith('parted')),
  )
  const { small, large } = JSON.parse(printed) as Record<'small' | 'large', readonly number[]>
  const ratios = large.map((value, round) => value / small[round]!)
  const ratio = { name: 'exact p50 in the store, large over small', value: median(ratios), rounds: ratios }
  return [
    { ...ratio, unit: 'ratio', target: '<= 1.2' },
    { name: 'exact p50 in the store, large', value: median(large), rounds: large, unit: 'us' },
  ]
}

export const modelBench: Bench = {
  name: 'model',
  about: 'phenotypes, genes and brackets among 5.4 million alleles of 10,000 people (--alleles N: of so many)',
  async run(directory, log, { alleles = ALLELES }) {
    const prepared = await prepareLargeHome(directory, { alleles, people: PEOPLE }, log)
    const [exact, dense] = [prepared.truth.exact, prepared.truth.dense].map((all) => all.filter(isUnambiguous))
    const large = { ...prepared, truth: { ...prepared.truth, exact: exact!, dense: dense! } }
    const inStore = await measureExact(large.home, alleles)
    const times = await measureTimes(large, log)
    return [...inStore, ...times, ...(await measureLoad(large, log))]
  },
}
