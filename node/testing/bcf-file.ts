/** BCF bytes made by hand (VCF 4.3 section 6), for what no other program writes. */

export interface BcfRecord {
  readonly contig?: number
  /** 0-based. */
  readonly start?: number
  /** Bases of REF. */
  readonly span?: number
  readonly id?: Buffer
  readonly alleles?: readonly Buffer[]
  readonly filter?: Buffer
  /** Typed key and typed value, joined. */
  readonly info?: readonly Buffer[]
  readonly samples?: number
  /** Typed key, descriptor and the values of all samples, joined. */
  readonly format?: readonly Buffer[]
}

export const MISSING_INT8 = -0x80
export const END_INT8 = -0x7f

function descriptor(type: number, length: number): Buffer {
  if (length < 15) return Buffer.of((length << 4) | type)
  const long = Buffer.alloc(6)
  long[0] = 0xf0 | type
  long[1] = 0x13
  long.writeInt32LE(length, 2)
  return long
}

/** @param perSample values of one sample, where there are several samples */
export function int8s(values: ArrayLike<number>, perSample = values.length): Buffer {
  return Buffer.concat([descriptor(1, perSample), Buffer.from(Int8Array.from(values).buffer)])
}

export function int16s(values: readonly number[], perSample = values.length): Buffer {
  return Buffer.concat([descriptor(2, perSample), Buffer.from(Int16Array.from(values).buffer)])
}

export function int32s(values: readonly number[], perSample = values.length): Buffer {
  return Buffer.concat([descriptor(3, perSample), Buffer.from(Int32Array.from(values).buffer)])
}

/** @param values numbers, or the bits of special ones as `0x…n` */
export function floats(values: readonly (number | bigint)[], perSample = values.length): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) {
    if (typeof value === 'bigint') bytes.writeUInt32LE(Number(value), 4 * index)
    else bytes.writeFloatLE(value, 4 * index)
  }
  return Buffer.concat([descriptor(5, perSample), bytes])
}

export function text(value: string, perSample = Buffer.byteLength(value)): Buffer {
  return Buffer.concat([descriptor(7, perSample), Buffer.from(value)])
}

export const NOTHING = Buffer.of(0)

export function bcfRecord({
  contig = 0,
  start = 99,
  span = 1,
  id = NOTHING,
  alleles = [text('A'), text('C')],
  filter = int8s([0]),
  info = [],
  samples = 0,
  format = [],
}: BcfRecord): Buffer {
  const fixed = Buffer.alloc(24)
  fixed.writeInt32LE(contig, 0)
  fixed.writeInt32LE(start, 4)
  fixed.writeInt32LE(span, 8)
  fixed.writeUInt32LE(0x7f800001, 12)
  fixed.writeUInt16LE(info.length, 16)
  fixed.writeUInt16LE(alleles.length, 18)
  fixed.writeUInt32LE(((format.length << 24) | samples) >>> 0, 20)
  const site = Buffer.concat([fixed, id, ...alleles, filter, ...info])
  const calls = Buffer.concat(format)
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32LE(site.length, 0)
  lengths.writeUInt32LE(calls.length, 4)
  return Buffer.concat([lengths, site, calls])
}

export function bcfFile(header: string, records: readonly Buffer[], minor = 2): Buffer {
  const textBytes = Buffer.from(`${header}\0`)
  const start = Buffer.alloc(9)
  start.write('BCF\x02', 'latin1')
  start[4] = minor
  start.writeUInt32LE(textBytes.length, 5)
  return Buffer.concat([start, textBytes, ...records])
}
