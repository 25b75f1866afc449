import { afterEach, describe, expect, test } from '@jest/globals'
import type { NetworkInfo, RegionAnswer } from '../../schemas/index.js'
import { createHub } from '../create-hub.js'
import {
  hang,
  html,
  hubConfig,
  json,
  nodeAnswer,
  SOME_COUNTS,
  startRegion,
  stoppedRegion,
  type FakeRegion,
} from '../testing/fake-region.js'
import { runClientCli } from './cli.js'
import { toExitCode } from './exit-code.js'
import { renderAnswer } from './render-answer.js'

const toClose: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close()
})

type State = 'hit' | 'miss' | 'stopped' | 'hanging' | 'html' | 'other-assembly' | 'refused' | 'more-data' | 'yes' | 'no'

const BEHAVIOURS: Readonly<Record<State, (id: string) => Promise<FakeRegion>>> = {
  hit: (id) => startRegion(id, json(nodeAnswer(id, { counts: SOME_COUNTS }))),
  miss: (id) => startRegion(id, json(nodeAnswer(id))),
  stopped: stoppedRegion,
  hanging: (id) => startRegion(id, hang),
  html: (id) => startRegion(id, html),
  'other-assembly': (id) =>
    startRegion(id, json(nodeAnswer(id, { node: { datasetsAsked: 0, datasetsNotAsked: { access: 0, assembly: 1 } } }))),
  refused: (id) =>
    startRegion(id, json(nodeAnswer(id, { node: { datasetsAsked: 0, datasetsNotAsked: { access: 1, assembly: 0 } } }))),
  'more-data': (id) =>
    startRegion(id, json(nodeAnswer(id, { node: { datasetsNotAsked: { access: 1, assembly: 0 } } }))),
  yes: (id) => startRegion(id, json(nodeAnswer(id, { granularity: 'boolean', exists: true }))),
  no: (id) => startRegion(id, json(nodeAnswer(id, { granularity: 'boolean', exists: false }))),
}

async function hubOf(states: readonly State[]): Promise<string> {
  const regions = await Promise.all(states.map((state, index) => BEHAVIOURS[state](`se.fyr.r${index}`)))
  for (const region of regions) toClose.push(() => region.close())
  const hub = await createHub(
    hubConfig(
      regions.map(({ config }) => config),
      { deadlineMs: states.includes('hanging') ? 300 : 60_000 },
    ),
  )
  const { url } = await hub.listen()
  toClose.push(() => hub.close())
  return url
}

async function run(args: readonly string[], environment = {}) {
  let out = ''
  let err = ''
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
  const exitCode = await runClientCli(args, io, environment)
  return { exitCode, out, err }
}

describe('exit code of fyr variant', () => {
  test.each([
    [['hit', 'miss'], 0],
    [['hit', 'stopped', 'hanging', 'html'], 0],
    [['yes', 'hanging'], 0],
    [['miss', 'miss'], 3],
    [['miss', 'no'], 3],
    [['miss', 'stopped'], 4],
    [['miss', 'hanging'], 4],
    [['miss', 'html'], 4],
    [['miss', 'stopped', 'hanging', 'html'], 4],
    [['miss', 'other-assembly'], 4],
    [['miss', 'refused'], 4],
    [['more-data'], 4],
    [['stopped', 'hanging', 'html'], 1],
    [['other-assembly'], 1],
    [['refused', 'stopped'], 1],
    [[], 1],
  ] as const)('%j: %i', async (states, exitCode) => {
    const hub = await hubOf(states)
    expect(await run(['variant', '17-43045712-T-C', '--hub', hub])).toMatchObject({ exitCode, err: '' })
    expect(await run(['variant', '17-43045712-T-C', '--hub', hub, '--json'])).toMatchObject({ exitCode, err: '' })
  })

  test('a miss that leaves room for somebody is not "nobody"', () => {
    const info: NetworkInfo = {
      regionsAsked: 1,
      regionsAnswered: 1,
      complete: true,
      regions: [],
      total: { exists: false, bounds: { individuals: { lower: 0, upper: 4 } } },
      note: 'x',
    }
    expect(toExitCode(info)).toBe(4)
  })
})

