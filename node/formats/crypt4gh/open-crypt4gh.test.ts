import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { toCrypt4gh } from '../../testing/crypt4gh-file.js'
import { collect, streamedFile } from '../../testing/streamed-file.js'
import { seal } from './cipher.js'
import { toEdits, toKept } from './edit-list.js'
import { toHeader } from './header.js'
import { createKeyPair, toKeyPair, toWriterKey } from './key-exchange.js'
import { openCrypt4gh } from './open-crypt4gh.js'

const reader = createKeyPair()
const stranger = createKeyPair()
const dataKeys = [randomBytes(32), randomBytes(32)]
const bytes = randomBytes(260_000)

/** What an edit list keeps, byte by byte. */
function applyNaively(plaintext: Buffer, edits: readonly number[] | undefined): Buffer {
  if (!edits) return plaintext
  const kept: number[] = []
  let at = 0
  for (const [index, length] of edits.entries()) {
    for (let count = 0; count < length && at < plaintext.length; count++, at++) {
      if (index % 2 === 1) kept.push(plaintext[at]!)
    }
  }
  if (edits.length % 2 === 1) for (; at < plaintext.length; at++) kept.push(plaintext[at]!)
  return Buffer.from(kept)
}

const edits = fc.array(fc.oneof(fc.nat(200_000), fc.nat(70), fc.constantFrom(0, 65_536)), {
  minLength: 1,
  maxLength: 7,
})

describe('an edit list', () => {
  test('keeps what it says, in the fewest stretches', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }), fc.nat(60), (edits, size) => {
        const whole = Buffer.from(Array.from({ length: size }, (_, index) => index))
        const kept = toKept(edits, size)
        expect(Buffer.concat(kept.map(({ start, end }) => whole.subarray(start, end)))).toEqual(
          applyNaively(whole, edits),
        )
        expect(
          kept.every(({ start, end }, index) => start < end && (index === 0 || start > kept[index - 1]!.end)),
        ).toBe(true)
        if (kept.length > 0) expect(toKept(toEdits(kept), size)).toEqual(kept)
      }),
    )
  })
})

