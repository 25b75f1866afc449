import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ByteReader, toItf8 } from './byte-reader.js'
import { BitReader, parseEncoding, toBytesReader, toNumberReader, type Encoding } from './encodings.js'

/** Section 2.3 of the specification, in words of its own: ones for the bytes that follow, a zero, then the number. */
function toLtf8(value: bigint): Buffer {
  const unsigned = BigInt.asUintN(64, value)
  for (let more = 0; more < 8; more++) {
    if (unsigned >= 1n << BigInt(7 * (more + 1))) continue
    const ones = BigInt(0xff00 >> more) & 0xffn
    const number = unsigned | (ones << BigInt(8 * more))
    return Buffer.from(number.toString(16).padStart(2 * (more + 1), '0'), 'hex')
  }
  return Buffer.from(`ff${unsigned.toString(16).padStart(16, '0')}`, 'hex')
}

describe('numbers of several bytes', () => {
  test('of 32 bits are read as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        const bytes = toItf8(value)
        const reader = new ByteReader(Buffer.concat([bytes, Buffer.from([7])]))
        expect(reader.itf8()).toBe(value)
        expect(reader.at).toBe(bytes.length)
      }),
    )
  })

  test.each([
    [0, '00'],
    [127, '7f'],
    [128, '8080'],
    [16_383, 'bfff'],
    [16_384, 'c04000'],
    [4_542_278, 'e0454f46'],
    [-1, 'ffffffff0f'],
  ])('%d is %s', (value, hex) => {
    expect(toItf8(value).toString('hex')).toBe(hex)
  })

  test('of 64 bits are read as the specification writes them', () => {
    const value = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-1, 127, 128, 2 ** 49, 2 ** 53 - 1))
    fc.assert(
      fc.property(value, (value) => {
        const bytes = toLtf8(BigInt(value))
        const reader = new ByteReader(bytes)
        expect(reader.ltf8()).toBe(value)
        expect(reader.at).toBe(bytes.length)
      }),
    )
  })

  test.each([
    ['itf8', 'c040'],
    ['itf8', 'ffffffff'],
    ['ltf8', 'ff00'],
    ['int32', '000000'],
  ] as const)('that are cut off are refused: %s of %s', (kind, hex) => {
    expect(() => new ByteReader(Buffer.from(hex, 'hex'))[kind]()).toThrow(/end too early/)
  })

  test('that no file can have are refused', () => {
    expect(() => new ByteReader(toLtf8(2n ** 60n)).ltf8()).toThrow(/too large/)
  })
})

function toBits(text: string): BitReader {
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '0')
  return new BitReader(Buffer.from(Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))))
}

function readAll(encoding: Encoding, bits: string, count: number): number[] {
  const streams = { core: toBits(bits), external: () => new ByteReader(Buffer.alloc(0)) }
  const next = toNumberReader(encoding, streams)
  return Array.from({ length: count }, next)
}

const binary = (value: number, bits: number) => (bits === 0 ? '' : value.toString(2).padStart(bits, '0'))
const log2 = (value: number) => 31 - Math.clz32(value)

