import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readJsonRecords } from './read-json-records.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-json-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function read(content: string | Buffer, longest?: number) {
  const path = join(directory, 'f.json')
  writeFileSync(path, content)
  const records = []
  for await (const record of readJsonRecords(path, longest)) records.push(record)
  return records
}

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)

test('the records of an array, of lines and of indented text are those that were written', async () => {
  const forms = [
    (values: unknown[], gap: string) =>
      `[${gap}${values.map((value) => JSON.stringify(value)).join(`${gap},${gap}`)}${gap}]${gap}`,
    (values: unknown[], gap: string) => values.map((value) => `${gap}${JSON.stringify(value)}\n`).join(''),
    (values: unknown[], gap: string) => `${gap}${JSON.stringify(values, null, 2)}`,
    (values: unknown[]) => values.map((value) => JSON.stringify(value, null, '\t')).join(''),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.array(object, { minLength: 1, maxLength: 5 }),
      space,
      fc.constantFrom(...forms),
      async (values, gap, form) => {
        const expected = JSON.parse(JSON.stringify(values)) as unknown
        expect((await read(form(values, gap))).map(({ value }) => value)).toEqual(expected)
      },
    ),
    { numRuns: 200 },
  )
})

test('records that lie across the pieces of a large file are whole, and know their lines', async () => {
  const values = Array.from({ length: 9 }, (_, index) => ({ index, text: `é"\\{[${'å'.repeat(70_000 + index * 7)}` }))
  const content = JSON.stringify(values, null, 1)
  const lines = content.split('\n')
  for (const bytes of [Buffer.from(content), gzipSync(content)]) {
    const records = await read(bytes)
    expect(records.map(({ value }) => value)).toEqual(values)
    expect(records.map(({ line }) => lines[line - 1])).toEqual(values.map(() => ' {'))
  }
})

test('a byte order mark is no part of the text', async () => {
  expect(await read('\u{feff}[{"id":"a"}]')).toEqual([{ record: 1, line: 1, value: { id: 'a' } }])
})

test('an empty array has no records', async () => {
  expect(await read(' [ ] ')).toEqual([])
})

describe('a file that cannot be read is refused', () => {
  test.each<[string, string | Buffer, string]>([
    ['nothing in it', '', 'f.json:1: the file is empty'],
    ['text', 'id,sex', 'f.json:1: a record in braces'],
    ['a number in the array', '[{},\n3]', 'f.json:2: a record in braces'],
    ['a trailing comma', '[{},\n]', 'f.json:2: a record in braces'],
    ['no comma', '[{}\n{}]', 'f.json:2: a comma or the end'],
    ['text after the array', '[{}]\n{}', 'f.json:2: there is more text after the array'],
    ['the end of the array missing', '[{}', 'the file is truncated'],
    ['a record without its end', '[{"a":"', 'ends inside record 1: it is truncated'],
    [
      'a mistake in a record',
      '[{},\n{"id": secret}]',
      'f.json:2: record 2, which begins on this line, is not valid JSON',
    ],
    ['braces and brackets mixed', '{"a":[}}', 'record 1'],
    ['a hundred levels', `{"a":${'['.repeat(100)}`, 'nested deeper than 64'],
    ['latin-1', Buffer.from('{"namn":"\xe5"}', 'latin1'), 'f.json: the text is not UTF-8'],
    ['utf-16', Buffer.from('\u{feff}[{}]', 'utf16le'), 'f.json: the text is not UTF-8'],
  ])('%s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
    await expect(read(content)).rejects.not.toThrow('secret')
  })

  test('a record without end in a large file, before it fills the memory', async () => {
    await expect(read(`{"a":"${'x'.repeat(2_000_000)}`, 1_000_000)).rejects.toThrow('record 1 is longer than 1000000')
  })
})
