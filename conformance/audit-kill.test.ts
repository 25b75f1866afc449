import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alleleQuestion } from './support/mixed-questions.js'
import { mustRun, runCommand } from './support/processes.js'
import { startWorkers, until, type WorkersService } from './support/workers.js'

const MINUTE = 60_000
const KILLS = 3
const CONNECTIONS = 16
/** Requests that a killed node must have answered, so that there is something to lose. */
const LEAST_ANSWERED = 150

const directory = mkdtempSync(join(tmpdir(), 'fyr-audit-kill-'))
const home = join(directory, 'node')
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
let service: WorkersService | undefined

beforeAll(async () => {
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.kill', '--name', 'Region')
  const options = ['--assembly', 'GRCh38', '--granularity', 'count', '--access', 'public', '--basis', 'made up']
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', ...options)
}, MINUTE)

afterAll(async () => {
  agent.destroy()
  await service?.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** Fulfilled once the whole answer came; rejected when the node went away. */
function ask(url: string, requestId: string): Promise<void> {
  const body = JSON.stringify(alleleQuestion('GRCh38', { chrom: '1', pos: 1_000, ref: 'A', alt: 'C' }))
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/beacon/v2/g_variants`, { method: 'POST', agent, headers }, (response) => {
      response.on('error', reject)
      response.on('end', () => (response.complete && response.statusCode === 200 ? resolve() : reject(new Error())))
      response.resume()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Asks until the node is gone. */
async function load(url: string, answered: Set<string>): Promise<void> {
  async function client(): Promise<void> {
    for (;;) {
      const requestId = randomUUID()
      try {
        await ask(url, requestId)
        answered.add(requestId)
      } catch {
        return
      }
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
}

function recordedIds(): ReadonlySet<string> {
  const audit = join(home, 'audit')
  const files = readdirSync(audit).filter((name) => /^worker-.*\.ndjson$/.test(name))
  const lines = files.flatMap((name) => readFileSync(join(audit, name), 'utf8').split('\n').slice(0, -1))
  return new Set(lines.map((line) => (JSON.parse(line) as { requestId: string }).requestId))
}

test(
  'a node that is killed under load has every answered request in its log, which is whole after the next start',
  async () => {
    const answered = new Set<string>()
    for (let round = 0; round < KILLS; round++) {
      service = await startWorkers(home, 2)
      const before = answered.size
      const loading = load(service.url, answered)
      await until(() => answered.size >= before + LEAST_ANSWERED)
      // All at once, and none of them may say goodbye.
      for (const pid of [...(await service.pids()), service.pid]) process.kill(pid, 'SIGKILL')
      await service.exit
      await loading
      const recorded = recordedIds()
      expect([...answered].filter((id) => !recorded.has(id))).toEqual([])
    }
    expect(answered.size).toBeGreaterThanOrEqual(KILLS * LEAST_ANSWERED)
    service = await startWorkers(home, 2)
    const { stdout, stderr } = await runCommand('node/main.js', 'audit', 'verify', home, '--json')
    expect(stderr).toBe('')
    await service.stop()
    service = undefined
    const after = await mustRun('node/main.js', 'audit', 'verify', home, '--json')
    const [during, stopped] = [stdout, after].map((text) => JSON.parse(text) as { entries: number; covered: number })
    expect(during!.entries).toBeGreaterThanOrEqual(answered.size)
    // The last checkpoint, at the end, covers all.
    expect(stopped!.covered).toBe(stopped!.entries)
  },
  MINUTE,
)
