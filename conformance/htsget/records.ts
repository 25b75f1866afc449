/** A record of reads or variants, as far as the suite has to know it. */
export interface PlacedRecord {
  /** The whole record, or what stands for it: equal records have equal keys. */
  readonly key: string
  /** `*`: it has no place. */
  readonly referenceName: string
  /** [start, end), 0-based: what it overlaps. */
  readonly start: number
  readonly end: number
}

export interface DecodedFile {
  readonly contigs: readonly string[]
  readonly records: readonly PlacedRecord[]
}

const CONSUMES_REFERENCE = /(\d+)[MDN=X]/g

/** Bases of the reference under an alignment; at least one. */
export function spanOfCigar(cigar: string): number {
  let span = 0
  for (const [, length] of cigar.matchAll(CONSUMES_REFERENCE)) span += Number(length)
  return Math.max(1, span)
}

/** A line of SAM. @param columns how many of them tell records apart */
export function parseSamLine(line: string, columns: number): PlacedRecord {
  const fields = line.split('\t')
  const start = Number(fields[3]) - 1
  return {
    key: fields.slice(0, columns).join('\t'),
    referenceName: fields[2]!,
    start,
    end: start + spanOfCigar(fields[5]!),
  }
}

/** A data line of VCF: it reaches to `END`, else over its `REF`. */
export function parseVcfLine(line: string): PlacedRecord {
  const fields = line.split('\t', 8)
  const start = Number(fields[1]) - 1
  const stated = /(?:^|;)END=(\d+)/.exec(fields[7] ?? '')?.[1]
  const end = Math.max(start + fields[3]!.length, stated === undefined ? 0 : Number(stated))
  return { key: line, referenceName: fields[0]!, start, end }
}

export function overlaps(record: PlacedRecord, referenceName: string, start = 0, end = Infinity): boolean {
  return record.referenceName === referenceName && record.start < end && record.end > start
}

export interface Difference {
  readonly lost: number
  readonly surplus: number
  readonly repeated: number
  /** Where the order is not that of the file. */
  readonly isOutOfOrder: boolean
}

/** How an answer differs from the records that it should hold, which stand in the order of the file. */
export function compareRecords(expected: readonly PlacedRecord[], found: readonly PlacedRecord[]): Difference {
  const wanted = new Map<string, number>()
  for (const { key } of expected) wanted.set(key, (wanted.get(key) ?? 0) + 1)
  const seen = new Map<string, number>()
  let [surplus, repeated] = [0, 0]
  for (const { key } of found) {
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    const most = wanted.get(key) ?? 0
    if (most === 0) surplus++
    else if (count > most) repeated++
  }
  let lost = 0
  for (const [key, count] of wanted) lost += Math.max(0, count - (seen.get(key) ?? 0))
  const common = found.filter(({ key }) => wanted.has(key)).map(({ key }) => key)
  const inOrder = expected.filter(({ key }) => seen.has(key)).map(({ key }) => key)
  const isOutOfOrder = lost === 0 && repeated === 0 && common.some((key, index) => key !== inOrder[index])
  return { lost, surplus, repeated, isOutOfOrder }
}
