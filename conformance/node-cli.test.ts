import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { mustRun, runCommand } from './support/processes.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-cli-'))
const home = join(directory, 'node')
const broken = join(directory, 'broken')
const vcf = join(directory, 'good.vcf')

beforeAll(async () => {
  await mustRun(
    'node/main.js',
    'init',
    home,
    '--id',
    'se.fyr.norr',
    '--name',
    'Region Norr',
    '--contact',
    'data@norr.invalid',
  )
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', '--assembly', 'GRCh38')
  await mustRun('node/main.js', 'init', broken, '--id', 'se.fyr.syd', '--name', 'Region Syd')
  const config = join(broken, 'node.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace('logLevel: info', 'logLevel: loud'))
  writeFileSync(
    vcf,
    toVcf({ samples: ['a', 'b'], lines: ['1 5 . A C . PASS . GT 0/1 0/0', '1 6 . A <DEL> . PASS . GT 0/1 0/0'] }),
  )
  writeFileSync(
    join(directory, 'bad.vcf'),
    toVcf({ samples: ['a', 'b'], lines: ['1 5 . A C . PASS . GT 0/1 0/0', '1 x . A C . PASS . GT 0/1 0/0'] }),
  )
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('fyr-node', () => {
  const add = ['dataset', 'add', home, 'e', '--name', 'E']
  test.each<[string, readonly string[], number, RegExp]>([
    ['no command', [], 2, /Usage: fyr-node/],
    ['an unknown command', ['frobnicate'], 2, /unknown command/],
    ['init without a name', ['init', join(directory, 'x'), '--id', 'se.fyr.x'], 2, /--name/],
    ['an unknown assembly', [...add, '--assembly', 'NCBI36'], 2, /GRCh37, GRCh38/],
    ['an unknown granularity', [...add, '--assembly', 'GRCh38', '--granularity', 'all'], 2, /boolean, count, record/],
    ['a port that is none', ['serve', home, '--port', '80a'], 2, /from 0 to 65535/],
    ['ingest without a file', ['ingest', home, '--dataset', 'd'], 2, /missing required argument 'files'/],
    ['an ontology without a file', ['ontology', 'add', home], 2, /missing required argument 'files'/],
    ['an ontology that is none', ['ontology', 'add', home, vcf], 1, /^fyr-node: good\.vcf:1: this is no OBO file/],
    ['removing an ontology that is not there', ['ontology', 'remove', home, 'HP'], 1, /HP: there is no such ontology/],
    ['init of a node that is there', ['init', home, '--id', 'se.fyr.norr', '--name', 'N'], 1, /is a node already/],
    [
      'an id that is none',
      ['init', join(directory, 'y'), '--id', 'Norr!', '--name', 'N'],
      1,
      /id must match pattern .* e\.g\. se\.fyr\.norr/,
    ],
    [
      'public without a basis',
      [...add, '--assembly', 'GRCh38', '--access', 'public'],
      1,
      /--access public needs --basis/,
    ],
    [
      'public with a blank basis',
      [...add, '--assembly', 'GRCh38', '--access', 'public', '--basis', ' '],
      1,
      /needs --basis/,
    ],
    [
      'a dataset that is there',
      ['dataset', 'add', home, 'd', '--name', 'D', '--assembly', 'GRCh38'],
      1,
      /there is a dataset d already/,
    ],
    [
      'a dataset id that leaves the folder',
      ['dataset', 'add', home, '../x', '--name', 'D', '--assembly', 'GRCh38'],
      1,
      /is no dataset id/,
    ],
    ['a folder that is no node', ['serve', join(directory, 'nowhere')], 1, /node\.yaml: cannot be read \(ENOENT\)/],
    ['a wrong setting', ['serve', broken], 1, /node\.yaml:\d+: logLevel must be one of trace, debug, info/],
    [
      'a port whose admin port does not exist',
      ['serve', home, '--port', '65000'],
      1,
      /admin port 66000 does not exist/,
    ],
    ['a dataset that is not there', ['ingest', home, '--dataset', 'nope', vcf], 1, /nope: there is no such dataset/],
    [
      'a file that is not there',
      ['ingest', home, '--dataset', 'd', join(directory, 'none.vcf')],
      1,
      /none\.vcf: there is no such file/,
    ],
    ['a folder for a file', ['ingest', home, '--dataset', 'd', directory], 1, /the file cannot be read \(EISDIR\)/],
    [
      'callable regions of no assay',
      ['ingest', home, '--dataset', 'd', '--callable', vcf, vcf],
      2,
      /--callable needs --assay/,
    ],
    [
      'callable regions that are none',
      ['ingest', home, '--dataset', 'd', '--assay', 'panel', '--callable', vcf, vcf],
      1,
      /good\.vcf:3: a BED line is a contig, a start and an end/,
    ],
    [
      'bad input',
      ['ingest', home, '--dataset', 'd', join(directory, 'bad.vcf')],
      1,
      /bad\.vcf:4: POS "x" is no whole number/,
    ],
  ])('%s', async (_, args, code, message) => {
    const finished = await runCommand('node/main.js', ...args)
    expect(finished).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    // One clear sentence and no stack.
    expect(finished.stderr).not.toMatch(/\n\s+at /)
  })

  test('help and version', async () => {
    expect(await runCommand('node/main.js', '--help')).toMatchObject({ code: 0, stderr: '' })
    expect((await runCommand('node/main.js', '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('individual list tells who is behind a pseudonym', async () => {
    await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', vcf)
    const listed = JSON.parse(await mustRun('node/main.js', 'individual', 'list', home, '--json')) as object[]
    expect(listed[0]).toMatchObject({ name: expect.any(String), pseudonym: expect.stringMatching(/^P-[0-9A-Z]{12}$/) })
    expect(await mustRun('node/main.js', 'individual', 'list', home)).toMatch(/^P-[0-9A-Z]{12} {2}unknown {2}- {2}/)
  })

  test('a used port is one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const { code, stderr } = await runCommand('node/main.js', 'serve', home, '--port', String(port))
    server.close()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^fyr-node: .*EADDRINUSE/)
  })

  test('an ingest reports in words and as JSON', async () => {
    const words = await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', vcf)
    expect(words).toMatch(/records +2\nalleles +1\nindividuals +2\nseconds/)
    expect(words).toMatch(/skipped +1 structural-without-end/)
    const report = JSON.parse(await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', '--json', vcf)) as object
    expect(report).toMatchObject({
      dataset: 'd',
      files: ['good.vcf'],
      records: 2,
      alleles: 1,
      individuals: 2,
      skipped: { 'structural-without-end': 1 },
      seconds: expect.any(Number),
    })
  })
})
