import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEntry } from './audit-record.js'
import { openAuditLog, type AuditRecord } from './audit-log.js'
import { checkLine, EMPTY_CHAIN, type ChainHead } from './chain.js'
import { REAL_DISK, type Disk } from './log-file.js'

let directory: string
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'fyr-audit-'))))
afterEach(() => rmSync(directory, { recursive: true }))

const now = () => new Date('2025-01-01T12:00:00.000Z')

function toRecord(requestId: string): AuditRecord {
  const rest = { principal: 'anonymous', question: 'allele', datasets: ['d'], granularity: 'count', exists: true }
  return { ts: '2025-01-01T00:00:00.000Z', requestId, event: 'query', outcome: 'answered', ...rest }
}

function pathOf(file: string): string {
  return join(directory, 'audit', file)
}

/** Entries of files, one after the other, each checked to follow the one before. */
function entriesIn(...files: readonly string[]): readonly AuditEntry[] {
  let head: ChainHead = EMPTY_CHAIN
  return files.flatMap((file) =>
    readFileSync(pathOf(file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const checked = checkLine(Buffer.from(line), head)
        if (checked.kind === 'bad') throw new Error(checked.problem)
        head = checked.entry
        return checked.entry
      }),
  )
}

function idsIn(...files: readonly string[]): readonly string[] {
  return entriesIn(...files).map(({ requestId }) => requestId)
}

test('a record is in the file when its promise is fulfilled, together with those of the same turn', async () => {
  const log = openAuditLog(directory, 'audit.ndjson', { now })
  const [first, second] = [log.record(toRecord('a')), log.record(toRecord('b'))]
  expect(idsIn('audit.ndjson')).toEqual([])
  await first
  expect(idsIn('audit.ndjson')).toEqual(['a', 'b'])
  await second
  await log.record(toRecord('c'))
  expect(idsIn('audit.ndjson')).toEqual(['a', 'b', 'c'])
  await log.close()
})

test('a restart goes on with the same chain, and each worker has its own', async () => {
  for (const id of ['a', 'b']) {
    const log = openAuditLog(directory, 'worker-1.ndjson', { now })
    await log.record(toRecord(id))
    await log.close()
  }
  const other = openAuditLog(directory, 'worker-2.ndjson')
  await other.record(toRecord('c'))
  await other.close()
  expect(idsIn('worker-1.ndjson')).toEqual(['a', 'b'])
  expect(idsIn('worker-2.ndjson')).toEqual(['c'])
})

test('two processes that serve one directory write two chains', async () => {
  const logs = [openAuditLog(directory, 'audit.ndjson', { now }), openAuditLog(directory, 'audit.ndjson', { now })]
  for (const [index, log] of logs.entries()) await log.record(toRecord(`r${index}`))
  for (const log of logs) await log.close()
  expect(idsIn('audit.ndjson')).toEqual(['r0'])
  expect(idsIn('audit-2.ndjson')).toEqual(['r1'])
})

test('of a question its keyed digest is written: equal for equal questions, another at another node', async () => {
  const [log, elsewhere] = [openAuditLog(directory, 'audit.ndjson', { now }), openAuditLog(join(directory, 'other'))]
  const question = { gVariant: { start: [17], referenceBases: 'C' } }
  await log.record(toRecord('a'), question)
  await log.record(toRecord('b'), { gVariant: { referenceBases: 'C', start: [17] } })
  await log.record(toRecord('c'), { gVariant: { referenceBases: 'C', start: [18] } })
  await elsewhere.record(toRecord('d'), question)
  await log.close()
  await elsewhere.close()
  const [a, b, c] = entriesIn('audit.ndjson').map(({ queryHash }) => queryHash)
  const [d] = entriesIn('../other/audit/audit.ndjson').map(({ queryHash }) => queryHash)
  expect(a).toMatch(/^[0-9a-f]{64}$/)
  expect(b).toBe(a)
  expect(new Set([a, c, d]).size).toBe(3)
  expect(readFileSync(pathOf('audit.ndjson'), 'utf8')).not.toContain('gVariant')
  expect(statSync(join(directory, 'audit-key.json')).mode & 0o777).toBe(0o600)
})

