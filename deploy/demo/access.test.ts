import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { toIdentityAddresses } from './identity-provider.js'
import { identityUrl } from './access.js'
import { REGIONS, type DemoRegion } from './regions.js'
import { runFyr } from './testing/run-fyr.js'
import { findDemoPort, logInAs, startDemo, type StartedDemo } from './testing/start-demo.js'

const MINUTE = 60_000
const CODE = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const PROJECT = 'urn:ngp:project:2026-001'
const TAG = 'Gemensamt.Hematologi'
/** In nobody of the public data. */
const ALLELE = { text: '17-50000001-A-C', pos: 50_000_001 }
const READ_LENGTH = 10
const READS = 5

const directory = mkdtempSync(join(tmpdir(), 'fyr-access-'))
const run = promisify(execFile)
let demo: StartedDemo
let port: number

const nodeOf = ({ key }: DemoRegion) => join(directory, 'data', key)
const portOf = (region: DemoRegion) => port + 1 + REGIONS.indexOf(region)
const environmentOf = (person: string) => ({ HOME: join(directory, person), FYR_PORT: String(port) })

/** Runs commands of a node, one after another. */
async function node(...commands: readonly (readonly string[])[]): Promise<void> {
  const running = run(process.execPath, [join(CODE, 'deploy', 'run-commands.js'), join(CODE, 'node', 'main.js')])
  running.child.stdin!.end(JSON.stringify(commands))
  await running
}

function writeVcf(path: string, people: readonly string[], calls: readonly string[]): void {
  const columns = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...people]
  const line = ['17', String(ALLELE.pos), '.', 'A', 'C', '.', 'PASS', '.', 'GT', ...calls]
  writeFileSync(path, ['##fileformat=VCFv4.3', columns.join('\t'), line.join('\t'), ''].join('\n'))
}

async function writeBam(path: string, person: string): Promise<void> {
  const reads = Array.from({ length: READS }, (_, index) =>
    [
      `r${index}`,
      0,
      '17',
      ALLELE.pos + index,
      60,
      `${READ_LENGTH}M`,
      '*',
      0,
      0,
      'ACGTACGTAC',
      'IIIIIIIIII',
      'RG:Z:a',
    ].join('\t'),
  )
  const sam = ['@HD\tVN:1.6\tSO:coordinate', '@SQ\tSN:17\tLN:83257441', `@RG\tID:a\tSM:${person}`, ...reads, ''].join(
    '\n',
  )
  writeFileSync(`${path}.sam`, sam)
  await run('samtools', ['view', '-b', '-o', path, `${path}.sam`])
  await run('samtools', ['index', path])
}

/** Two datasets that are not for everybody, a file, and an application that nobody has decided on. */
async function prepare(region: DemoRegion): Promise<void> {
  const home = nodeOf(region)
  const input = (name: string) => join(directory, `${region.key}-${name}`)
  writeVcf(input('known.vcf'), ['k-1', 'k-2', 'k-3'], ['0/1', '0/1', '1/1'])
  writeVcf(input('blood.vcf'), ['b-1', 'b-2'], ['0/1', '1/1'])
  await writeBam(input('reads.bam'), 'b-1')
  const dataset = (id: string, access: string, granularity: string) => [
    ...['dataset', 'add', home, id, '--name', id, '--assembly', 'GRCh38'],
    ...['--access', access, '--granularity', granularity],
  ]
  const tag = ['--dac', 'the committee', '--purpose', 'HRESCH', '--level', 'file', '--to', '2099-12-31']
  const { issuer } = toIdentityAddresses(identityUrl(port))
  const about = ['--title', 'Haematology', '--pi', `${issuer}|member`, '--ethics', '2026-0017', '--purpose', 'HRESCH']
  await node(
    dataset('known', 'registered', 'count'),
    dataset('blood', 'controlled', 'record'),
    ['ingest', home, '--dataset', 'known', input('known.vcf')],
    ['ingest', home, '--dataset', 'blood', input('blood.vcf')],
    ['files', 'add', home, '--dataset', 'blood', '--id', 'blood/reads', input('reads.bam')],
    ['tag', 'define', home, TAG, ...tag],
    ['project', 'add', home, PROJECT, ...about, '--from', '2026-01-01', '--to', '2099-12-31'],
    ['application', 'add', home, '--project', PROJECT, '--tag', TAG, '--level', 'file'],
    ['application', 'submit', home, 'A-1'],
  )
}

/** Two people of a region approve, and the data are released. */
async function decide(region: DemoRegion): Promise<void> {
  const home = nodeOf(region)
  const stated = ['--diary-number', '2026/17', '--responsible-body', 'the university', '--legal-basis', 'research']
  const rest = ['--secrecy-review', 'no objection', '--audience', 'national', '--deliver-to', 'client:fyr']
  const ends = ['--waives-consent', '--ethics-to', '2099-12-31']
  const decision = ['A-1', '--by', 'Dagny', '--by', 'Ulla', '--outcome', 'approve', ...stated, ...rest, ...ends]
  await node(
    ['decision', 'add', home, ...decision],
    ['tag', 'add', home, TAG, '--decision', 'D-1', '--dataset', 'blood'],
  )
}

