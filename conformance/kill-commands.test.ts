import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTestConfig } from './support/config.js'
import { toVcf } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { commandPath } from './support/paths.js'
import { mustRun, mustRunAll, startService, type Service } from './support/processes.js'

const MINUTE = 60_000
const { exhaustive } = readTestConfig()
/** Moments, evenly over the time of a command; FYR_EXHAUSTIVE asks for all of them. */
const KILLS = exhaustive ? 50 : 9
const TIMEOUT_MS = (exhaustive ? 10 : 2) * MINUTE
const SEGMENTS = 3
const RECORDS = 4_000

const directory = mkdtempSync(join(tmpdir(), 'fyr-kill-'))
const home = join(directory, 'node')
const saved = join(directory, 'saved')
const segments = join(home, 'datasets', 'd', 'segments')
const manifestPath = join(home, 'datasets', 'd', 'manifest.json')
let node: Service

interface Manifest {
  readonly published: boolean
  readonly segments: readonly { readonly file: string }[]
}

beforeAll(async () => {
  const options = ['--assembly', 'GRCh38', '--granularity', 'count', '--access', 'public', '--basis', 'made up']
  const ingests = Array.from({ length: SEGMENTS }, (_, segment) => {
    const samples = [`p${segment}`, 'shared']
    const lines = Array.from(
      { length: RECORDS },
      (_, row) => `1 ${(row + segment) * 5 + 1} . A C . PASS . GT 0/1 0/${row % 2}`,
    )
    const vcf = join(directory, `${segment}.vcf`)
    writeFileSync(vcf, toVcf({ samples, lines }))
    return ['ingest', home, '--dataset', 'd', vcf]
  })
  await mustRunAll('node/main.js', [
    ['init', home, '--id', 'se.fyr.kill', '--name', 'Region'],
    ['dataset', 'add', home, 'd', '--name', 'D', ...options],
    ...ingests,
  ])
  mkdirSync(saved)
  for (const file of readdirSync(segments)) linkSync(join(segments, file), join(saved, file))
  node = await startService('node/main.js', 'serve', home, '--port', '0')
}, MINUTE)

afterAll(async () => {
  await node.stop()
  rmSync(directory, { recursive: true, force: true })
})

function readManifest(): Manifest {
  return JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest
}

/** Puts the segments back that a compaction replaced, as from a backup. */
function restore(manifest: string): void {
  for (const file of readdirSync(saved)) {
    if (!existsSync(join(segments, file))) linkSync(join(saved, file), join(segments, file))
  }
  writeFileSync(`${manifestPath}.saved`, manifest)
  renameSync(`${manifestPath}.saved`, manifestPath)
}

const HIDDEN = 'the dataset was not asked'

function toText(counts: object | undefined): string {
  return counts ? JSON.stringify(counts) : HIDDEN
}

/** What the running node says of one allele and of a range: two questions, between which a publication may fall. */
type Answers = readonly string[]

async function ask(): Promise<Answers> {
  const allele = { start: [5], referenceBases: 'A', alternateBases: 'C' }
  const range = { start: [0], end: [30_000] }
  const answers: string[] = []
  for (const place of [allele, range]) {
    const g_variant = { assemblyId: 'GRCh38', referenceName: '1', ...place }
    const query = { requestParameters: { g_variant }, requestedGranularity: 'count' }
    const { body } = await postJson(`${node.url}/beacon/v2/g_variants`, { query })
    answers.push(toText((body as { info: { node?: { counts?: object } } }).info.node?.counts))
  }
  return answers
}

/** Asks on and on while something happens; gives the answers that are none of the allowed ones to their question. */
async function askDuring(happening: Promise<unknown>, ...allowed: readonly Answers[]): Promise<readonly string[]> {
  const wrong: string[] = []
  const done = happening.then(() => true)
  while (!(await Promise.race([done, new Promise<false>((resolve) => setTimeout(resolve, 5, false))]))) {
    const answers = await ask()
    wrong.push(...answers.filter((answer, question) => !allowed.some((right) => right[question] === answer)))
  }
  return wrong
}