describe('fyr variant', () => {
  test('prints a table, the total with bounds, the frequency and the assembly', async () => {
    const { out } = await run(['variant', '17-43045712-T-C', '--hub', await hubOf(['hit', 'miss'])])
    expect(out).toContain('17-43045712-T-C on GRCh38\n')
    expect(out).toMatch(/^r0 +answered +4 +5\/200 +\d+ ms$/m)
    expect(out).toMatch(/^r1 +answered +0 +0\/200 +\d+ ms$/m)
    expect(out).toContain('total: people 4 (at least 4, at most 4)\n')
    expect(out).toContain('allele frequency 0.01250 (5 of 400 alleles, number assumed)\n')
    expect(out).toContain('assembly GRCh38; 2 of 2 regions answered; complete\n')
  })

  test('finds the hub in FYR_HUB or by FYR_PORT', async () => {
    const hub = await hubOf(['hit'])
    expect((await run(['variant', '17-43045712-T-C'], { FYR_HUB: hub })).exitCode).toBe(0)
    expect((await run(['variant', '17-43045712-T-C'], { FYR_PORT: new URL(hub).port })).exitCode).toBe(0)
  })

  test('a hub that is not there, or is none, is exit 1 with one sentence', async () => {
    const gone = await stoppedRegion('se.fyr.gone')
    const other = await startRegion('se.fyr.other', html)
    toClose.push(() => other.close())
    for (const { config } of [gone, other]) {
      const { exitCode, out, err } = await run(['variant', '17-43045712-T-C', '--hub', new URL(config.url).origin])
      expect(exitCode).toBe(1)
      expect(out).toBe('')
      expect(err).toMatch(/^fyr: [^\n]+\n$/)
    }
  })

  test.each([
    [['variant', 'BRCA1'], /cannot read "BRCA1"/],
    [['variant', '17-999999999-T-C'], /positions on 17/],
    [['variant', 'NC_000017.10-43045712-T-C'], /belongs to GRCh37/],
    [['variant', '17-43045712-T-C', '--assembly', 'T2T'], /known assemblies/],
    [['variant', '17-43045712-T-C', '--hub', 'nonsense'], /http or https/],
    [['variant'], /missing required argument/],
    [['variant', '17-43045712-T-C', '--unknown'], /unknown option/],
    [['sing'], /unknown command/],
    [[], /Usage/],
  ])('%j is wrong usage', async (args, message) => {
    const { exitCode, err } = await run(args)
    expect(exitCode).toBe(2)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/^\s+at /m)
  })

  test('help and version are no failure', async () => {
    expect(await run(['variant', '--help'])).toMatchObject({ exitCode: 0, err: '' })
    expect((await run(['--version'])).exitCode).toBe(0)
  })
})

function answer(region: Partial<RegionAnswer> & Pick<RegionAnswer, 'name'>): RegionAnswer {
  return { beaconId: `se.fyr.${region.name}`, status: 'answered', elapsedMs: 12, ...region }
}

describe('the table', () => {
  const INFO: NetworkInfo = {
    assemblyId: 'GRCh37',
    regionsAsked: 3,
    regionsAnswered: 2,
    complete: false,
    regions: [
      answer({ name: 'Syd', status: 'timed-out', elapsedMs: 3000, reason: 'did not answer in time' }),
      answer({ name: 'Norr', exists: true, counts: SOME_COUNTS }),
      answer({ name: 'Mitt', exists: true }),
    ],
    total: {
      exists: true,
      counts: SOME_COUNTS,
      alleleFrequency: 0.025,
      bounds: { individuals: { lower: 5, upper: null } },
    },
    note: 'Sum over regions.',
  }
  const OPTIONS = { question: '17-43045712-T-C', assemblyId: 'GRCh37', isRange: false, ansi: false } as const

  test('has one aligned line a region, by name', () => {
    expect(renderAnswer(INFO, OPTIONS)).toBe(`17-43045712-T-C on GRCh37

region  status     people  alleles     time
Mitt    answered      yes        –    12 ms
Norr    answered        4    5/200    12 ms
Syd     timed-out       –        –  3000 ms  did not answer in time

Somebody has it.
total: people 4 (at least 5, upper bound unknown)
allele frequency 0.02500 (5 of 200 alleles, number assumed)
assembly GRCh37; 2 of 3 regions answered; not complete
Sum over regions.
`)
  })

  test('shows variants for a range, and no frequency', () => {
    const counts = { variants: 9, individuals: 4, families: 3 }
    const info = {
      ...INFO,
      regions: [answer({ name: 'Norr', exists: true, counts })],
      total: { ...INFO.total, counts },
    }
    const text = renderAnswer(info, { ...OPTIONS, isRange: true })
    expect(text).toContain('region  status    people  variants   time\nNorr    answered       4         9  12 ms\n')
    expect(text).toContain('total: people 4 (at least 5, upper bound unknown), variants 9\n')
    expect(text).not.toContain('frequency')
  })

  test('lets no name of the network command the terminal', () => {
    const info = { ...INFO, note: 'a\u001b[2Jb', regions: [answer({ name: 'No\u001b[31mrr\r', exists: false })] }
    const text = renderAnswer(info, OPTIONS)
    for (const command of ['\u001b', '\r']) expect(text).not.toContain(command)
  })

  test('is bold only on a terminal', () => {
    expect(renderAnswer(INFO, { ...OPTIONS, ansi: true })).toContain('\u001b[1mregion')
  })
})
