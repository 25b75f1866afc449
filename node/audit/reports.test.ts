import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileSchema, fhirAuditEventSchema, type FhirAuditEvent } from '../../schemas/index.js'
import { openAuditLog, type AuditRecord } from './audit-log.js'
import { makeRecordedChange, openChangeLog } from './change-log.js'
import { readEntries, type PlacedEntry } from './read-entries.js'
import { listSpotChecks, weekOf } from './spot-checks.js'
import { reportSubject, toReportText } from './subject-report.js'
import { CSV_COLUMNS, toCsvLine } from './to-csv.js'
import { toFhir } from './to-fhir.js'

const NURSE = 'https://broker.example|u-1'
const DOCTOR = 'https://broker.example|u-2'
/** A Wednesday, at noon in Sweden. */
const NOON = '2025-10-01T10:00:00.000Z'
const NIGHT = '2025-10-01T21:30:00.000Z'

const directory = mkdtempSync(join(tmpdir(), 'fyr-reports-'))
afterAll(() => rmSync(directory, { recursive: true }))

function toRecord(requestId: string, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ts: NOON,
    requestId,
    event: 'query',
    outcome: 'answered',
    principal: NURSE,
    question: 'allele',
    datasets: ['d'],
    granularity: 'count',
    exists: true,
    ...more,
  }
}

const ticket: Partial<AuditRecord> = {
  event: 'ticket.issue',
  question: 'regions',
  granularity: 'file',
  file: 'd/one',
  subjects: ['P-1', 'P-2'],
  purpose: 'HRESCH',
  project: 'p-7',
  grants: ['g-1'],
  hub: 'ngp-hub',
  passport: 'jti-1',
  org: 'SE2321000016-A',
  unit: 'SE2321000016-B',
}

beforeAll(async () => {
  const now = () => new Date(NOON)
  const first = openAuditLog(directory, 'worker-1.ndjson', { now })
  const second = openAuditLog(directory, 'worker-2.ndjson', { now })
  await first.record(toRecord('count-1'), { question: 'allele' })
  await first.record(toRecord('count-2'))
  await first.record(toRecord('elsewhere', { datasets: ['other'] }))
  for (let index = 0; index < 5; index++) {
    const read = { event: 'record.read', granularity: 'record', subjects: ['P-3'], principal: DOCTOR } as const
    await second.record(toRecord(`same-${index}`, { ts: NIGHT.replace('21:', '08:'), ...read }))
  }
  await second.record(toRecord('ticket', ticket))
  await second.record(toRecord('block', { ...ticket, event: 'block.read', bytes: 4_096, ticket: 'ticket' }))
  for (let index = 0; index < 12; index++) {
    const denied = { outcome: 'denied', granularity: 'none', exists: false, principal: 'anonymous' } as const
    await second.record(toRecord(`denied-${index}`, denied))
  }
  await second.record(toRecord('night', { ts: NIGHT, event: 'record.read', granularity: 'record', subjects: ['P-1'] }))
  await first.close()
  await second.close()
  const change = { what: 'individual.remove', individual: 'P-1' }
  await openChangeLog(directory, { by: 'hsa-7', now: () => new Date('2025-10-02T08:00:00Z') })('status.change', change)
})

async function readAll(): Promise<readonly PlacedEntry[]> {
  const entries: PlacedEntry[] = []
  for await (const placed of readEntries(directory)) entries.push(placed)
  return entries
}

describe('entries of all chains', () => {
  test('are read in the order of their times, and of a period alone', async () => {
    const times = (await readAll()).map(({ entry }) => entry.ts)
    expect(times).toHaveLength(24)
    expect(times).toEqual([...times].sort())
    const ids: string[] = []
    const period = { since: NIGHT, until: '2025-10-02' }
    for await (const { entry } of readEntries(directory, period)) ids.push(entry.requestId)
    expect(ids).toEqual(['night'])
  })

  test('are FHIR AuditEvents, one for each person whose data were told', async () => {
    const check = compileSchema(fhirAuditEventSchema)
    const events = (await readAll()).map((placed) => toFhir(placed, 'se.fyr.norr'))
    for (const event of events.flat()) expect(check(event)).toEqual({ ok: true })
    expect(new Set(events.flat().map(({ id }) => id)).size).toBe(events.flat().length)
    const ofTicket = events.find(([event]) => event!.id === 'worker-2-6-1')!
    expect(ofTicket.map(({ entity }) => entity[0]!.what!.identifier.value)).toEqual(['P-1', 'P-2'])
    const expected: Partial<FhirAuditEvent> = {
      meta: { profile: ['https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead'] },
      action: 'R',
      outcome: '0',
    }
    expect(ofTicket[0]).toMatchObject(expected)
    const user = ofTicket[0]!.agent.find(({ requestor }) => requestor)
    expect(user).toMatchObject({
      who: { identifier: { system: 'https://broker.example', value: 'u-1' } },
      policy: ['jti-1'],
    })
    expect(user!.purposeOfUse![0]!.coding[0]!.code).toBe('HRESCH')
    const counted = events.find(([event]) => event!.id === 'worker-1-1')![0]!
    expect(counted.meta!.profile[0]).toMatch(/IHE\.BasicAudit\.Query$/)
    expect(Buffer.from(counted.entity.at(-1)!.query!, 'base64').toString()).toMatch(/^allele hmac-sha256:[0-9a-f]{64}$/)
  })

  test('are lines of a table that no program computes', async () => {
    const [placed] = await readAll()
    const line = toCsvLine({ ...placed!, entry: { ...placed!.entry, principal: '=1+1|"x", y' } })
    expect(line).toContain(`,"'=1+1|""x"", y",`)
    expect(toCsvLine(placed!).split(',')).toHaveLength(CSV_COLUMNS.length)
  })
})

