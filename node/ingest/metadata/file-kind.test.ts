import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fileKind, kindOfFiles, typeByName } from './file-kind.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-kind-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

describe('what a file holds is seen by its content', () => {
  test.each<[string, string | Buffer, string]>([
    ['a.vcf', '##fileformat=VCFv4.2\n', 'variants'],
    ['a.txt', '##fileformat=VCFv4.2\n', 'variants'],
    ['a.vcf.gz', gzipSync('##fileformat=VCFv4.2\n'), 'variants'],
    ['a.bcf', gzipSync(Buffer.from('BCF\u0002\u0002\xff\xfe', 'latin1')), 'variants'],
    ['odd', 'chr1 1 2', 'variants'],
    ['a.vcf.json', ' \n[{}]', 'json'],
    ['packet', '\u{feff}{}', 'json'],
    ['p.json.gz', gzipSync('[]'), 'json'],
    ['empty.json', '', 'json'],
    ['p.tsv', '#id\tsex\n', 'table'],
    ['p.csv.gz', gzipSync('id,sex'), 'table'],
  ])('%s', async (name, content, kind) => expect(await fileKind(write(name, content))).toBe(kind))

  test('a file that is not there is what its name says', async () => {
    expect(await fileKind(join(directory, 'zz.json'))).toBe('json')
    expect(await fileKind(join(directory, 'zz.vcf'))).toBe('variants')
  })
})

test('variants and metadata are loaded by a command each', async () => {
  const [vcf, json, csv] = [write('1.vcf', '##fileformat=VCFv4.2\n'), write('1.json', '[]'), write('1.csv', 'id')]
  expect(await kindOfFiles([vcf, vcf])).toBe('variants')
  expect(await kindOfFiles([json, csv])).toBe('metadata')
  await expect(kindOfFiles([json, vcf])).rejects.toThrow(
    '1.vcf: holds variants and 1.json metadata; load them with a command each',
  )
})

test.each([
  ['individuals.json', 'individuals'],
  ['2026-05_norr.Biosamples.ndjson.gz', 'biosamples'],
  ['phenopackets.json', 'phenopackets'],
  ['myindividuals.json', undefined],
  ['individuals.vcf', undefined],
])('the records of %s are %s', (name, type) => expect(typeByName(name)).toBe(type))