describe('what stands in the bits of a slice is read as the specification writes it', () => {
  const offset = fc.integer({ min: -5, max: 5 })
  const values = fc.array(fc.oneof(fc.nat(20), fc.nat(2 ** 30 - 1)), { minLength: 1, maxLength: 20 })

  test('beta', () => {
    fc.assert(
      fc.property(values, offset, (values, offset) => {
        const bits = values.map((value) => binary(value, 30)).join('')
        const expected = values.map((value) => value - offset)
        expect(readAll({ kind: 'beta', offset, bits: 30 }, bits, values.length)).toEqual(expected)
      }),
    )
  })

  test('gamma', () => {
    fc.assert(
      fc.property(values, offset, (values, offset) => {
        const bits = values.map((value) => '0'.repeat(log2(value + 1)) + binary(value + 1, 1)).join('')
        const expected = values.map((value) => value + 1 - offset)
        expect(readAll({ kind: 'gamma', offset }, bits, values.length)).toEqual(expected)
      }),
    )
  })

  test('subexponential', () => {
    fc.assert(
      fc.property(values, offset, fc.nat(10), (values, offset, k) => {
        const bits = values.map((value) => {
          if (value < 2 ** k) return `0${binary(value, k)}`
          const length = log2(value)
          return `${'1'.repeat(length - k + 1)}0${binary(value - 2 ** length, length)}`
        })
        const expected = values.map((value) => value - offset)
        expect(readAll({ kind: 'subexponential', offset, bits: k }, bits.join(''), values.length)).toEqual(expected)
      }),
    )
  })

  test('Huffman, canonical, whatever the order of its symbols', () => {
    const weights = fc.uniqueArray(fc.tuple(fc.integer({ min: -3, max: 300 }), fc.integer({ min: 1, max: 99 })), {
      minLength: 1,
      maxLength: 12,
      selector: ([symbol]) => symbol,
    })
    fc.assert(
      fc.property(weights, fc.array(fc.nat(99), { minLength: 1, maxLength: 30 }), (weights, picks) => {
        const lengths = toCodeLengths(weights.map(([, weight]) => weight))
        const symbols = weights.map(([symbol]) => symbol)
        const codes = toCanonicalCodes(symbols, lengths)
        const written = picks.map((pick) => symbols[pick % symbols.length]!)
        const bits = written.map((symbol) => codes.get(symbol)!).join('')
        expect(readAll({ kind: 'huffman', symbols, lengths }, bits, written.length)).toEqual(written)
      }),
    )
  })

  test('a code without symbols, as long as nothing is read by it', () => {
    const encoding = parseEncoding(new ByteReader(Buffer.from('03020000', 'hex')))!
    expect(readAll(encoding, '', 0)).toEqual([])
    expect(() => readAll(encoding, '0', 1)).toThrow(/no such code/)
  })

  test.each<[string, Encoding]>([
    ['beta', { kind: 'beta', offset: 0, bits: 9 }],
    ['gamma', { kind: 'gamma', offset: 0 }],
    ['huffman', { kind: 'huffman', symbols: [1, 2], lengths: [9, 9] }],
    ['external', { kind: 'external', block: 4 }],
  ])('and refused where it ends too early: %s', (_, encoding) => {
    expect(() => readAll(encoding, '00000000', 2)).toThrow(/too early/)
  })
})

/** Lengths of a Huffman code, by merging the two lightest again and again. */
function toCodeLengths(weights: readonly number[]): readonly number[] {
  const lengths = weights.map(() => 0)
  let trees = weights.map((weight, symbol) => ({ weight, symbols: [symbol] }))
  while (trees.length > 1) {
    trees = trees.toSorted((a, b) => a.weight - b.weight)
    const [first, second, ...rest] = trees as [(typeof trees)[0], (typeof trees)[0], ...typeof trees]
    const symbols = [...first.symbols, ...second.symbols]
    for (const symbol of symbols) lengths[symbol]!++
    trees = [...rest, { weight: first.weight + second.weight, symbols }]
  }
  return lengths
}

/** Codes as bits: of each length in the order of the symbols, each one more than the last, filled up with zeros. */
function toCanonicalCodes(symbols: readonly number[], lengths: readonly number[]): ReadonlyMap<number, string> {
  const order = symbols.map((symbol, index) => ({ symbol, length: lengths[index]! }))
  order.sort((a, b) => a.length - b.length || a.symbol - b.symbol)
  const codes = new Map<number, string>()
  let next = 0
  let last = 0
  for (const { symbol, length } of order) {
    next *= 2 ** (length - last)
    codes.set(symbol, binary(next, length))
    next++
    last = length
  }
  return codes
}

describe('bytes of a block of their own', () => {
  const streams = (bytes: Buffer) => {
    const external = new ByteReader(bytes)
    return { core: toBits(''), external: () => external }
  }

  test('are read up to their stop', () => {
    const next = toBytesReader({ kind: 'bytes-by-stop', stop: 9, block: 1 }, streams(Buffer.from([1, 2, 9, 9, 3])))
    expect([next(), next()]).toEqual([Buffer.from([1, 2]), Buffer.alloc(0)])
    expect(next).toThrow(/too early/)
  })

  test('are read by their length, from the same block', () => {
    const external: Encoding = { kind: 'external', block: 1 }
    const encoding: Encoding = { kind: 'bytes-by-length', length: external, bytes: external }
    const next = toBytesReader(encoding, streams(Buffer.from([2, 5, 6, 0, 3, 7])))
    expect([next(), next()]).toEqual([Buffer.from([5, 6]), Buffer.alloc(0)])
    expect(next).toThrow(/too early/)
  })
})

describe('an encoding is refused', () => {
  test.each([
    ['of Golomb codes', '02020101', /encoding 2 .*not supported/],
    ['with too many bits', '06020021', /too many bits/],
    ['of another length than it says', '01020101', /another length/],
    ['with more symbols than lengths', '0305020102' + '0101', /code is none/],
    ['of a length without bytes', '0404000000' + '00', /without its parts/],
  ])('%s', (_, hex, message) => {
    expect(() => parseEncoding(new ByteReader(Buffer.from(hex, 'hex')))).toThrow(message)
  })
})
