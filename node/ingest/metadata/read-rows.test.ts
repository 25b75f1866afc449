import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DELIMITERS, guessDelimiter, readRows, type Delimiter } from './read-rows.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-rows-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function read(content: string, delimiter?: Delimiter) {
  const path = join(directory, 't.csv')
  writeFileSync(path, content)
  const rows = []
  for await (const row of readRows(path, delimiter)) rows.push(row)
  return rows
}

const NAMES = Object.keys(DELIMITERS) as Delimiter[]
const cell = fc.oneof(fc.string(), fc.stringMatching(/^[a"\n\r,;\t å😀]{0,6}$/u))

test('rows are those that were written, with any delimiter and line end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...NAMES),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      async (rows, delimiter, lineEnd, hasMark) => {
        const quoted = rows.map((cells) =>
          cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(DELIMITERS[delimiter]),
        )
        const content = `${hasMark ? '\u{feff}' : ''}${quoted.join(lineEnd)}${lineEnd}`
        expect((await read(content, delimiter)).map(({ cells }) => cells)).toEqual(rows)
      },
    ),
    { numRuns: 300 },
  )
})

test('cells need no quotes, lines are counted, and empty lines are no rows', async () => {
  const rows = await read('id;note\r\n\r\na;"two\r\nlines"\r\nb;5" long\r\n;\r\nlast;')
  expect(rows).toEqual([
    { line: 1, cells: ['id', 'note'] },
    { line: 3, cells: ['a', 'two\r\nlines'] },
    { line: 5, cells: ['b', '5" long'] },
    { line: 6, cells: ['', ''] },
    { line: 7, cells: ['last', ''] },
  ])
})

test('a table larger than a piece is whole', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => [`P${index}`, `"å, ${index}"`])
  const read2 = await read(rows.map((cells) => cells.join('\t')).join('\n'))
  expect(read2.map(({ cells }) => cells[0])).toEqual(rows.map(([id]) => id))
  expect(read2.at(-1)).toEqual({ line: 20_000, cells: ['P19999', 'å, 19999'] })
})

test.each<[string, Delimiter]>([
  ['id\tsex', 'tab'],
  ['id,sex', 'comma'],
  ['id;"a,b,c,d";sex', 'semicolon'],
  ['id', 'tab'],
])('the delimiter of %j is a %s', (line, delimiter) => expect(guessDelimiter(line)).toBe(delimiter))

describe('a table that cannot be read is refused', () => {
  test.each([
    ['a quote without end', 'id,sex\na,"M\nb,F', /t\.csv:3: a quote in the row that begins on line 2 has no end/],
    ['text after a quote', 'id,sex\n"a"b,M', /t\.csv:2: there is text after the closing quote/],
    ['an endless cell', `id,sex\n"${'x'.repeat(1_100_000)}`, /t\.csv:2: a cell is longer/],
    ['an endless row', `${','.repeat(20_000)}`, /t\.csv:1: the row has more than 10000 cells/],
  ])('%s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
  })
})
