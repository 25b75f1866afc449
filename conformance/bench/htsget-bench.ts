import { openSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createClient, toParameters, toPath, type Client, type Region } from '../htsget/client.js'
import type { TicketUrl } from '../htsget/ticket.js'
import { createByteTransport } from '../suite/transport.js'
import { SHARED_DATA } from '../support/paths.js'
import { mustRun, run, startService, startServiceLoggingTo, type Service } from '../support/processes.js'
import { createRandom } from '../support/random.js'
import { median, type Bench, type Figure } from './bench.js'
import { SPREAD_CONTIG_BASES, SPREAD_CONTIGS, writeSpreadBam } from './htsget-data.js'
import { peakMegabytes } from './memory.js'
import { startNginx } from './nginx.js'
import { createWrk } from './wrk.js'

const REAL_BAM = join(SHARED_DATA, 'htsget/htsget-rs/bam/htsnexus_test_NA12878.bam')
/** Where that file has reads, 0-based. */
const REAL_READS = { referenceName: '11', start: 4_999_976, end: 5_050_000 }
const WINDOW_BASES = 1_000
const WINDOWS = 40

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_SECONDS = 5
const WARM_UP_SECONDS = 2
const DISTINCT_REGIONS = 5_000
const SEED = 31

const STREAMS = 64
const PATIENCE_MS = 60_000

/** A node whose files leave as they are, so that they can be compared with those on disk. */
async function makeNode(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  const home = join(directory, 'node')
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
  const rights = ['--granularity', 'record', '--access', 'public', '--basis', 'public or made-up data']
  const options = ['--name', 'D', '--assembly', 'GRCh37', '--identifiers', 'keep', ...rights]
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', ...options)
  for (const [id, path] of Object.entries(files)) {
    await mustRun('node/main.js', 'files', 'add', home, '--dataset', 'd', '--id', id, path)
  }
  return home
}

function createOwnClient(base: string): Client & { close(): void } {
  const transport = createByteTransport(PATIENCE_MS)
  return { ...createClient(transport, base), close: () => transport.close() }
}

/** Bytes of ticket and data for windows all over the reads, over what `samtools view -b` writes for the same. */
async function measureBytes(base: string): Promise<readonly Figure[]> {
  const client = createOwnClient(base)
  const ratios: number[] = []
  let [moved, needed] = [0, 0]
  try {
    const step = Math.floor((REAL_READS.end - REAL_READS.start) / WINDOWS)
    for (let index = 0; index < WINDOWS; index++) {
      const start = REAL_READS.start + index * step
      const region = { referenceName: REAL_READS.referenceName, start, end: start + WINDOW_BASES }
      const bytes = await bytesOf(client, region)
      const exact = await bytesOfSamtools(region)
      ratios.push(bytes / exact)
      moved += bytes
      needed += exact
    }
  } finally {
    client.close()
  }
  return [
    {
      name: 'bytes for 1 kb of NA12878 over samtools view -b',
      value: median(ratios),
      rounds: ratios,
      unit: 'ratio',
      target: '<= 1.3',
    },
    { name: 'the same, all windows together', value: moved / needed, unit: 'ratio' },
    { name: 'bytes for 1 kb, mean', value: moved / WINDOWS, unit: 'bytes' },
    { name: 'samtools view -b, mean', value: needed / WINDOWS, unit: 'bytes' },
  ]
}

async function bytesOf(client: Client, region: Region): Promise<number> {
  const { ticket, text, where, status } = await client.get('reads', 'real', toParameters(region))
  if (!ticket) throw new Error(`${where} answers ${status}`)
  let bytes = Buffer.byteLength(text)
  for (const url of ticket.urls) {
    if (!url.url.startsWith('data:')) bytes += (await client.fetchBlock(url)).bytes.length
  }
  return bytes
}

async function bytesOfSamtools({ referenceName, start = 0, end }: Region): Promise<number> {
  const place = `${referenceName}:${start + 1}-${end}`
  const { code, stdout } = await run('sh', ['-c', 'samtools view -b "$0" "$1" | wc -c', REAL_BAM, place])
  if (code !== 0) throw new Error('samtools failed')
  return Number(stdout)
}

