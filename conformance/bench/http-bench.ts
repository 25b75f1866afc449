import { openSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { forEachConcurrently } from '../support/http-client.js'
import { alleleQuestion, askMixed, createMixedQuestions, type MixedQuestion } from '../support/mixed-questions.js'
import { mustRun, startService, startServiceLoggingTo, type Service } from '../support/processes.js'
import { createRandom } from '../support/random.js'
import { median, type Bench, type Figure } from './bench.js'
import { prepareHttpData, type HttpData } from './http-data.js'
import { createWrk, type Load } from './wrk.js'

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_SECONDS = 5
const WARM_UP_SECONDS = 2
/** Distinct bodies, so that no cache of answers could serve them. */
const MOST_BODIES = 10_000
const LEAST_BODIES = 2_000

const MIXED_CONNECTIONS = 64
const MIXED_QUERIES = 20_000
const DISTINCT_QUESTIONS = 4_000
const SEED = 4_711

/** A node with one public dataset; gives its directory. */
export async function makeBenchNode(directory: string, data: HttpData): Promise<string> {
  const home = join(directory, 'node')
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
  const rights = ['--granularity', 'count', '--access', 'public', '--basis', 'public or made-up data']
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', '--assembly', data.assembly, ...rights)
  await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', data.file)
  return home
}

/** Logs go to a file and metrics are on, as in service. */
export function startBenchNode(directory: string, home: string, workers: number): Promise<Service> {
  const log = openSync(join(directory, `node-${workers}.log`), 'a')
  return startServiceLoggingTo(log, 'node/main.js', 'serve', home, '--port', '0', '--workers', String(workers))
}

const SERVERS = ['floor', 'quickFloor', 'node', 'twoWorkers'] as const
type Loads = Record<(typeof SERVERS)[number], Load[]>

const NAMES: Readonly<Record<keyof Loads, string>> = {
  floor: 'floor',
  quickFloor: "floor with a node's messages",
  node: 'node',
  twoWorkers: 'node with 2 workers',
}

function toFigures(loads: Loads): readonly Figure[] {
  const ratios = (of: Load[], key: keyof Load, to = loads.floor) => of.map((load, round) => load[key] / to[round]![key])
  const perRound = (name: string, values: readonly number[], unit: string, target?: string): Figure => ({
    name,
    value: median(values),
    rounds: values,
    unit,
    ...(target === undefined ? {} : { target }),
  })
  const of = (key: keyof Load, name: string, unit: string) =>
    SERVERS.map((who) =>
      perRound(
        `${name}, ${NAMES[who]}`,
        loads[who].map((load) => load[key]),
        unit,
      ),
    )
  return [
    perRound("requests/s as a part of the floor's", ratios(loads.node, 'requestsPerSecond'), 'ratio', '>= 0.5'),
    perRound("p99 over the floor's", ratios(loads.node, 'p99Ms'), 'ratio', '< 2'),
    perRound(
      "requests/s of 2 workers as a part of the floor's",
      ratios(loads.twoWorkers, 'requestsPerSecond'),
      'ratio',
    ),
    perRound(
      "requests/s as a part of a floor's with a node's messages",
      ratios(loads.node, 'requestsPerSecond', loads.quickFloor),
      'ratio',
    ),
    ...of('requestsPerSecond', 'requests/s', 'req/s'),
    ...of('p99Ms', 'p99', 'ms'),
  ]
}

/** Answers under load are compared, byte by byte, with those given to the same questions alone. */
async function countWrong(url: string, questions: readonly MixedQuestion[], alone: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: MIXED_CONNECTIONS })
  const order = createRandom(SEED + 1)
  const asked = Array.from({ length: MIXED_QUERIES }, () => Math.floor(order() * questions.length))
  let wrong = 0
  await forEachConcurrently(asked, MIXED_CONNECTIONS, async (index) => {
    if ((await askMixed(agent, url, questions[index]!)) !== alone[index]) wrong += 1
  })
  agent.destroy()
  return wrong
}

async function askAlone(url: string, questions: readonly MixedQuestion[]): Promise<readonly string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: string[] = []
  for (const question of questions) answers.push(await askMixed(agent, url, question))
  agent.destroy()
  return answers
}

/** A node against the least that an Express application costs, and its answers under load against those given alone. */
export const httpBench: Bench = {
  name: 'http',
  about: 'exact allele queries over HTTP against the bare framework; answers under load',
  async run(directory, log) {
    const data = prepareHttpData(directory)
    log(`data: ${data.about}`)
    const bodies = data.alleles.slice(0, MOST_BODIES).map((allele) => alleleQuestion(data.assembly, allele))
    if (bodies.length < LEAST_BODIES) throw new Error(`only ${bodies.length} alleles to ask about`)
    const home = await makeBenchNode(directory, data)
    const services: Service[] = []
    const started = async (starting: Promise<Service>) => {
      services.push(await starting)
      return services.at(-1)!
    }
    try {
      const node = await started(startBenchNode(directory, home, 1))
      const twoWorkers = await started(startBenchNode(directory, home, 2))
      const agent = new Agent()
      const answer = join(directory, 'answer.json')
      // Past the status code: the constant is an answer of the node.
      const typical = await askMixed(agent, node.url, { body: bodies[0]! })
      writeFileSync(answer, typical.slice(typical.indexOf('{')))
      const floor = await started(startService('conformance/bench/floor-server.js', answer))
      const quickFloor = await started(startService('conformance/bench/floor-server.js', answer, 'messages'))
      const servers = { floor, quickFloor, node, twoWorkers }
      const loads: Loads = { floor: [], quickFloor: [], node: [], twoWorkers: [] }
      const wrk = createWrk(directory, bodies)
      for (let round = 0; round <= ROUNDS; round++) {
        for (const who of SERVERS) {
          const seconds = round === 0 ? WARM_UP_SECONDS : ROUND_SECONDS
          const load = await wrk.load(`${servers[who].url}/beacon/v2/g_variants`, CONNECTIONS, seconds)
          if (round > 0) loads[who].push(load)
          log(`round ${round} ${who}: ${load.requestsPerSecond.toFixed(0)} req/s, p99 ${load.p99Ms} ms`)
        }
      }
      const questions = createMixedQuestions(data.assembly, data.alleles, DISTINCT_QUESTIONS, createRandom(SEED))
      const alone = await askAlone(node.url, questions)
      const wrong: Figure[] = []
      for (const [name, { url }] of [
        ['1 worker', node],
        ['2 workers', twoWorkers],
      ] as const) {
        const value = await countWrong(url, questions, alone)
        wrong.push({
          name: `wrong answers of ${MIXED_QUERIES} mixed, 64 connections, ${name}`,
          value,
          unit: 'answers',
          target: '= 0',
        })
      }
      return [...toFigures(loads), ...wrong]
    } finally {
      for (const service of services) await service.stop()
    }
  },
}
