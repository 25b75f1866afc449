import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { mustRun, run, runCommand } from './support/processes.js'
import { describeWithTools } from './support/tools.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-files-cli-'))
const home = join(directory, 'node')
const data = join(directory, 'data.vcf.gz')

const files = (...args: string[]) => runCommand('node/main.js', 'files', ...args)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describeWithTools(['bgzip', 'bcftools'], 'fyr-node files', () => {
  beforeAll(async () => {
    await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr')
    await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', '--assembly', 'GRCh38')
    const lines = ['1 100 . A C . PASS . GT 0/1 0/0', '1 150 . A C . PASS . GT 0/1 0/1']
    writeFileSync(join(directory, 'data.vcf'), toVcf({ samples: ['eva', 'adam'], lines }))
    expect((await run('bgzip', [join(directory, 'data.vcf')])).code).toBe(0)
    utimesSync(data, new Date(0), new Date(0))
  })

  test('adds, lists, checks and removes, and says by exit codes how it went', async () => {
    expect(await files('list', home)).toMatchObject({ code: 0, stdout: 'no files\n' })
    expect(await files('add', home, '--dataset', 'd', data)).toEqual({
      code: 0,
      stdout: 'added d/data: VCF, 2 people, index built\n',
      stderr: '',
    })
    expect(await files('list', home)).toMatchObject({ code: 0, stdout: `d/data  d  VCF  2 people  ${data}\n` })
    expect(await files('check', home)).toMatchObject({ code: 0, stdout: 'd/data  ok\n' })
    const { stdout } = await files('list', home, '--json')
    const [listed] = JSON.parse(stdout) as { indexLocation: string; people: { sample: string; individual: string }[] }[]
    expect(listed!.people.map(({ sample }) => sample)).toEqual(['eva', 'adam'])
    const register = await mustRun('node/main.js', 'individual', 'list', home)
    for (const { sample, individual } of listed!.people)
      expect(register).toMatch(new RegExp(`^${individual} .* ${sample}$`, 'm'))

    appendFileSync(data, 'x')
    const checked = await files('check', home, 'd/data')
    expect(checked.code).toBe(1)
    expect(checked.stdout).toContain('d/data  its content is not that which was added: add it again\n')
    expect(checked.stderr).toBe('fyr-node: 1 of 1 files are not as they should be\n')
    expect(await files('remove', home, 'd/data')).toMatchObject({ code: 0, stdout: 'removed d/data\n' })
    expect(readdirSync(join(home, 'indexes'))).toEqual([])
    expect(statSync(data).size).toBeGreaterThan(0)
  })

  test.each<readonly [number, string, readonly string[]]>([
    [1, 'there is no dataset e', ['add', home, '--dataset', 'e', data]],
    [1, 'cannot be read (ENOENT)', ['add', home, '--dataset', 'd', join(directory, 'none.bam')]],
    [1, 'node.yaml has no storage.s3', ['add', home, '--dataset', 'd', 's3://bucket/a.bam']],
    [1, 'there is no file d/none', ['remove', home, 'd/none']],
    [1, 'there is no file d/none', ['check', home, 'd/none']],
    [2, '--id and --index are of one file', ['add', home, '--dataset', 'd', '--id', 'x', data, data]],
    [2, "required option '--dataset <dataset>'", ['add', home, data]],
  ])('ends with %d and "%s"', async (code, reason, args) => {
    const finished = await files(...args)
    expect(finished).toMatchObject({ code, stderr: expect.stringContaining(reason) })
    expect(finished.stderr).not.toContain('    at ')
  })
})

describe('the help of fyr-node files', () => {
  test('names its commands', async () => {
    const { stdout } = await files('--help')
    for (const name of ['add', 'list', 'remove', 'check']) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })
})