/** People with the allele by region, as `fyr` shows them. */
async function count(person: string, ...more: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const { out, err } = await runFyr(['variant', ALLELE.text, '--json', ...more], environmentOf(person))
  if (out === '') throw new Error(err)
  const { info } = JSON.parse(out) as {
    info: { regions: readonly { beaconId: string; counts?: { individuals: number } }[] }
  }
  return Object.fromEntries(
    info.regions.map(({ beaconId, counts }) => [beaconId.split('.').at(-1)!, counts?.individuals ?? -1] as const),
  )
}

const AS_MEMBER = ['--purpose', 'HRESCH', '--project', PROJECT]

/** A Passport for one node, in a file as htslib takes it. */
async function fetchToken(region: DemoRegion): Promise<string> {
  const file = join(directory, `${region.key}-token`)
  const audience = `http://127.0.0.1:${portOf(region)}`
  const { exitCode, err } = await runFyr(
    ['token', '--audience', audience, ...AS_MEMBER, '--out', file],
    environmentOf('member'),
  )
  if (exitCode !== 0) throw new Error(err)
  return file
}

/** Reads of the allele's place that samtools gets of a region; undefined when it gets none. */
async function readWithSamtools(region: DemoRegion): Promise<number | undefined> {
  const place = `referenceName=17&start=${ALLELE.pos - 1}&end=${ALLELE.pos}`
  const url = `http://127.0.0.1:${portOf(region)}/htsget/v1/reads/blood/reads?${place}`
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HTS_AUTH_LOCATION: await fetchToken(region),
    HTS_ALLOW_UNENCRYPTED_AUTHORIZATION_HEADER: 'I understand the risks',
  }
  try {
    return Number((await run('samtools', ['view', '-c', url], { env })).stdout)
  } catch {
    return undefined
  }
}

const [norr, mitt, syd] = REGIONS as [DemoRegion, DemoRegion, DemoRegion]

async function start(): Promise<void> {
  port = await findDemoPort()
  mkdirSync(join(directory, 'data'))
  demo = startDemo(port, join(directory, 'data'))
  await demo.ready
  await Promise.all(REGIONS.map(prepare))
  for (const person of ['visitor', 'researcher', 'member']) {
    mkdirSync(join(directory, person))
    await logInAs(person, environmentOf(person))
  }
}

const isSamtoolsThere = await run('samtools', ['--version']).then(
  () => true,
  () => false,
)
if (!isSamtoolsThere) process.stderr.write('skipped: the way from login to withdrawal, as there is no samtools\n')
const describeWithSamtools = isSamtoolsThere ? describe : describe.skip

describeWithSamtools('the demonstration, from login to withdrawal', () => {
  beforeAll(start, 4 * MINUTE)
  afterAll(async () => {
    demo.child.kill('SIGTERM')
    await demo.exit
    rmSync(directory, { recursive: true, force: true })
  })

  test(
    'before any decision: the visitor sees public data, a registered researcher counts of registered ones',
    async () => {
      expect(await count('visitor')).toEqual({ norr: 0, mitt: 0, syd: 0 })
      expect(await count('researcher')).toEqual({ norr: 3, mitt: 3, syd: 3 })
      expect(await count('researcher', ...AS_MEMBER)).toEqual({ norr: 3, mitt: 3, syd: 3 })
      expect(await readWithSamtools(norr)).toBeUndefined()
    },
    MINUTE,
  )

  test(
    'after decision and tag in two regions the member sees their data, and fetches reads of these two alone',
    async () => {
      await Promise.all([decide(norr), decide(mitt)])
      const known = (await count('member'))['syd']!
      expect(await count('member', ...AS_MEMBER)).toEqual({ norr: known + 2, mitt: known + 2, syd: known })
      expect(await count('researcher', ...AS_MEMBER)).toEqual({ norr: 3, mitt: 3, syd: 3 })
      expect(await readWithSamtools(norr)).toBe(1)
      expect(await readWithSamtools(mitt)).toBe(1)
      expect(await readWithSamtools(syd)).toBeUndefined()
    },
    MINUTE,
  )

  test(
    'somebody who opts out is gone from counts and files at the next request; a revoked grant is worth nothing',
    async () => {
      const before = await count('member', ...AS_MEMBER)
      const optOut = ['b-1', '--kind', 'research_consent', '--effect', 'deny', '--source', 'a letter']
      await node(['consent', 'set', nodeOf(mitt), ...optOut])
      expect(await count('member', ...AS_MEMBER)).toEqual({ ...before, mitt: before['mitt']! - 1 })
      expect(await readWithSamtools(mitt)).toBeUndefined()
      await node(['grant', 'revoke', nodeOf(norr), 'G-1', '--reason', 'misused'])
      expect(await count('member', ...AS_MEMBER)).toEqual({
        ...before,
        norr: before['norr']! - 2,
        mitt: before['mitt']! - 1,
      })
      expect(await readWithSamtools(norr)).toBeUndefined()
    },
    MINUTE,
  )
})
