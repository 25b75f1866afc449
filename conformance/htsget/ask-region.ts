import { createHash } from 'node:crypto'
import { fail, pass, skip, type Verdict } from '../suite/case.js'
import type { Exchange } from './client.js'
import { compareRecords, overlaps, type PlacedRecord } from './records.js'
import type { AskedRegion, World } from './world.js'

/** What an answer to a question about places holds, judged against what it must hold. */
export interface Judged {
  /** Nothing lost, nothing twice, in the order of the file. */
  readonly complete: Verdict
  /** Nothing beside. */
  readonly exact: Verdict
}

function same(verdict: Verdict): Judged {
  return { complete: verdict, exact: verdict }
}

export async function judgeAnswer(
  { client, decoder }: World,
  { ticket, where, status }: Exchange,
  format: string,
  region: AskedRegion,
): Promise<Judged> {
  if (!ticket) return same(fail(`status ${status} without a ticket`, 'a ticket', where))
  const bytes = await client.fetchAll(ticket)
  const decoded = await decoder.decode(format, bytes)
  if (!decoded) return same(skip(`nothing here reads ${format}`))
  const { records: expected } = region
  if (expected === undefined) {
    const text = region.sha256 === undefined ? undefined : await decoder.toText(format, bytes)
    return judgeByTruth(region, decoded.records, where, text)
  }
  const known = comparable(format, expected)
  const { lost, surplus, repeated, isOutOfOrder } = compareRecords(known, comparable(format, decoded.records))
  const required = `the ${expected.length} records that overlap, each once, in the order of the file`
  const complaints = [
    ...(lost > 0 ? [`${lost} records are lost`] : []),
    ...(repeated > 0 ? [`${repeated} records are there more than once`] : []),
    ...(isOutOfOrder ? ['the records are in another order'] : []),
  ]
  return {
    complete: complaints.length > 0 ? fail(complaints.join(', '), required, where) : pass(),
    exact: surplus > 0 ? fail(`${surplus} other records`, required, where) : pass(),
  }
}

/** CRAM does not keep the order of optional fields, and binary and text forms differ in what a key is made of. */
function comparable(format: string, records: readonly PlacedRecord[]): readonly PlacedRecord[] {
  if (format !== 'CRAM' && format !== 'BAM') return records
  return records.map((record) => ({ ...record, key: record.key.split('\t', 11).join('\t') }))
}

function judgeByTruth(
  { referenceName, start, end, count, sha256 }: AskedRegion,
  records: readonly PlacedRecord[],
  where: string,
  text: string | undefined,
): Judged {
  const found = records.filter((record) => overlaps(record, referenceName, start, end)).length
  const required = `${count} records that overlap`
  const complete = found === count ? pass() : fail(`${found} records that overlap`, required, where)
  if (records.length !== count) return { complete, exact: fail(`${records.length} records`, required, where) }
  if (sha256 === undefined || text === undefined) return { complete, exact: pass() }
  const hash = createHash('sha256').update(text).digest('hex')
  return { complete, exact: hash === sha256 ? pass() : fail(`SHA-256 ${hash}`, `SHA-256 ${sha256}`, where) }
}
