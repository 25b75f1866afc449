import { isChange } from './audit-record.js'
import type { PlacedEntry } from './read-entries.js'

/** Columns of the table of a log, for the region's own checks. */
export const CSV_COLUMNS = [
  'ts',
  'chain',
  'seq',
  'event',
  'outcome',
  'principal',
  'by',
  'org',
  'unit',
  'hub',
  'purpose',
  'project',
  'grants',
  'question',
  'datasets',
  'granularity',
  'exists',
  'file',
  'bytes',
  'subjects',
  'requestId',
  'ticket',
  'passport',
  'queryHash',
  'details',
  'hash',
] as const

const FORMULA = /^[=+\-@\t\r]/

/** RFC 4180; several values of a field have a blank between. */
export function toCsvLine({ chain, entry }: PlacedEntry): string {
  const details = isChange(entry) ? JSON.stringify(entry.details) : undefined
  const fields: Readonly<Record<string, unknown>> = { ...entry, chain, details }
  return `${CSV_COLUMNS.map((column) => toField(fields[column])).join(',')}\r\n`
}

export const CSV_HEADER = `${CSV_COLUMNS.join(',')}\r\n`

function toField(value: unknown): string {
  if (value === undefined) return ''
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  // Programs for tables would compute what begins so; callers choose some of the text.
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
