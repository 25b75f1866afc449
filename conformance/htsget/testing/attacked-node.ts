import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPassportIssuer } from '../../rights/passport-issuer.js'
import { addAdministrators, grantIt, RECEIVING_CLIENT, trustIssuer } from '../../rights/prepare.js'
import { ORGANISATIONS } from '../../rights/world.js'
import { toVcf } from '../../support/fixture-network.js'
import { mustRun, run } from '../../support/processes.js'
import { startWorkers, type WorkersService } from '../../support/workers.js'

const AUDIENCE = 'https://attacked.test'
const PROJECT = 'urn:fyr:blood'
const PURPOSE = 'HRESCH'
const MEMBER = 'ada'
const LAST_DAY = '2099-12-31'
/** What the project may have of the files of `kept`: 0-based, half-open, on contig 1. */
const GRANTED = [500, 1_500] as const

/** Positions of the records of every file. */
export const POSITIONS = [100, 1_000, 1_400, 2_000] as const

/** Of GRCh38. */
const CONTIGS = [
  ['1', 248_956_422],
  ['2', 242_193_529],
] as const

function vcfOf(samples: readonly string[]): string {
  const lines = CONTIGS.flatMap(([contig]) =>
    POSITIONS.map((position) => `${contig} ${position} . A C . PASS . GT ${samples.map(() => '0/1').join(' ')}`),
  )
  const contigs = CONTIGS.map(([contig, length]) => `##contig=<ID=${contig},length=${length}>`).join('\n')
  return toVcf({ samples, lines }).replace('\n#CHROM', `\n${contigs}\n#CHROM`)
}

function samOf(sample: string): string {
  const reads = CONTIGS.flatMap(([contig]) =>
    POSITIONS.map((position) => `r${position}\t0\t${contig}\t${position}\t60\t4M\t*\t0\t0\tACGT\tIIII\tRG:Z:g`),
  )
  const contigs = CONTIGS.map(([contig, length]) => `@SQ\tSN:${contig}\tLN:${length}`)
  return [
    '@HD\tVN:1.6\tSO:coordinate',
    ...contigs,
    `@RG\tID:g\tSM:${sample}`,
    ...reads,
    'r0\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII',
    '',
  ].join('\n')
}

/** Where one of the region's files is kept: a web server that can be told to send everybody elsewhere. */
export interface FileServer {
  readonly url: string
  readonly files: Map<string, Buffer>
  /** Status and Location of what is answered from now on; undefined: the files. */
  redirect: { readonly status: number; readonly location: string } | undefined
  /** Paths that were asked for. */
  readonly asked: readonly string[]
  close(): void
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const { status, location } = fileServer.redirect ?? {}
    if (status !== undefined && location !== path) {
      return void response.writeHead(status, { location }).end()
    }
    const content = files.get(path)
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    if (!content || !range) return void response.writeHead(404).end()
    const end = Math.min(Number(range[2]) + 1, content.length)
    const part = content.subarray(Number(range[1]), end)
    const headers = { 'content-range': `bytes ${range[1]}-${end - 1}/${content.length}`, etag: '"one"' }
    response.writeHead(206, { ...headers, 'content-length': part.length }).end(part)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fileServer: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ files, asked, redirect: undefined },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return fileServer
}

/**
 * A node as a region runs it. `open/cohort`, `open/reads` are for everybody, `open/apart` too and of other people; `open/far` and
 * `open/away` are kept on the web server. `kept/cohort`, `kept/reads` are for the members of one project, and of one region alone.
 */
export interface AttackedNode {
  readonly home: string
  readonly service: WorkersService
  /** Another node with files of the same ids. */
  readonly other: WorkersService
  readonly storage: FileServer
  /** What a member of the project sends. @param lifetimeSeconds of the Passport */
  memberHeaders(lifetimeSeconds?: number): Promise<Record<string, string>>
  /** Everything that the node wrote for people who run it: its log, its audit logs and its metrics. */
  writings(): Promise<string>
  stop(): Promise<void>
}

