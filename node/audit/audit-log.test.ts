import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAuditLog, type AuditRecord } from './audit-log.js'

let directory: string
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'fyr-audit-'))))
afterEach(() => rmSync(directory, { recursive: true }))

function toRecord(requestId: string): AuditRecord {
  const rest = { principal: 'anonymous', question: 'allele', datasets: ['d'], granularity: 'count', exists: true }
  return { ts: '2025-01-01T00:00:00.000Z', requestId, event: 'query', outcome: 'answered', ...rest }
}

function idsIn(file: string): readonly string[] {
  const lines = readFileSync(join(directory, 'audit', file), 'utf8')
    .split('\n')
    .slice(0, -1)
  return lines.map((line) => (JSON.parse(line) as AuditRecord).requestId)
}

test('a record is in the file when its promise is fulfilled, together with those of the same turn', async () => {
  const log = openAuditLog(directory)
  const [first, second] = [log.record(toRecord('a')), log.record(toRecord('b'))]
  expect(idsIn('audit.ndjson')).toEqual([])
  await first
  expect(idsIn('audit.ndjson')).toEqual(['a', 'b'])
  await second
  await log.record(toRecord('c'))
  expect(idsIn('audit.ndjson')).toEqual(['a', 'b', 'c'])
  log.close()
})

test('a restart goes on with the same file, and each worker has its own', async () => {
  for (const id of ['a', 'b']) {
    const log = openAuditLog(directory, 'worker-1.ndjson')
    await log.record(toRecord(id))
    log.close()
  }
  const other = openAuditLog(directory, 'worker-2.ndjson')
  await other.record(toRecord('c'))
  other.close()
  expect(idsIn('worker-1.ndjson')).toEqual(['a', 'b'])
  expect(idsIn('worker-2.ndjson')).toEqual(['c'])
})

test('when the write fails, every request that waits for it fails', async () => {
  const log = openAuditLog(directory)
  const waiting = [log.record(toRecord('a')), log.record(toRecord('b'))]
  log.close()
  const settled = await Promise.allSettled(waiting)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(log.record(toRecord('c'))).rejects.toThrow('the audit log is closed')
  expect(idsIn('audit.ndjson')).toEqual([])
})
