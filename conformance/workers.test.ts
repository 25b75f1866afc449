import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { readTestConfig } from './support/config.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { forEachConcurrently } from './support/http-client.js'
import { alleleQuestion, askMixed, createMixedQuestions, type SiteAllele } from './support/mixed-questions.js'
import { mustRun, runCommand } from './support/processes.js'
import { createRandom } from './support/random.js'
import { isAlive, startWorkers, until, type WorkersService } from './support/workers.js'

const MINUTE = 60_000
const CONNECTIONS = 64
/** Every one of 300 questions three times; FYR_EXHAUSTIVE asks each ten times. */
const UNDER_LOAD = readTestConfig().exhaustive ? 3_000 : 900
const PEOPLE = 8
const SITES = 60

const random = createRandom(42)
const samples = Array.from({ length: PEOPLE }, (_, person) => `p${person}`)
const sites = Array.from({ length: SITES }, (_, index) => ({
  allele: { chrom: '1', pos: 1_000 + 37 * index, ref: 'A', alt: 'C' } satisfies SiteAllele,
  // Carriers of the site: somebody always.
  calls: samples.map((_, person) =>
    person === index % PEOPLE || random() < 0.3 ? (random() < 0.5 ? '0/1' : '1/1') : '0/0',
  ),
}))
const vcf = {
  samples,
  lines: sites.map(({ allele, calls }) => `1 ${allele.pos} . A C . PASS . GT ${calls.join(' ')}`),
}
const alleles = sites.map(({ allele }) => allele)
const expected = sites.map(({ calls }) => {
  const heterozygotes = calls.filter((call) => call === '0/1').length
  const homozygotes = calls.filter((call) => call === '1/1').length
  const individuals = heterozygotes + homozygotes
  const people = { individuals, families: individuals, heterozygotes, homozygotes, hemizygotes: 0 }
  return { ...people, alleleCount: heterozygotes + 2 * homozygotes, alleleNumber: 2 * PEOPLE, anBasis: 'called' }
})

const network = createFixtureNetwork()
const home = join(network.directory, 'norr')
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
const started: WorkersService[] = []
let workers: WorkersService

async function serve(directory: string, size: number, port = 0): Promise<WorkersService> {
  const service = await startWorkers(directory, size, port)
  started.push(service)
  return service
}

beforeAll(async () => {
  await network.makeNode('norr', [{ id: 'd', vcf }])
  workers = await serve(home, 2)
}, MINUTE)
afterAll(async () => {
  agent.destroy()
  for (const service of started) await service.stop()
  await network.stop()
})

async function askAllele(url: string, index: number): Promise<object> {
  const text = await askMixed(agent, url, { body: alleleQuestion('GRCh38', alleles[index]!) })
  const answer = JSON.parse(text.slice('200 '.length)) as { info: { node: { counts: object } } }
  return answer.info.node.counts
}

