import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { toVcf } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { mustRun, runCommand, startService, type Service } from './support/processes.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-genes-cli-'))
const home = join(directory, 'node')

function write(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const gene = (name: string, from: number, to: number, sequence = 'NC_000001.11') =>
  `${sequence}\tx\tgene\t${from}\t${to}\t.\t+\t.\tID=gene-${name};Name=${name};gene=${name}\n`

const genes = (...args: string[]) => runCommand('node/main.js', 'genes', ...args)
const add = (...paths: string[]) => genes('add', home, '--assembly', 'GRCh38', ...paths)

async function ask(url: string, geneId: string): Promise<unknown> {
  const query = { requestParameters: { g_variant: { geneId } }, requestedGranularity: 'count' }
  const { body } = await postJson(`${url}/beacon/v2/g_variants`, { meta: { apiVersion: 'v2.1.1' }, query })
  const { responseSummary, error } = body as {
    responseSummary?: { numTotalResults: number }
    error?: { reason: string }
  }
  return responseSummary?.numTotalResults ?? error?.reason
}

beforeAll(async () => {
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr')
  const options = ['--name', 'D', '--assembly', 'GRCh38', '--granularity', 'count']
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', ...options, '--access', 'public', '--basis', 'made up')
  const lines = ['1 100 . A C . PASS . GT 0/1', '1 150 . A C . PASS . GT 0/1', '1 300 . A C . PASS . GT 0/1']
  await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', write('a.vcf', toVcf({ samples: ['a'], lines })))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('fyr-node genes', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('node/main.js', 'serve', home, '--port', '0', '--workers', '2')
  })
  afterAll(() => service.stop())

  test('add, list and remove change what a running node answers, and a refused file changes nothing', async () => {
    expect(await genes('list', home)).toMatchObject({ code: 0, stdout: 'no genes\n' })
    expect(await ask(service.url, 'ABC1')).toBe('unsupported-query')
    const first = write('first.gff3.gz', gzipSync(gene('ABC1', 100, 200) + gene('ABC2', 300, 400)))
    const added = await add(first)
    expect(added).toMatchObject({ code: 0, stderr: '' })
    expect(added.stdout).toMatch(/^loaded 2 genes and 0 transcripts of GRCh38 from first\.gff3\.gz; left out: 0 /)
    expect(await ask(service.url, 'ABC1')).toBe(2)
    expect(await ask(service.url, 'ABC2')).toBe(1)

    const bad = write('bad.gff3', gene('ABC1', 100, 200) + gene('ABC2', 300, 400, 'NC_000001.10'))
    expect(await add(bad)).toMatchObject({
      code: 1,
      stderr: 'fyr-node: bad.gff3:2: NC_000001.10 belongs to GRCh37, not GRCh38\n',
    })
    expect(await ask(service.url, 'ABC2')).toBe(1)

    const files = [write('a.gff3', gene('ABC1', 150, 200)), write('b.gff3', gene('ABC3', 300, 300))]
    expect(await add(...files)).toMatchObject({ code: 0 })
    expect(await Promise.all(['ABC1', 'ABC2', 'ABC3'].map((id) => ask(service.url, id)))).toEqual([
      1,
      'unsupported-query',
      1,
    ])
    const listed = JSON.parse((await genes('list', home, '--json')).stdout) as { file: string; genes: number }[]
    expect(listed.map((source) => [source.file, source.genes])).toEqual([
      ['a.gff3', 1],
      ['b.gff3', 1],
    ])

    expect(await genes('remove', home, '--assembly', 'GRCh38')).toMatchObject({ code: 0 })
    expect(await ask(service.url, 'ABC1')).toBe('unsupported-query')
    expect(await genes('remove', home, '--assembly', 'GRCh38')).toMatchObject({
      code: 1,
      stderr: 'fyr-node: there are no genes of GRCh38\n',
    })
  }, 60_000)

  test.each<[string, readonly string[], number, RegExp]>([
    ['no assembly', ['add', home, 'x.gff3'], 2, /--assembly/],
    ['an unknown assembly', ['add', home, '--assembly', 'T2T', 'x.gff3'], 2, /GRCh37, GRCh38/],
    ['no file', ['add', home, '--assembly', 'GRCh38'], 2, /missing required argument 'files'/],
    ['a file that is not there', ['add', home, '--assembly', 'GRCh38', 'x.gff3'], 1, /x\.gff3: there is no such file/],
    ['a directory that is no node', ['list', directory], 1, /node\.yaml/],
  ])('%s', async (_, args, code, message) => {
    const finished = await genes(...args)
    expect(finished.code).toBe(code)
    expect(finished.stderr).toMatch(message)
  })
})