/** Starts a command and kills it after some time; 'whole' when it ended by itself. */
async function runAndKill(afterMs: number, ...args: string[]): Promise<'whole' | 'killed'> {
  const child = spawn(process.execPath, [commandPath('node/main.js'), ...args], { stdio: 'ignore' })
  const exit = once(child, 'exit') as Promise<[number | null]>
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [code] = await exit
  clearTimeout(timer)
  return code === 0 ? 'whole' : 'killed'
}

async function timeOf(args: readonly string[], isDone: () => boolean): Promise<number> {
  const startedAt = performance.now()
  const run = mustRun('node/main.js', ...args)
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 2))
  const ms = performance.now() - startedAt
  await run
  return ms
}

/** Most moments of a command are its start; these lie around the moment that it publishes. */
function killMoments(publishedAfterMs: number): readonly number[] {
  return Array.from({ length: KILLS }, (_, kill) => publishedAfterMs * (0.4 + (0.75 * kill) / KILLS))
}

test(
  'a compaction killed at any moment changes no answer, and leaves the old segments or the new one',
  async () => {
    const before = readFileSync(manifestPath, 'utf8')
    const expected = await ask()
    expect(expected).toEqual([expect.stringMatching(/"individuals":3/), expect.stringMatching(/"individuals":4/)])
    const compact = ['dataset', 'compact', home, 'd']
    const publishedAfterMs = await timeOf(compact, () => readManifest().segments.length === 1)
    const outcomes = new Set<number>()
    for (const moment of killMoments(publishedAfterMs)) {
      restore(before)
      expect(await askDuring(runAndKill(moment, ...compact), expected)).toEqual([])
      const manifest = readManifest()
      outcomes.add(manifest.segments.length)
      expect([1, SEGMENTS]).toContain(manifest.segments.length)
      expect(manifest.segments.filter(({ file }) => !existsSync(join(segments, file)))).toEqual([])
      if (manifest.segments.length === SEGMENTS)
        expect(JSON.stringify(manifest)).toBe(JSON.stringify(JSON.parse(before)))
    }
    expect(outcomes.has(SEGMENTS)).toBe(true)
    restore(before)
    expect(await mustRun('node/main.js', ...compact)).toMatch(/^compacted d: 3 segments are 1 now/)
    expect(readdirSync(segments)).toEqual(readManifest().segments.map(({ file }) => file))
    expect(await ask()).toEqual(expected)
  },
  TIMEOUT_MS,
)

test(
  'a withdrawal or publication killed at any moment leaves the dataset asked as before or not at all',
  async () => {
    const { published: _, ...before } = readManifest()
    const shown = await ask()
    const publishedAfterMs = await timeOf(['dataset', 'withdraw', home, 'd'], () => !readManifest().published)
    // A running node follows within a second.
    let hidden = shown
    for (let attempt = 0; hidden.some((answer) => answer !== HIDDEN) && attempt < 100; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      hidden = await ask()
    }
    expect(hidden).toEqual([HIDDEN, HIDDEN])
    for (const moment of killMoments(publishedAfterMs)) {
      const command = readManifest().published ? 'withdraw' : 'publish'
      const killed = runAndKill(moment, 'dataset', command, home, 'd')
      expect(await askDuring(killed, shown, hidden)).toEqual([])
      const { published, updateDateTime, ...after } = readManifest() as Manifest & { updateDateTime: string }
      expect({ ...after, updateDateTime: typeof updateDateTime }).toEqual({ ...before, updateDateTime: 'string' })
      expect(typeof published).toBe('boolean')
    }
    await mustRun('node/main.js', 'dataset', 'publish', home, 'd')
    expect(readManifest().published).toBe(true)
  },
  TIMEOUT_MS,
)