describe('the report of one person', () => {
  test('says who saw what, when, why and from which unit, and where the person may have been counted', async () => {
    const report = await reportSubject(directory, 'P-1', ['d'])
    expect(report.accesses.map(({ requestId }) => requestId)).toEqual(['ticket', 'block', 'night'])
    expect(report.possibleCounts).toEqual([
      { day: '2025-10-01', principal: DOCTOR, datasets: ['d'], granularity: 'record', questions: 5 },
      { day: '2025-10-01', principal: NURSE, datasets: ['d'], granularity: 'count', questions: 2 },
    ])
    expect(report.changes).toMatchObject([{ what: 'individual.remove', by: 'hsa-7' }])
    const text = toReportText(report)
    expect(text).toContain(
      `2025-10-01T10:00:00.000Z  ${NURSE} (unit SE2321000016-B, provider SE2321000016-A, HRESCH, project p-7, through ngp-hub): fetched data of a file: d/one (regions), 4096 bytes  [block]`,
    )
    expect(text).toContain(`2025-10-01  ${NURSE}: 2 questions (count) of d`)
    expect(text).not.toMatch(/P-2|P-3/)
  })

  test('of somebody whom nobody asked about is empty', async () => {
    const report = await reportSubject(directory, 'P-9', [], { since: '2025-01-01' })
    expect(report).toMatchObject({ accesses: [], possibleCounts: [], changes: [] })
    expect(toReportText(report)).toContain('Data that were shown or sent: 0')
  })
})

describe('the list of spot checks', () => {
  const options = { seed: 'a', sample: 2, timeZone: 'Europe/Stockholm' }

  test('has a sample of each user and week, and what rules point at', async () => {
    const checks = await listSpotChecks(directory, options)
    expect(checks.map(({ kind, principal, count }) => [kind, principal, count])).toEqual([
      ['denied', 'anonymous', 12],
      ['night', NURSE, 1],
      ['sample', NURSE, 1],
      ['sample', NURSE, 1],
      ['one-person', DOCTOR, 5],
      ['sample', DOCTOR, 1],
      ['sample', DOCTOR, 1],
    ])
    expect(checks.every(({ week }) => week === '2025-W40')).toBe(true)
    expect(checks.find(({ kind }) => kind === 'night')!.entries).toEqual(['worker-2:20'])
    expect(await listSpotChecks(directory, options)).toEqual(checks)
    const others = await listSpotChecks(directory, { ...options, seed: 'b' })
    expect(others.map(({ id }) => id)).not.toEqual(checks.map(({ id }) => id))
    const inUtc = await listSpotChecks(directory, { ...options, timeZone: 'UTC' })
    expect(inUtc.some(({ kind }) => kind === 'night')).toBe(false)
  })

  test('points at unusual volumes', async () => {
    const home = join(directory, 'busy')
    const log = openAuditLog(home)
    const ask = (principal: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => log.record(toRecord(`${principal}-${index}`, { principal }))),
      )
    for (const [index, count] of [10, 20, 200].entries()) await ask(`iss|u-${index}`, count)
    await log.close()
    const volumes = (await listSpotChecks(home, options)).filter(({ kind }) => kind === 'volume')
    expect(volumes).toMatchObject([{ principal: 'iss|u-2', count: 200, reason: '200 answers, where 20 are usual' }])
  })

  test('knows what was done', async () => {
    const [check] = await listSpotChecks(directory, options)
    const details = { check: check!.id, note: 'a scanner' }
    await openChangeLog(directory, { by: 'hsa-7' })('check.done', details)
    const [again] = await listSpotChecks(directory, { ...options, until: '2025-10-03' })
    expect(again).toMatchObject({ id: check!.id, done: { by: 'hsa-7', note: 'a scanner' } })
  })

  test.each([
    ['2024-12-30T00:00:00.000Z', '2025-W01'],
    ['2027-01-03T23:00:00.000Z', '2026-W53'],
    ['2025-10-05T23:00:00.000Z', '2025-W40'],
  ])('%s is in week %s', (ts, week) => expect(weekOf(ts)).toBe(week))
})

describe('changes', () => {
  test('are on record before they are made, one after the other, and said to have failed when they did', async () => {
    const home = join(directory, 'changes')
    const seen: number[] = []
    const change = async (index: number) => {
      const made = makeRecordedChange(home, 'dataset.change', { index, left: undefined }, {}, async () => {
        for await (const _ of readEntries(home)) seen.push(index)
        if (index === 1) throw new Error('it is published')
      })
      return made.catch(() => undefined)
    }
    for (const index of [0, 1, 2]) await change(index)
    expect(seen.filter((index) => index === 0)).toHaveLength(1)
    const entries: unknown[] = []
    for await (const { chain, entry } of readEntries(home)) {
      const { outcome, principal, details } = entry as typeof entry & { details: object }
      entries.push([chain, outcome, /^cli:\d+$/.test(principal), details])
    }
    expect(entries).toEqual([
      ['cli', 'changed', true, { index: 0 }],
      ['cli', 'changed', true, { index: 1 }],
      ['cli', 'failed', true, { index: 1 }],
      ['cli', 'changed', true, { index: 2 }],
    ])
    await Promise.all([3, 4, 5, 6].map(change))
    let count = 0
    for await (const _ of readEntries(home)) count++
    expect(count).toBe(8)
  })
})