function auditLines(): readonly { requestId: string }[] {
  const files = readdirSync(join(home, 'audit')).filter((file) => /^worker-.*\.ndjson$/.test(file))
  return files
    .flatMap((file) => readFileSync(join(home, 'audit', file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { requestId: string })
}

describe('a node with two workers', () => {
  test(
    'answers every mixed question under load as it does alone, and alleles as the file says',
    async () => {
      for (const index of alleles.keys()) expect(await askAllele(workers.url, index)).toEqual(expected[index])
      const questions = createMixedQuestions('GRCh38', alleles, 300, createRandom(7))
      const alone: string[] = []
      for (const question of questions) alone.push(await askMixed(agent, workers.url, question))
      expect(new Set(alone.map((answer) => answer.slice(0, 3)))).toEqual(new Set(['200', '400']))
      const asked = Array.from({ length: UNDER_LOAD }, (_, index) => (index * 7) % questions.length)
      const wrong: string[] = []
      await forEachConcurrently(asked, CONNECTIONS, async (index) => {
        const answer = await askMixed(agent, workers.url, questions[index]!)
        if (answer !== alone[index]) wrong.push(`${JSON.stringify(questions[index])}: ${answer}`)
      })
      expect(wrong).toEqual([])
    },
    MINUTE,
  )

  test(
    'its metrics add up to the requests sent, and every request has its record in one of the audit files',
    async () => {
      const before = await workers.countRequests()
      const audited = auditLines().length
      const asked = Array.from({ length: 400 }, (_, index) => index % alleles.length)
      await forEachConcurrently(asked, CONNECTIONS, async (index) => void (await askAllele(workers.url, index)))
      expect((await workers.countRequests()) - before).toBe(400)
      const lines = auditLines()
      expect(lines).toHaveLength(audited + 400)
      expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(lines.length)
      const files = readdirSync(join(home, 'audit')).filter((file) => file.endsWith('.ndjson'))
      expect(files.sort()).toEqual(['cli.ndjson', 'worker-1.ndjson', 'worker-2.ndjson'])
    },
    MINUTE,
  )

  test(
    'the figures of each process stand by themselves',
    async () => {
      const metrics = await workers.metrics()
      for (const worker of ['1', '2', 'primary']) {
        expect(metrics).toMatch(new RegExp(`^process_resident_memory_bytes\\{worker="${worker}"\\} \\d+$`, 'm'))
        expect(metrics).toMatch(new RegExp(`^process_start_time_seconds\\{worker="${worker}"\\} \\d+$`, 'm'))
      }
      expect(metrics).toMatch(/^fyr_workers_listening 2$/m)
    },
    MINUTE,
  )

  test(
    'a worker that is killed is replaced, the others answer meanwhile, and what it counted is not forgotten',
    async () => {
      const [killed, other] = await workers.pids()
      const before = await workers.countRequests()
      process.kill(killed!, 'SIGKILL')
      // New connections: those to the killed worker are gone with it.
      for (let index = 0; index < 20; index++) {
        const fresh = new Agent()
        const body = alleleQuestion('GRCh38', alleles[index]!)
        expect(await askMixed(fresh, workers.url, { body })).toMatch(/^200 /)
      }
      await until(async () => (await workers.metrics()).includes('fyr_workers_listening 2\n'))
      const now = await workers.pids()
      expect(now).toHaveLength(2)
      expect(now).toContain(other)
      expect(now).not.toContain(killed)
      expect(await workers.ready()).toBe(200)
      expect((await workers.countRequests()) - before).toBe(20)
      expect(await workers.metrics()).toMatch(/^fyr_worker_replacements_total 1$/m)
      const files = readdirSync(join(home, 'audit')).filter((file) => file.endsWith('.ndjson'))
      expect(files.sort()).toEqual(['cli.ndjson', 'worker-1.ndjson', 'worker-2.ndjson'])
    },
    MINUTE,
  )

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends all of it with exit code 0',
    async (signal) => {
      const service = await serve(home, 2)
      const pids = await service.pids()
      expect(pids).toHaveLength(2)
      await askAllele(service.url, 0)
      process.kill(service.pid, signal)
      expect(await service.exit).toEqual({ code: 0, signal: null })
      expect(pids.filter(isAlive)).toEqual([])
    },
    MINUTE,
  )

  test(
    'a second signal leaves no worker behind',
    async () => {
      const service = await serve(home, 2)
      const pids = await service.pids()
      process.kill(service.pid, 'SIGTERM')
      process.kill(service.pid, 'SIGINT')
      await service.exit
      await until(() => pids.every((pid) => !isAlive(pid)))
    },
    MINUTE,
  )

  test(
    'workers end by themselves when the primary is killed',
    async () => {
      const service = await serve(home, 2)
      const pids = await service.pids()
      process.kill(service.pid, 'SIGKILL')
      await until(() => pids.every((pid) => !isAlive(pid)))
      await service.exit
    },
    MINUTE,
  )

  test(
    'a restart goes on with the same audit files',
    async () => {
      const files = () => readdirSync(join(home, 'audit')).filter((file) => file.endsWith('.ndjson'))
      const [before, filesBefore] = [auditLines().length, files()]
      const service = await serve(home, 2)
      await askAllele(service.url, 0)
      await service.stop()
      expect(auditLines()).toHaveLength(before + 1)
      expect(files()).toEqual(filesBefore)
      expect(filesBefore).toEqual(expect.arrayContaining(['cli.ndjson', 'worker-1.ndjson', 'worker-2.ndjson']))
    },
    MINUTE,
  )
})

async function takePort(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function findFreePort(): Promise<number> {
  const { server, port } = await takePort()
  server.close()
  return port
}

describe('a node that cannot serve', () => {
  test(
    'a used port is one sentence',
    async () => {
      const { server, port } = await takePort()
      const args = ['serve', home, '--workers', '2', '--port', String(port), '--admin-port', '0']
      const { code, stdout, stderr } = await runCommand('node/main.js', ...args)
      server.close()
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^fyr-node: .*EADDRINUSE.*\n$/)
    },
    MINUTE,
  )

  test(
    'a dataset that cannot be read is one sentence',
    async () => {
      await network.makeNode('broken', [{ id: 'd' }])
      const manifest = join(network.directory, 'broken', 'datasets', 'd', 'manifest.json')
      writeFileSync(manifest, '{')
      const { code, stderr } = await runCommand(
        'node/main.js',
        'serve',
        join(network.directory, 'broken'),
        '--port',
        '0',
        '--workers',
        '2',
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(/^fyr-node: the datasets of .* cannot be read: .*\n$/)
    },
    MINUTE,
  )

  test(
    'one that can no longer be read while workers are replaced is given up when none is left',
    async () => {
      await network.makeNode('later', [{ id: 'd' }])
      const later = join(network.directory, 'later')
      const service = await serve(later, 2, await findFreePort())
      writeFileSync(join(later, 'datasets', 'd', 'manifest.json'), '{')
      for (const pid of await service.pids()) process.kill(pid, 'SIGKILL')
      expect(await service.exit).toEqual({ code: 1, signal: null })
      expect(service.stderr()).toMatch(/^fyr-node: no worker can be started: the datasets of .* cannot be read: .*\n$/m)
    },
    MINUTE,
  )

  test.each(['0', '1.5', '9999'])(
    '--workers %s is wrong usage',
    async (workers) => {
      const { code, stderr } = await runCommand('node/main.js', 'serve', home, `--workers=${workers}`)
      expect(code).toBe(2)
      expect(stderr).toMatch(/from 1 to 256/)
    },
    MINUTE,
  )
})

test(
  'the default is one process with one audit file',
  async () => {
    const home = await network.makeNode('alone', [{ id: 'd' }])
    const service = await serve(home, 1)
    expect(await service.pids()).toEqual([])
    await mustRun('node/main.js', 'dataset', 'list', home)
    await askAllele(service.url, 0)
    await service.stop()
    expect(readdirSync(join(home, 'audit')).filter((file) => file.endsWith('.ndjson'))).toEqual([
      'audit.ndjson',
      'cli.ndjson',
    ])
  },
  MINUTE,
)
