import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cutChunk, LineCutter } from './lines.js'

function linesOf(chunks: readonly Buffer[]): string[] {
  const cutter = new LineCutter()
  const lines: string[] = []
  const read = ({ bytes, start, end, number }: { bytes: Buffer; start: number; end: number; number: number }) => {
    lines.push(`${number} ${bytes.toString('utf8', start, end)}`)
    return true
  }
  for (const chunk of chunks) {
    // The memory of a chunk may be used again once it was pushed.
    const own = Buffer.from(chunk)
    cutter.push(own, read)
    own.fill('x')
  }
  cutter.finish(read)
  return lines
}

const text = fc.array(fc.constantFrom('a', 'bcd', '\n', '\n', '\r\n', '\r')).map((parts) => parts.join(''))

test('lines are those of the whole text, wherever it is cut into chunks', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 40 })), fc.boolean(), (content, cuts, hasMark) => {
      const bytes = Buffer.from((hasMark ? '\ufeff' : '') + content)
      const offsets = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
      const chunks = offsets.slice(1).map((to, index) => bytes.subarray(offsets[index], to))
      const expected = content.split('\n').map((line, index) => `${index + 1} ${line.replace(/\r$/, '')}`)
      if (content.endsWith('\n') || (content === '' && !hasMark)) expected.pop()
      expect(linesOf(chunks)).toEqual(expected)
    }),
  )
})

test('reading stops where the reader says so', () => {
  const cutter = new LineCutter()
  expect(cutter.push(Buffer.from('a\nb\nc\n'), ({ number }) => number < 2)).toBe(false)
  expect(cutter.lines).toBe(2)
})

test.each([
  ['b\nc\nd\ne', 'b\n', 'c\nd\n', 'e'],
  ['b\n', 'b\n', '', ''],
  ['\nc', '\n', '', 'c'],
  ['no end', 'no end', '', ''],
  ['', '', '', ''],
])('the chunk %j is cut into %j, %j and %j', (chunk, head, lines, tail) => {
  const cut = cutChunk(Buffer.from(chunk))
  expect([cut.head, cut.lines, cut.tail].map(String)).toEqual([head, lines, tail])
})

test('lines read elsewhere are counted, but not inside a line', () => {
  const cutter = new LineCutter()
  cutter.skip(5)
  cutter.push(Buffer.from('a\nb'), () => true)
  expect(cutter.lines).toBe(6)
  expect(() => cutter.skip(1)).toThrow(TypeError)
})