export async function startAttackedNode(): Promise<AttackedNode> {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-htsget-attacks-'))
  const home = join(directory, 'node')
  const otherHome = join(directory, 'other')
  const [issuer, storage] = await Promise.all([startPassportIssuer(), startFileServer()])
  await Promise.all([makeDatasets(home), makeFiles(directory)])
  for (const name of ['reads.bam', 'reads.bam.bai']) {
    const content = readFileSync(join(directory, name))
    for (const stored of ['far', 'away']) storage.files.set(`/${name.replace('reads', stored)}`, content)
  }
  const [cohort, apart, reads] = ['cohort.vcf.gz', 'apart.vcf.gz', 'reads.bam'].map((name) => join(directory, name))
  const add = (dataset: string, ...locations: string[]) =>
    mustRun('node/main.js', 'files', 'add', home, '--dataset', dataset, ...locations)
  await add('open', cohort!, apart!, reads!, `${storage.url}/far.bam`, `${storage.url}/away.bam`)
  await add('kept', cohort!, reads!)
  trustIssuer(home, issuer, AUDIENCE)
  cpSync(home, otherHome, { recursive: true })
  const config = join(otherHome, 'node.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('se.fyr.attacked', 'se.fyr.other'))
  const [service, other] = await Promise.all([startWorkers(home, 1), startWorkers(otherHome, 1)])
  const stop = async () => {
    await Promise.all([service.stop(), other.stop()])
    issuer.close()
    storage.close()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await decide(home, service.adminUrl, issuer.issuer)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...{ home, service, other, storage, stop },
    async memberHeaders(lifetimeSeconds) {
      const affiliations = [{ value: `faculty@${ORGANISATIONS.region[0]}`, by: 'so' }]
      const wish = { subject: MEMBER, audience: AUDIENCE, isRegistered: false, client: RECEIVING_CLIENT, affiliations }
      const passport = await issuer.toPassport({ ...wish, ...(lifetimeSeconds ? { lifetimeSeconds } : {}) })
      return { authorization: `Bearer ${passport}`, 'ngp-project': PROJECT, 'ngp-purpose': PURPOSE }
    },
    async writings() {
      const audit = readdirSync(join(home, 'audit'), { recursive: true, withFileTypes: true })
      const logs = audit
        .filter((one) => one.isFile())
        .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
      return [service.stderr(), await service.metrics(), ...logs].join('\n')
    },
  }
}

async function makeDatasets(home: string): Promise<void> {
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.attacked', '--name', 'Attacked')
  const isPublic = ['--access', 'public', '--basis', 'made up for a test']
  for (const [id, access] of [
    ['open', isPublic],
    ['kept', ['--access', 'controlled']],
  ] as const) {
    const form = ['--name', id, '--assembly', 'GRCh38', '--granularity', 'record', ...access]
    await mustRun('node/main.js', 'dataset', 'add', home, id, ...form)
  }
}

async function makeFiles(directory: string): Promise<void> {
  const at = (name: string) => join(directory, name)
  writeFileSync(at('cohort.vcf'), vcfOf(['anna', 'bo']))
  writeFileSync(at('apart.vcf'), vcfOf(['cilla', 'david']))
  for (const name of ['cohort.vcf', 'apart.vcf']) await run('bgzip', [at(name)])
  writeFileSync(at('reads.sam'), samOf('anna'))
  await run('samtools', ['view', '-b', '-o', at('reads.bam'), at('reads.sam')])
  await run('samtools', ['index', at('reads.bam')])
}

async function decide(home: string, adminUrl: string, issuer: string): Promise<void> {
  const post = await addAdministrators(home, adminUrl)
  const purposes = [PURPOSE]
  const tag = 'Blood'
  await post('/tags', { name: tag, dac: 'the committee', purposes, highestLevel: 'file', to: LAST_DAY })
  const span = { from: '2024-01-01', to: LAST_DAY, ethicsNumber: '2024-1' }
  const leader = { iss: issuer, sub: MEMBER }
  await post('/projects', { id: PROJECT, title: PROJECT, principalInvestigator: leader, purposes, ...span })
  const wish = { tag, level: 'file', region: GRANTED, purposes, waivesConsent: true, audience: 'national' } as const
  const { decision } = await grantIt(post, PROJECT, wish)
  await post(`/tags/${tag}/objects`, { datasets: ['kept'], individuals: [], decision })
}
