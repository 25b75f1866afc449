import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { blockOf, MOST_FILE_BYTES, readVirtualOffset, toVirtualOffset, withinOf } from './virtual-offset.js'

const places = fc.record({ block: fc.maxSafeNat().map((n) => n % MOST_FILE_BYTES), within: fc.nat(0xffff) })

test('a virtual offset keeps the block and the place in it', () => {
  fc.assert(
    fc.property(places, ({ block, within }) => {
      const offset = toVirtualOffset(block, within)
      expect([Number.isSafeInteger(offset), blockOf(offset), withinOf(offset)]).toEqual([true, block, within])
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE((BigInt(block) << 16n) | BigInt(within))
      expect(readVirtualOffset(bytes, 0)).toBe(offset)
    }),
  )
})

test('virtual offsets are in the order of the file', () => {
  fc.assert(
    fc.property(places, places, (a, b) => {
      const order = Math.sign(a.block - b.block || a.within - b.within)
      expect(Math.sign(toVirtualOffset(a.block, a.within) - toVirtualOffset(b.block, b.within))).toBe(order)
    }),
  )
})

test('an offset behind every file that can be opened is damage', () => {
  const bytes = Buffer.alloc(8)
  bytes.writeUIntLE(MOST_FILE_BYTES, 2, 6)
  expect(() => readVirtualOffset(bytes, 0)).toThrow(expect.objectContaining({ name: 'FormatError' }))
})
