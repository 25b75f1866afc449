import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { InputPiece } from '../compressed-file.js'
import { FormatError } from '../format-error.js'
import { cutBcfRecords } from './bcf-records.js'

/** A record of zeros. */
function record(site: number, samples: number, fill: number): Buffer {
  const bytes = Buffer.alloc(8 + site + samples, fill)
  bytes.writeUInt32LE(site, 0)
  bytes.writeUInt32LE(samples, 4)
  return bytes
}

async function* piecesOf(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<InputPiece> {
  let position = 0
  for (const to of [...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b), bytes.length]) {
    yield { bytes: new Uint8Array(bytes.subarray(position, to)), isBgzf: false, position: to }
    position = to
    await Promise.resolve()
  }
}

async function cut(bytes: Buffer, cuts: readonly number[], recordsStart: number) {
  const pieces: Buffer[] = []
  try {
    for await (const piece of cutBcfRecords(piecesOf(bytes, cuts), recordsStart)) pieces.push(Buffer.from(piece.bytes))
    return { pieces, fault: undefined }
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError)
    return { pieces, fault: (error as Error).message }
  }
}

const records = fc.array(
  fc
    .tuple(fc.integer({ min: 24, max: 40 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 255 }))
    .map((numbers) => record(...numbers)),
  { maxLength: 8 },
)

describe('records cut out of pieces of any size', () => {
  test('are whole, in order and complete', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.nat(500)), fc.nat(60), async (made, cuts, header) => {
        const bytes = Buffer.concat([Buffer.alloc(header, 7), ...made])
        const { pieces, fault } = await cut(bytes, cuts, header)
        expect(fault).toBeUndefined()
        const ends = new Set([0])
        for (const { length } of made) ends.add([...ends].at(-1)! + length)
        let at = 0
        for (const { length } of pieces) expect(ends).toContain((at += length))
        expect(Buffer.concat(pieces)).toEqual(Buffer.concat(made))
      }),
    )
  })

  test('that end early are a fault, after all whole ones', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.nat(500)), fc.nat(), async (made, cuts, missing) => {
        fc.pre(made.length > 0)
        const whole = Buffer.concat(made.slice(0, -1))
        const left = missing % (made.at(-1)!.length - 1)
        const bytes = Buffer.concat([whole, made.at(-1)!.subarray(0, left + 1)])
        const { pieces, fault } = await cut(bytes, cuts, 0)
        expect(fault).toBe('the BCF data end inside a record: the file is truncated')
        expect(Buffer.concat(pieces)).toEqual(whole)
      }),
    )
  })

  test.each([
    ['a site too short to be one', record(23, 0, 0)],
    ['a record of gigabytes', Buffer.from('ffffff7fffffffff', 'hex')],
  ])('%s is a fault at once', async (_, bad) => {
    const good = record(24, 2, 1)
    const { pieces, fault } = await cut(Buffer.concat([good, good, bad, good]), [3, 50], 0)
    expect(fault).toMatch(/^the BCF data are corrupt: a record claims \d+ bytes/)
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat([good, good]))
  })
})