/** Tickets of small regions of a file with a large index, against an Express application that answers a constant. */
async function measureTickets(
  directory: string,
  node: Service,
  started: (starting: Promise<Service>) => Promise<Service>,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const random = createRandom(SEED)
  const paths = Array.from({ length: DISTINCT_REGIONS }, () => {
    const referenceName = SPREAD_CONTIGS[Math.floor(random() * SPREAD_CONTIGS.length)]!
    const start = Math.floor(random() * (SPREAD_CONTIG_BASES - WINDOW_BASES))
    return `/htsget/v1${toPath('reads', 'spread', toParameters({ referenceName, start, end: start + WINDOW_BASES }))}`
  })
  const answer = join(directory, 'ticket.json')
  writeFileSync(answer, await (await fetch(`${node.url}${paths[0]!}`)).text())
  const floor = await started(startService('conformance/bench/floor-server.js', answer))
  const wrk = createWrk(directory, paths)
  const rates: Record<'floor' | 'node', number[]> = { floor: [], node: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [who, service] of Object.entries({ floor, node }) as ['floor' | 'node', Service][]) {
      const load = await wrk.load(service.url, CONNECTIONS, round === 0 ? WARM_UP_SECONDS : ROUND_SECONDS)
      if (round > 0) rates[who].push(load.requestsPerSecond)
      log(`tickets, round ${round} ${who}: ${load.requestsPerSecond.toFixed(0)} req/s, p99 ${load.p99Ms} ms`)
    }
  }
  const ratios = rates.node.map((rate, round) => rate / rates.floor[round]!)
  return [
    {
      name: "tickets/s as a part of the floor's",
      value: median(ratios),
      rounds: ratios,
      unit: 'ratio',
      target: '>= 0.5',
    },
    { name: 'tickets/s', value: median(rates.node), rounds: rates.node, unit: 'req/s' },
  ]
}

async function remoteUrl(base: string): Promise<TicketUrl> {
  const client = createOwnClient(base)
  try {
    const { ticket } = await client.get('reads', 'spread')
    const urls = ticket?.urls.filter(({ url }) => !url.startsWith('data:')) ?? []
    const url = urls.at(-1)
    if (!url) throw new Error('the ticket of the whole file has no URL')
    return url
  } finally {
    client.close()
  }
}

/** Bytes a second, as curl measures them. */
async function speedOf({ url, headers = {} }: TicketUrl): Promise<number> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const format = '%{http_code} %{size_download} %{speed_download}'
  const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', format, ...given, url])
  const [status, size, speed] = stdout.split(' ').map(Number)
  if ((status !== 200 && status !== 206) || !size) throw new Error(`${url} answers ${status}`)
  return speed!
}

async function measureThroughput(base: string, nginx: Service, file: string, log: (line: string) => void) {
  const ratios: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const theirs = await speedOf({ url: `${nginx.url}/${file}` })
    const ours = await speedOf(await remoteUrl(base))
    if (round > 0) ratios.push(ours / theirs)
    log(`whole file, round ${round}: ${(ours / 1e6).toFixed(0)} MB/s, nginx ${(theirs / 1e6).toFixed(0)} MB/s`)
  }
  return [
    {
      name: "whole file: throughput over nginx's",
      value: median(ratios),
      rounds: ratios,
      unit: 'ratio',
      target: '>= 0.7',
    },
  ]
}

async function measureMemory(base: string, node: Service): Promise<readonly Figure[]> {
  await Promise.all(Array.from({ length: STREAMS }, async () => speedOf(await remoteUrl(base))))
  return [
    {
      name: `peak memory while ${STREAMS} clients stream the whole file`,
      value: peakMegabytes(node.pid),
      unit: 'MB',
      target: '< 300',
    },
  ]
}

/** Bytes on the wire, tickets a second, throughput and memory of htsget. */
export const htsgetBench: Bench = {
  name: 'htsget',
  about: 'bytes moved against samtools, tickets against the bare framework, whole files against nginx',
  async run(directory, log) {
    const spread = await writeSpreadBam(directory)
    const megabytes = (path: string) => (statSync(path).size / 1e6).toFixed(1)
    log(`data: reads all over a genome, ${megabytes(spread)} MB, index ${megabytes(`${spread}.bai`)} MB`)
    const home = await makeNode(directory, { spread, real: REAL_BAM })
    const services: Service[] = []
    const started = async (starting: Promise<Service>) => {
      services.push(await starting)
      return services.at(-1)!
    }
    try {
      // Logs go to a file and metrics are on, as in service.
      const serving = startServiceLoggingTo(
        openSync(join(directory, 'node.log'), 'a'),
        ...(['node/main.js', 'serve', home, '--port', '0'] as const),
      )
      const node = await started(serving)
      const nginx = await started(startNginx(directory, dirname(spread)))
      const base = `${node.url}/htsget/v1`
      return [
        ...(await measureBytes(base)),
        ...(await measureTickets(directory, node, started, log)),
        ...(await measureThroughput(base, nginx, 'spread.bam', log)),
        ...(await measureMemory(base, node)),
      ]
    } finally {
      for (const service of services) await service.stop()
    }
  },
}
