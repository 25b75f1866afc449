import type { TextLine } from '../../formats/vcf/lines.js'
import type { VcfRecord } from '../../formats/vcf/record.js'

/** The values of some INFO keys, as written; those that are absent or `.` are left out. */
export function readInfoValues(
  line: TextLine,
  record: VcfRecord,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const entry of line.bytes.toString('utf8', record.infoStart, record.infoEnd).split(';')) {
    const equals = entry.indexOf('=')
    if (equals <= 0) continue
    const key = entry.slice(0, equals)
    const value = entry.slice(equals + 1)
    if (wanted.has(key) && value !== '' && value !== '.') values.set(key, value)
  }
  return values
}

/** Undoes the percent encoding of VCF 4.3 (section 1.2), in which VEP writes `=` as `%3D`. A lone `%` stays. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
