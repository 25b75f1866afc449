/** A set of people as the bytes of its bitmap, in the portable Roaring format with run containers; null is the empty set. */
export type EncodedSet = Uint8Array | null

// The portable format, github.com/RoaringBitmap/RoaringFormatSpec: a cookie, for each container its key (upper 16 bits) and
// cardinality, the containers' offsets, the containers. All numbers are little-endian.
const COOKIE_WITHOUT_RUNS = 12_346
const COOKIE_WITH_RUNS = 12_347
/** With run containers, offsets are left out below this number of containers. */
const OFFSETS_FROM = 4
/** An array container of more values is a bitset. */
const LARGEST_ARRAY = 4_096
const BITSET_BYTES = 8_192

interface Container {
  readonly from: number
  readonly to: number
  readonly runs: number
  readonly kind: 'array' | 'bitset' | 'runs'
  readonly bytes: number
}

/**
 * The same bytes as `encodeSet(new Bitmap(numbers))`, without the three calls out of JavaScript that are most of the time
 * for the small sets that most alleles have.
 *
 * @param numbers in any order; they may be reordered
 */
export function encodeNumbers(numbers: Uint32Array): EncodedSet {
  if (numbers.length === 0) return null
  return encodeAscending(isAscending(numbers) ? numbers : sortDistinct(numbers))
}

function isAscending(numbers: Uint32Array): boolean {
  for (let index = 1; index < numbers.length; index++) if (numbers[index]! <= numbers[index - 1]!) return false
  return true
}

function sortDistinct(numbers: Uint32Array): Uint32Array {
  numbers.sort()
  let length = 1
  for (let index = 1; index < numbers.length; index++) {
    if (numbers[index] !== numbers[index - 1]) numbers[length++] = numbers[index]!
  }
  return numbers.subarray(0, length)
}

function encodeAscending(numbers: Uint32Array): Buffer {
  const containers = toContainers(numbers)
  const count = containers.length
  const hasRuns = containers.some(({ kind }) => kind === 'runs')
  const hasOffsets = !hasRuns || count >= OFFSETS_FROM
  const flagBytes = hasRuns ? (count + 7) >> 3 : 4
  const headBytes = 4 + flagBytes + 4 * count + (hasOffsets ? 4 * count : 0)
  const bytes = Buffer.allocUnsafe(containers.reduce((sum, container) => sum + container.bytes, headBytes))
  let at = 4
  if (hasRuns) {
    bytes.writeUInt32LE(COOKIE_WITH_RUNS | ((count - 1) << 16), 0)
    bytes.fill(0, at, at + flagBytes)
    for (const [index, { kind }] of containers.entries())
      if (kind === 'runs') bytes[at + (index >> 3)]! |= 1 << (index & 7)
  } else {
    bytes.writeUInt32LE(COOKIE_WITHOUT_RUNS, 0)
    bytes.writeUInt32LE(count, at)
  }
  at += flagBytes
  for (const { from, to } of containers) {
    bytes.writeUInt16LE(numbers[from]! >>> 16, at)
    bytes.writeUInt16LE(to - from - 1, at + 2)
    at += 4
  }
  if (hasOffsets) {
    let offset = headBytes
    for (const container of containers) {
      bytes.writeUInt32LE(offset, at)
      at += 4
      offset += container.bytes
    }
  }
  for (const container of containers) {
    writeContainer(numbers, container, bytes, at)
    at += container.bytes
  }
  return bytes
}

/** One container for each value of the upper 16 bits, of the kind that takes fewest bytes. */
function toContainers(numbers: Uint32Array): Container[] {
  const containers: Container[] = []
  for (let from = 0; from < numbers.length;) {
    const key = numbers[from]! >>> 16
    let runs = 1
    let to = from + 1
    for (; to < numbers.length && numbers[to]! >>> 16 === key; to++) if (numbers[to]! !== numbers[to - 1]! + 1) runs++
    const plainBytes = to - from > LARGEST_ARRAY ? BITSET_BYTES : 2 * (to - from)
    const runBytes = 2 + 4 * runs
    const kind = runBytes < plainBytes ? 'runs' : to - from > LARGEST_ARRAY ? 'bitset' : 'array'
    containers.push({ from, to, runs, kind, bytes: Math.min(runBytes, plainBytes) })
    from = to
  }
  return containers
}

function writeContainer(numbers: Uint32Array, { from, to, runs, kind }: Container, bytes: Buffer, start: number): void {
  let at = start
  if (kind === 'array') {
    for (let index = from; index < to; index++, at += 2) {
      bytes[at] = numbers[index]!
      bytes[at + 1] = numbers[index]! >>> 8
    }
  } else if (kind === 'bitset') {
    bytes.fill(0, at, at + BITSET_BYTES)
    for (let index = from; index < to; index++)
      bytes[at + ((numbers[index]! & 0xffff) >> 3)]! |= 1 << (numbers[index]! & 7)
  } else {
    at = bytes.writeUInt16LE(runs, at)
    for (let index = from; index < to;) {
      const first = index++
      while (index < to && numbers[index]! === numbers[index - 1]! + 1) index++
      at = bytes.writeUInt16LE(numbers[first]! & 0xffff, at)
      at = bytes.writeUInt16LE(index - first - 1, at)
    }
  }
}
