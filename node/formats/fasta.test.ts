import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openFasta } from './fasta.js'
import { FormatError } from './format-error.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-fasta-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
let files = 0

/** Writes a FASTA file and its index as `samtools faidx` does: name, length, offset, bases and bytes of a line. */
function write(
  sequences: readonly (readonly [string, string])[],
  width: number,
  lineEnd: string,
  isCut = false,
): string {
  let text = ''
  let index = ''
  for (const [position, [name, bases]] of sequences.entries()) {
    text += `>${name} of a test${lineEnd}`
    index += [name, bases.length, text.length, width, width + lineEnd.length].join('\t') + '\n'
    const lines = Array.from({ length: Math.ceil(bases.length / width) }, (_, line) =>
      bases.slice(line * width, (line + 1) * width),
    )
    const isLast = position === sequences.length - 1
    text += lines.join(lineEnd) + (isLast && isCut ? '' : lineEnd)
  }
  const path = join(directory, `${++files}.fa`)
  writeFileSync(path, text)
  writeFileSync(`${path}.fai`, index)
  return path
}

const sequence = fc
  .array(fc.constantFrom('A', 'C', 'G', 'T', 'N', 'a', 'c', 'g', 't', 'n'), { minLength: 1, maxLength: 40 })
  .map((bases) => bases.join(''))

test('any stretch of any sequence is read, in upper case, whatever the width and the end of the lines', () => {
  fc.assert(
    fc.property(
      fc.tuple(sequence, sequence),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 45 }), fc.integer({ min: -5, max: 60 })), { minLength: 5 }),
      ([one, two], width, lineEnd, isCut, stretches) => {
        const fasta = openFasta(
          write(
            [
              ['one', one],
              ['two', two],
            ],
            width,
            lineEnd,
            isCut,
          ),
        )
        expect([...fasta.lengths]).toEqual([
          ['one', one.length],
          ['two', two.length],
        ])
        for (const [start, end] of stretches) {
          const expected = (bases: string) => bases.toUpperCase().slice(Math.max(0, start), Math.max(0, start, end))
          expect(fasta.read('one', start, end)).toBe(expected(one))
          expect(fasta.read('two', start, end)).toBe(expected(two))
        }
        fasta.close()
      },
    ),
    { numRuns: 60 },
  )
})

describe('what is no indexed FASTA file is refused', () => {
  function withIndex(content: string | Buffer, index?: string): string {
    const path = join(directory, `${++files}.fa`)
    writeFileSync(path, content)
    if (index !== undefined) writeFileSync(`${path}.fai`, index)
    return path
  }
  test.each<[string, () => string, RegExp]>([
    ['no file', () => join(directory, 'none.fa'), /there is no reference/],
    ['no index', () => withIndex('>1\nACGT\n'), /has no index .*samtools faidx/],
    ['an index of other columns', () => withIndex('>1\nACGT\n', '1\t4\t3\t4\n'), /:1: this is no index/],
    ['an index with words', () => withIndex('>1\nACGT\n', '1\t4\t3\t4\t5\n2\tx\t3\t4\t5\n'), /:2: this is no index/],
    ['a compressed file', () => withIndex(gzipSync('>1\nACGT\n'), '1\t4\t3\t4\t5\n'), /is compressed; unpack it/],
  ])('%s', (_, make, message) => {
    const path = make()
    expect(() => openFasta(path)).toThrow(FormatError)
    expect(() => openFasta(path)).toThrow(message)
  })

  test.each<[string, string, string]>([
    ['of a longer file', '>1\nACGT\n', '1\t9\t3\t4\t5\n'],
    ['of longer lines', '>1\nACGTA\n>2\nCCCCC\n', '1\t10\t3\t5\t6\n'],
  ])('an index %s is found out where it is read', (_, content, index) => {
    const fasta = openFasta(withIndex(content, index))
    expect(() => fasta.read('1', 0, 10)).toThrow(/does not fit its index/)
    fasta.close()
  })
})
