import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTestConfig } from './support/config.js'
import { toVcf } from './support/fixture-network.js'
import { commandPath } from './support/paths.js'
import { mustRun, startService } from './support/processes.js'
import { postJson } from './support/http-client.js'

const MINUTE = 60_000
const { exhaustive } = readTestConfig()
/** Moments, evenly over the time of an ingest: each takes an ingest and a start, and FYR_EXHAUSTIVE asks for all of them. */
const KILLS = exhaustive ? 50 : 8
const RECORDS = 40_000

const directory = mkdtempSync(join(tmpdir(), 'fyr-kill-'))
const home = join(directory, 'node')
const manifest = join(home, 'datasets', 'd', 'manifest.json')
const big = join(directory, 'big.vcf')

beforeAll(async () => {
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.kill', '--name', 'Region')
  const options = ['--assembly', 'GRCh38', '--granularity', 'count', '--access', 'public', '--basis', 'made up']
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', ...options)
  const samples = Array.from({ length: 30 }, (_, person) => `p${person}`)
  const genotypes = samples.map((_, person) => (person % 7 === 0 ? '0/1' : '0/0')).join(' ')
  const lines = Array.from({ length: RECORDS }, (_, row) => `1 ${row + 1} . A C . PASS . GT ${genotypes}`)
  writeFileSync(big, toVcf({ samples, lines }))
  const small = join(directory, 'small.vcf')
  writeFileSync(small, toVcf({ samples: ['first'], lines: ['1 5 . A C . PASS . GT 0/1'] }))
  await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', small)
}, MINUTE)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Starts an ingest; returns whether it ended by itself before it was killed. */
async function ingestAndKill(afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [commandPath('node/main.js'), 'ingest', home, '--dataset', 'd', big], {
    stdio: 'ignore',
  })
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [code] = await exit
  clearTimeout(timer)
  return code === 0
}

async function countOf(): Promise<object> {
  const service = await startService('node/main.js', 'serve', home, '--port', '0')
  const g_variant = { assemblyId: 'GRCh38', referenceName: '1', start: [4], referenceBases: 'A', alternateBases: 'C' }
  const query = { requestParameters: { g_variant }, requestedGranularity: 'count' }
  const { body } = await postJson(`${service.url}/beacon/v2/g_variants`, { query })
  await service.stop()
  return (body as { info: { node: { counts: object } } }).info.node.counts
}

test(
  'an ingest killed at any moment leaves the dataset as it was, or whole',
  async () => {
    const before = readFileSync(manifest, 'utf8')
    const old = await countOf()
    expect(old).toMatchObject({ individuals: 1, alleleNumber: 2 })
    const startedAt = performance.now()
    expect(await ingestAndKill(10 * MINUTE)).toBe(true)
    const wholeMs = performance.now() - startedAt
    const united = await countOf()
    expect(united).toMatchObject({ individuals: 6, alleleNumber: 62 })
    writeFileSync(manifest, before)
    for (let kill = 0; kill < KILLS; kill++) {
      const finished = await ingestAndKill((wholeMs * (kill + 0.5)) / KILLS)
      const isOld = readFileSync(manifest, 'utf8') === before
      // Killed after the rename, before the exit code: the new manifest is whole all the same.
      if (finished) expect(isOld).toBe(false)
      expect(await countOf()).toEqual(isOld ? old : united)
      if (!isOld) writeFileSync(manifest, before)
    }
    // The next ingest clears away what the killed ones left.
    expect(await ingestAndKill(10 * MINUTE)).toBe(true)
    expect(await countOf()).toEqual(united)
    const segments = readdirSync(join(home, 'datasets', 'd', 'segments'))
    const published = (JSON.parse(readFileSync(manifest, 'utf8')) as { segments: { file: string }[] }).segments
    expect(segments.sort()).toEqual(published.map(({ file }) => file).sort())
    expect(existsSync(`${manifest}.tmp`)).toBe(false)
  },
  (exhaustive ? 15 : 3) * MINUTE,
)
