import { FormatError } from '../format-error.js'
import { type CramRecord } from './slice-records.js'

const [PAIRED, UNMAPPED, MATE_UNMAPPED, REVERSE, MATE_REVERSE, FIRST_OF_PAIR] = [
  0x1, 0x4, 0x8, 0x10, 0x20, 0x40,
] as const

/** As htslib names them, which puts the name of the file there. */
const NAME_PREFIX = 'read:'

/**
 * Adds what reads of a slice do not say because their mates in the slice say it (CRAM specification section 10.4), and names for reads
 * whose names were not kept, the same for all of a template.
 *
 * @param recordsBefore records of the file before the slice
 */
export function joinMates(records: readonly CramRecord[], recordsBefore: number): void {
  for (const [index, record] of records.entries()) {
    if (record.name.length === 0) record.name = Buffer.from(`${NAME_PREFIX}${recordsBefore + index + 1}`)
    if (record.mate !== undefined) {
      if (record.templateLength === undefined) measureTemplate(records, index)
      copyFromMate(record, records[record.mate]!)
    }
    record.templateLength ??= 0
  }
  for (const record of records) record.templateLength = record.toldTemplateLength ?? record.templateLength
}

function copyFromMate(record: CramRecord, mate: CramRecord): void {
  record.mateReference = mate.reference
  record.matePosition = mate.position
  record.flags |= PAIRED
  if (mate.flags & UNMAPPED) record.flags |= MATE_UNMAPPED
  if (mate.flags & REVERSE) record.flags |= MATE_REVERSE
  if ((mate.flags | record.flags) & UNMAPPED) record.templateLength = 0
}

/** The reads of a template, each pointing to a later one; the last one gets the first as its mate. */
function collectTemplate(records: readonly CramRecord[], first: number): readonly CramRecord[] {
  const template: CramRecord[] = []
  for (let index = first; ;) {
    const record = records[index]
    if (!record) throw new FormatError('the CRAM data are corrupt: a mate is not in its slice')
    template.push(record)
    if (record.mate === undefined) {
      record.mate = first
      return template
    }
    if (record.mate <= index) throw new FormatError('the CRAM data are corrupt: a mate stands before its read')
    index = record.mate
  }
}

/**
 * Positive for the leftmost read, negative for the others. Where several start at the same base, the first of the pair is the leftmost
 * one: by this rule htslib finds out, when it writes, that a length need not be told. (Since 1.23 it reads by another one, that of the
 * specification, and gives other signs than were written where such reads differ in their ends.)
 */
function measureTemplate(records: readonly CramRecord[], first: number): void {
  const template = collectTemplate(records, first)
  const { name, reference } = records[first]!
  const left = Math.min(...template.map(({ position }) => position))
  const right = Math.max(...template.map(({ last }) => last))
  const startLeft = template.filter(({ position }) => position === left).length
  const isSplit = template.some((record) => record.reference !== reference)
  const length = isSplit ? 0 : right - left + 1
  for (const record of template) {
    if (record.name.length === 0) record.name = name
    const isLeftmost = record.position === left && (startLeft === 1 || (record.flags & FIRST_OF_PAIR) !== 0)
    record.templateLength = isLeftmost ? length : -length
  }
}