describe('a Crypt4GH file', () => {
  test('is read anywhere as what its edit list keeps, whichever data key a segment has', async () => {
    const size = fc.oneof(fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_072), fc.nat(bytes.length))
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.option(edits, { nil: undefined }),
        fc.nat(1_000),
        fc.nat(1_000),
        async (size, edits, a, b) => {
          const plaintext = bytes.subarray(0, size)
          const expected = applyNaively(plaintext, edits)
          const file = await openCrypt4gh(
            streamedFile(toCrypt4gh(plaintext, reader.publicKey, dataKeys, edits)),
            reader,
          )
          expect(file.size).toBe(expected.length)
          const [start, end] = [a, b].sort((x, y) => x - y).map((part) => Math.floor((part * file.size) / 1_000))
          expect((await file.read(start!, end!)).equals(expected.subarray(start, end))).toBe(true)
          expect((await collect(file.stream(0, file.size))).equals(expected)).toBe(true)
          await expect(file.read(0, file.size + 1)).rejects.toThrow(RangeError)
        },
      ),
      { numRuns: 40 },
    )
  })

  test.each([
    [
      'whole',
      'Y3J5cHQ0Z2gBAAAAAQAAAGwAAAAAAAAAj0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF/1Y2jbaqA/9SXwMDXuV72ZMtBNmtmhPJSEABHnzpFMlPYPeJbfG759' +
        's7IX6Z5//KqOf5MgUuvAhx8R7GuV0Vsly2mHVj2VnD6vTAq7R7+ZVOX6sc5xJ1RYvJjUhxxqzclgtmjr35B0YReWvtAyWaSD8TXZnYMO7dZ3HE20k7lU7uLlswy4twbC' +
        'E71Q3L0tnDOvE07rGWT7Stxp26GZaY0=',
      'Plaintext of a test, encrypted by the reference implementation.',
    ],
    [
      'with an edit list',
      'Y3J5cHQ0Z2gBAAAAAgAAAGwAAAAAAAAAj0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF9om1KHrRfdz60yg16KOJhed+o5j7q9UP4W323Mk77YhgL7/itYiE3C' +
        'XfEHdfXUsTB9gLQi9UjrekiwJB292JJXLx8lxlwAAAAAAAAAj0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8Rj9zDjEayv2MXqA35z4KddTZ5sdp4I05sJ2Al' +
        'kam0Bo8MSQAC9Hd4r0bMUpM4m/iOVDXbPZWcPq9MCrtHv5lU5fqxznEnVFi8mNSHHGrNyWC2aOvfkHRhF5a+0DJZpIPxNdmdgw7t1nccTbSTuVTu4uWzDLi3BsITvVDc' +
        'vS2cM68TTusZZPtK3GnboZlpjQ==',
      'of ',
    ],
  ])('of the reference implementation is read: %s', async (_, base64, expected) => {
    const key = toKeyPair(Buffer.from(Array.from({ length: 32 }, (_, index) => index)))
    const file = await openCrypt4gh(streamedFile(Buffer.from(base64, 'base64')), key)
    expect((await file.read(0, file.size)).toString()).toBe(expected)
  })

  const good = toCrypt4gh(bytes.subarray(0, 70_000), reader.publicKey, dataKeys)
  /** Changes one byte; counted from the end where negative. */
  const withByte = (at: number, value?: number) => {
    const copy = Buffer.from(good)
    const index = at < 0 ? copy.length + at : at
    copy[index] = value ?? copy[index]! ^ 1
    return copy
  }
  const withPacket = (content: Buffer) => {
    const writer = createKeyPair()
    const sealed = seal(toWriterKey(writer, reader.publicKey), content)
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32LE(40 + sealed.length)
    const header = toHeader(dataKeys, undefined, reader.publicKey)
    header.writeUInt32LE(header.readUInt32LE(12) + 1, 12)
    return Buffer.concat([header, prefix, writer.publicKey, sealed])
  }
  const words = (...numbers: number[]) => Buffer.from(new Uint8Array(new Uint32Array(numbers).buffer))

  test.each<[string, Buffer, RegExp]>([
    ['no Crypt4GH at all', randomBytes(200), /no Crypt4GH file/],
    ['an empty file', Buffer.alloc(0), /no Crypt4GH file/],
    ['a file of the first bytes only', good.subarray(0, 10), /cut off/],
    ['another version', withByte(8, 2), /version 2 is not supported/],
    ['a header that is cut off', good.subarray(0, 100), /header is cut off/],
    ['a packet without content', withByte(16, 7), /packet without content/],
    ['a header of gigabytes', withByte(19, 0x7f), /cut off/],
    ['a file for somebody else', toCrypt4gh(bytes, stranger.publicKey, dataKeys), /not encrypted for this key/],
    ['a packet of another type', withPacket(words(7)), /type 7/],
    ['a data key for another cipher', withPacket(Buffer.concat([words(0, 3), dataKeys[0]!])), /method 3/],
    ['a short data key', withPacket(words(0, 0, 1)), /wrong size/],
    ['an edit list that is cut off', withPacket(words(1, 3, 0, 0)), /edit list is cut off/],
    ['an empty edit list', withPacket(words(1, 0)), /edit list/],
    ['a last segment of a few bytes', Buffer.concat([good, Buffer.alloc(65_564 * 2 - 70_000 - 56 + 9)]), /cut off/],
  ])('that is %s is refused', async (_, content, message) => {
    await expect(openCrypt4gh(streamedFile(content), reader)).rejects.toThrow(message)
  })

  test('with two edit lists is refused', async () => {
    const file = toCrypt4gh(bytes.subarray(0, 10), reader.publicKey, dataKeys, [1, 2])
    const twice = withPacket(words(1, 1, 0, 0))
    const packet = twice.subarray(16 + 2 * 108)
    const both = Buffer.concat([file.subarray(0, -38), packet, file.subarray(-38)])
    both.writeUInt32LE(4, 12)
    await expect(openCrypt4gh(streamedFile(both), reader)).rejects.toThrow(/two edit lists/)
  })

  test('whose segment was changed is refused where it is read, and nowhere else', async () => {
    const file = await openCrypt4gh(streamedFile(withByte(-1)), reader)
    expect((await file.read(0, 65_536)).equals(bytes.subarray(0, 65_536))).toBe(true)
    await expect(file.read(65_535, 65_537)).rejects.toThrow(/segment 1 fails its authentication/)
  })

  test('that has packets for others too is read by each', async () => {
    const mine = toHeader(dataKeys, [3, 4], reader.publicKey)
    const theirs = toHeader(dataKeys, undefined, stranger.publicKey)
    const header = Buffer.concat([mine, theirs.subarray(16)])
    header.writeUInt32LE(5, 12)
    const file = streamedFile(Buffer.concat([header, seal(dataKeys[1]!, bytes.subarray(0, 10))]))
    expect(await (await openCrypt4gh(file, reader)).read(0, 4)).toEqual(bytes.subarray(3, 7))
    expect(await (await openCrypt4gh(file, stranger)).read(0, 10)).toEqual(bytes.subarray(0, 10))
  })
})