describe('a log that cannot be written', () => {
  test('when it is closed, what waits is written first and the rest fails', async () => {
    const log = openAuditLog(directory, 'audit.ndjson', { now })
    const waiting = [log.record(toRecord('a')), log.record(toRecord('b'))]
    const closed = log.close()
    await expect(log.record(toRecord('c'))).rejects.toThrow('the audit log is closed')
    await Promise.all([...waiting, closed])
    expect(idsIn('audit.ndjson')).toEqual(['a', 'b'])
  })

  const full = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))
  const createPartial = (): Disk['write'] => {
    let writes = 0
    return (descriptor, bytes, position) =>
      writes++ % 2 === 0 ? REAL_DISK.write(descriptor, bytes.subarray(0, 17), position) : full()
  }
  const faults: Readonly<Record<string, () => Disk['write']>> = {
    'a disk that is full': () => full,
    'a disk that takes a part and is full then': createPartial,
    'a disk that takes nothing': () => () => Promise.resolve(0),
  }
  test.each(Object.entries(faults))(
    '%s fails every request that waits; when it is mended the chain goes on',
    async (_, createFault) => {
      let write = REAL_DISK.write
      const log = openAuditLog(directory, 'audit.ndjson', {
        now,
        disk: { ...REAL_DISK, write: (descriptor, bytes, position) => write(descriptor, bytes, position) },
      })
      await log.record(toRecord('before'))
      write = createFault()
      for (let round = 0; round < 2; round++) {
        const waiting = [log.record(toRecord('lost-1')), log.record(toRecord('lost-2'))]
        const settled = await Promise.allSettled(waiting)
        expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      }
      write = REAL_DISK.write
      await log.record(toRecord('after'))
      await log.close()
      expect(idsIn('audit.ndjson')).toEqual(['before', 'after'])
    },
  )

  test('a part that cannot be taken back fails the requests after it, too', async () => {
    let [write, truncate] = [REAL_DISK.write, REAL_DISK.truncate]
    const disk: Disk = { write: (...args) => write(...args), truncate: (...args) => truncate(...args) }
    const log = openAuditLog(directory, 'audit.ndjson', { disk, now })
    write = full
    truncate = full
    await expect(log.record(toRecord('a'))).rejects.toThrow('ENOSPC')
    write = REAL_DISK.write
    await expect(log.record(toRecord('b'))).rejects.toThrow('ENOSPC')
    truncate = REAL_DISK.truncate
    await log.record(toRecord('c'))
    await log.close()
    expect(idsIn('audit.ndjson')).toEqual(['c'])
  })
})

describe('after a crash', () => {
  test.each([
    ['a line without an end', '{"datasets":["d"],"ev'],
    ['bytes that never reached the disk', '\0\0\0\0\0\0\n'],
  ])('%s is cut off, and the cut is an entry', async (_, torn) => {
    const log = openAuditLog(directory, 'audit.ndjson', { now })
    await log.record(toRecord('a'))
    await log.close()
    appendFileSync(pathOf('audit.ndjson'), torn)
    const again = openAuditLog(directory, 'audit.ndjson', { now })
    await again.record(toRecord('b'))
    await again.close()
    const entries = entriesIn('audit.ndjson')
    expect(entries.map(({ event }) => event)).toEqual(['query', 'log.recovered', 'query'])
    expect(entries[1]).toMatchObject({ details: { bytesCut: torn.length } })
  })

  test('a first line that was never whole is cut off, too', async () => {
    await openAuditLog(directory, 'audit.ndjson', { now }).close()
    appendFileSync(pathOf('audit.ndjson'), '{"data')
    await openAuditLog(directory, 'audit.ndjson', { now }).close()
    expect(entriesIn('audit.ndjson').map(({ event }) => event)).toEqual(['log.recovered'])
  })

  test('a last entry that somebody changed is not gone on with', async () => {
    const log = openAuditLog(directory, 'audit.ndjson', { now })
    await log.record(toRecord('a'))
    await log.close()
    const text = readFileSync(pathOf('audit.ndjson'), 'utf8')
    writeFileSync(pathOf('audit.ndjson'), text.replace('"exists":true', '"exists":false'))
    expect(() => openAuditLog(directory, 'audit.ndjson', { now })).toThrow(
      /last line of .* is not as the node wrote it .*run audit verify/,
    )
  })
})

describe('files', () => {
  test('a full one gets the number of its first entry, and the chain goes on in the next', async () => {
    for (const round of [0, 1]) {
      const log = openAuditLog(directory, 'audit.ndjson', { largestFile: 1_000, now })
      for (let index = 0; index < 5; index++) await log.record(toRecord(`r${round}${index}`))
      await log.close()
    }
    const files = readdirSync(join(directory, 'audit')).filter((name) => name.endsWith('.ndjson'))
    expect(files.length).toBeGreaterThan(2)
    expect(files[0]).toBe('audit.000000000001.ndjson')
    expect(files.at(-1)).toBe('audit.ndjson')
    expect(idsIn(...files)).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14].map((id) => `r${String(id).padStart(2, '0')}`))
  })

  test('every day has its own; one that was just begun when the node was killed goes on with the chain', async () => {
    let at = new Date('2025-01-01T23:59:59Z')
    const log = openAuditLog(directory, 'audit.ndjson', { now: () => at })
    await log.record(toRecord('a'))
    at = new Date('2025-01-02T00:00:00Z')
    await log.record(toRecord('b'))
    await log.close()
    expect(idsIn('audit.000000000001.ndjson', 'audit.ndjson')).toEqual(['a', 'b'])
    rmSync(pathOf('audit.ndjson'))
    const again = openAuditLog(directory, 'audit.ndjson', { now: () => at })
    await again.record(toRecord('c'))
    await again.close()
    expect(idsIn('audit.000000000001.ndjson', 'audit.ndjson')).toEqual(['a', 'c'])
  })

  test('a log of before there were chains is kept aside', async () => {
    await openAuditLog(directory, 'audit.ndjson', { now }).close()
    writeFileSync(pathOf('audit.ndjson'), `${JSON.stringify(toRecord('old'))}\n`)
    const log = openAuditLog(directory, 'audit.ndjson', { now })
    await log.record(toRecord('new'))
    await log.close()
    expect(idsIn('audit.ndjson')).toEqual(['new'])
    expect(readFileSync(pathOf('audit.unchained.ndjson'), 'utf8')).toContain('"old"')
  })
})
