// Over 300 lines: what a node sends, what witnesses answer, and what verify makes of both are told of one world.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWitnessServer, type WitnessServer } from '../testing/witness-server.js'
import { openAuditLog, type AuditRecord } from './audit-log.js'
import { openAuditKeys } from './audit-key.js'
import { startCheckpoints } from './checkpoints.js'
import { startSending, type SendReport } from './send-checkpoints.js'
import { verifyAudit } from './verify-audit.js'
import { verifyWitnessed, type WitnessedVerdict } from './verify-witnesses.js'
import { createWitnessClient, type WitnessAddress, type WitnessClient } from './witness-client.js'
import { readDispute } from './witness-files.js'

const NODE_ID = 'se.fyr.norr'
const MINUTE = 60_000
const now = () => new Date('2026-01-01T12:00:00.000Z')

let root: string
let home: string
let client: WitnessClient
let hub: WitnessServer
let written = 0
const reports: SendReport[] = []
const problems: unknown[] = []
const servers: { close(): unknown }[] = []

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fyr-witnesses-'))
  home = join(root, 'node')
  await write(home, 3)
  client = createWitnessClient({ allowPrivate: true, deadlineMs: 1_000 })
  hub = await startWitness('hub')
  reports.length = 0
  problems.length = 0
})
afterEach(async () => {
  await client.close()
  for (const server of servers.splice(0)) await server.close()
  rmSync(root, { recursive: true })
})

async function startWitness(name: string): Promise<WitnessServer> {
  const key = { name: `${NODE_ID}/audit`, publicKey: openAuditKeys(home, now).publicKey }
  const server = await startWitnessServer(name, join(root, `${name}.sqlite`), [key])
  servers.push(server)
  return server
}

async function write(directory: string, count: number, principal = 'anonymous'): Promise<void> {
  const log = openAuditLog(directory, 'audit.ndjson', { now })
  for (let i = 0; i < count; i++) {
    const rest = { question: 'allele', datasets: ['d'], granularity: 'count', exists: true }
    const record: AuditRecord = {
      ts: now().toISOString(),
      requestId: `r-${written++}`,
      event: 'query',
      outcome: 'answered',
      principal,
      ...rest,
    }
    await log.record(record)
  }
  await log.close()
}

/** Makes a checkpoint as a node does that serves, and sends it to the witnesses. */
async function checkpoint(directory = home, witnesses: readonly WitnessAddress[] = [hub.address]): Promise<void> {
  const sender = startSending(directory, witnesses, {
    client,
    now,
    onResult: (report) => reports.push(report),
    onProblem: (error) => problems.push(error),
  })
  const maker = startCheckpoints(directory, {
    nodeId: NODE_ID,
    now,
    onProblem: (error) => problems.push(error),
    onCheckpoint: () => sender.wake(),
  })
  await maker.stop()
  await sender.close()
}

const verify = (witnesses: readonly WitnessAddress[] = [hub.address]): Promise<WitnessedVerdict> =>
  verifyWitnessed(home, { nodeId: NODE_ID, witnesses, patienceMs: 0 })
const verifyByAsking = (witnesses: readonly WitnessAddress[] = [hub.address]): Promise<WitnessedVerdict> =>
  verifyWitnessed(home, { nodeId: NODE_ID, witnesses, client, patienceMs: 0 })

function pathOf(name: string): string {
  return join(home, 'audit', name)
}

/** Somebody with the key of the node writes the whole log anew, with checkpoints, as if the others had never been. */
async function rewriteAll(entries: readonly number[], withKey = true): Promise<void> {
  const forged = join(root, 'forged')
  rmSync(forged, { recursive: true, force: true })
  await write(forged, 0)
  if (withKey) cpSync(join(home, 'audit-key.json'), join(forged, 'audit-key.json'))
  for (const count of entries) {
    await write(forged, count, 'nobody-in-particular')
    const maker = startCheckpoints(forged, { nodeId: NODE_ID, now, onProblem: (error) => problems.push(error) })
    await maker.stop()
  }
  for (const name of readdirSync(join(home, 'audit'))) {
    if (name !== 'witnesses') rmSync(pathOf(name))
  }
  cpSync(join(forged, 'audit'), join(home, 'audit'), { recursive: true })
  cpSync(join(forged, 'audit-key.json'), join(home, 'audit-key.json'))
}

describe('a checkpoint', () => {
  test('is sent to every witness, with the proof that it goes on from the last, and the cosignature is kept', async () => {
    const mitt = await startWitness('mitt')
    const witnesses = [hub.address, mitt.address]
    for (const count of [2, 1, 5]) {
      await checkpoint(home, witnesses)
      await write(home, count)
    }
    await checkpoint(home, witnesses)
    expect(problems).toEqual([])
    expect(reports.map(({ result, checkpoint: { size } }) => [result, size])).toEqual(
      [3, 5, 6, 11].flatMap((size) => [
        ['cosigned', size],
        ['cosigned', size],
      ]),
    )
    expect(hub.requests.map((body) => body.split('\n')[0])).toEqual(['old 0', 'old 3', 'old 5', 'old 6'])
    for (const verdict of [await verify(witnesses), await verifyByAsking(witnesses)]) {
      expect(verdict.fault).toBeUndefined()
      expect(verdict.witnesses).toMatchObject([
        { name: 'hub', cosigned: { checkpoint: 4, entries: 11 } },
        { name: 'mitt', cosigned: { checkpoint: 4, entries: 11 } },
      ])
      expect(verdict.witnesses.map(({ problem }) => problem)).toEqual([undefined, undefined])
    }
    expect((await verifyByAsking()).witnesses[0]!.seen).toMatchObject({ entries: 11 })
  })

  test('is not sent again when it was cosigned, and goes on where a witness is when what is kept here was lost', async () => {
    await checkpoint()
    await checkpoint()
    expect(hub.requests).toHaveLength(1)
    rmSync(pathOf('witnesses'), { recursive: true })
    await write(home, 2)
    await checkpoint()
    expect(new Set(reports.map(({ result }) => result))).toEqual(new Set(['cosigned']))
    expect(hub.requests.slice(0, 3).map((body) => body.split('\n')[0])).toEqual(['old 0', 'old 0', 'old 3'])
    expect((await verifyByAsking()).witnesses[0]).toMatchObject({ cosigned: { entries: 5 }, seen: { entries: 5 } })
  })

  test('that a witness has cosigned without an answer that came is cosigned again', async () => {
    hub.answerBy((_request, response) => response.destroy())
    await checkpoint()
    expect(reports).toMatchObject([{ result: 'failed' }, { result: 'failed' }])
    hub.answerBy(undefined)
    hub.witness.addCheckpoint(Buffer.from(hub.requests[0]!))
    await checkpoint()
    expect(reports.at(-1)).toMatchObject({ result: 'cosigned' })
    expect((await verifyByAsking()).witnesses[0]!.problem).toBeUndefined()
  })

  test('goes to a witness that was down when it is back, and one that hangs keeps no other waiting', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    servers.push(silent)
    const { port } = silent.address() as { port: number }
    const hanging = { ...hub.address, name: 'hanging', url: `http://127.0.0.1:${port}/witness` }
    hub.answerBy((_request, response) => void response.writeHead(503).end())
    const sender = startSending(home, [hanging, hub.address], {
      client,
      now,
      onResult: (report) => reports.push(report),
      onProblem: (error) => problems.push(error),
      firstWaitMs: 10,
    })
    const maker = startCheckpoints(home, { nodeId: NODE_ID, now, onProblem: () => {}, onCheckpoint: sender.wake })
    await maker.make()
    await until(() => reports.filter(({ witness }) => witness === 'hub').length >= 3)
    hub.answerBy(undefined)
    await until(() => reports.some(({ witness, result }) => witness === 'hub' && result === 'cosigned'))
    expect(reports.find(({ witness }) => witness === 'hanging')?.result ?? 'failed').toBe('failed')
    await maker.stop()
    await sender.close()
    expect(problems).toEqual([])
  })

  test('waits until it is time, and then the last one is sent alone', async () => {
    const sender = startSending(home, [hub.address], {
      client,
      now,
      onResult: (report) => reports.push(report),
      onProblem: (error) => problems.push(error),
      leastIntervalMs: 2_500,
    })
    const maker = startCheckpoints(home, { nodeId: NODE_ID, now, onProblem: () => {}, onCheckpoint: sender.wake })
    await maker.make()
    await until(() => reports.length === 1)
    for (let i = 0; i < 4; i++) {
      await write(home, 1)
      await maker.make()
    }
    expect(reports).toHaveLength(1)
    await until(() => reports.length === 2)
    expect(reports.map(({ checkpoint: { number } }) => number)).toEqual([1, 5])
    await maker.stop()
    await sender.close()
    expect((await verifyByAsking()).witnesses[0]!.problem).toBeUndefined()
  })
})

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(isSo()).toBe(true)
}

describe('a witness that answers', () => {
  const say = (status: number, body = '', type = 'text/plain') => ({ status, body, type })
  test.each([
    ['with a redirect', say(307), 'failed', 'it answered HTTP 307'],
    ['that it does not know the log', say(404), 'refused', 'it does not know this log'],
    ['that it knows another key', say(403), 'refused', 'it knows another key of this log'],
    ['with 409 and no size', say(409, 'x\n', 'text/x.tlog.size'), 'failed', 'it answered HTTP 409 without a size'],
    ['with 409 of another type', say(409, '1\n'), 'failed', 'it answered HTTP 409 without a size'],
    ['with text for a cosignature', say(200, 'ok\n'), 'failed', 'what it answered is no cosignature by its key'],
    ['with nothing', say(200), 'failed', 'what it answered is no cosignature by its key'],
    ['without end', say(200, 'x'.repeat(70_000)), 'failed', 'its answer is too large'],
    [
      'with a cosignature of another key',
      say(200, `\u2014 hub/witness ${Buffer.alloc(76).toString('base64')}\n`),
      'failed',
      'what it answered is no cosignature by its key',
    ],
    ['with 422', say(422), 'disputed', 'it has cosigned a log of which this one is not the continuation'],
    [
      'with more entries than there are',
      say(409, '99\n', 'text/x.tlog.size'),
      'disputed',
      'it has cosigned 99 entries, and this log has 3',
    ],
  ])('%s gets no further, and the node says why', async (_, { status, body, type }, result, reason) => {
    hub.answerBy((_request, response) => {
      response.writeHead(status, { 'content-type': type, location: `${hub.address.url}/elsewhere` }).end(body)
    })
    await checkpoint()
    expect(reports[0]).toMatchObject({ witness: 'hub', result, reason })
    expect(problems).toEqual([])
    expect(readDispute(home, 'hub') !== undefined).toBe(result === 'disputed')
    const { witnesses, fault } = await verify()
    expect(fault).toBeUndefined()
    expect(witnesses[0]!.problem !== undefined).toBe(result === 'disputed')
  })

  test('at a private address is not asked unless it may be', async () => {
    const careful = createWitnessClient({ allowPrivate: false })
    const submitted = await careful.submit(hub.address, { old: 0, proof: [], note: 'x\n\n' })
    expect(submitted).toEqual({ kind: 'failed', reason: 'its address is not https' })
    const hidden = { ...hub.address, url: 'https://witness.test/witness' }
    const resolving = createWitnessClient({
      allowPrivate: false,
      resolve: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    expect(await resolving.submit(hidden, { old: 0, proof: [], note: 'x\n\n' })).toEqual({
      kind: 'failed',
      reason: 'the host name is of a private address',
    })
    await careful.close()
    await resolving.close()
    expect(hub.requests).toEqual([])
  })
})

describe('an insider with the key of the node who writes the whole log anew', () => {
  beforeEach(async () => {
    for (let i = 0; i < 3; i++) {
      await checkpoint()
      await write(home, 4)
    }
    await checkpoint()
    expect((await verifyByAsking()).witnesses[0]!.problem).toBeUndefined()
  }, MINUTE)

  test.each([
    ['as long as it was, with as many checkpoints', [3, 4, 4, 4]],
    ['as long as it was, with one checkpoint', [15]],
    ['longer', [3, 4, 4, 4, 10]],
    ['shorter', [3, 4]],
  ])(
    '%s, passes verify alone, but not the witness',
    async (_, entries) => {
      await rewriteAll(entries)
      expect((await verifyAudit(home, { nodeId: NODE_ID })).fault).toBeUndefined()
      // What is kept here does not fit any more.
      expect((await verify()).witnesses[0]!.problem).toMatch(/it cosigned (another )?checkpoint \d/)
      // So it is removed, too: nothing that is left here speaks against the log.
      rmSync(pathOf('witnesses'), { recursive: true })
      const alone = await verify()
      expect(alone.fault).toBeUndefined()
      expect(alone.witnesses[0]).toEqual({ name: 'hub' })
      // The witness does.
      const asked = await verifyByAsking()
      expect(asked.fault).toBeUndefined()
      expect(asked.witnesses[0]!.problem).toMatch(
        /^it cosigned 15 entries at \S+(, and the checkpoints here cover 7| that are not those of this log)$/,
      )
      // And it cosigns nothing of the new history.
      reports.length = 0
      await write(home, 20)
      await checkpoint()
      expect(reports.every(({ result }) => result === 'disputed')).toBe(true)
      expect(reports.length).toBeGreaterThan(0)
      expect(hub.witness.list()).toMatchObject([{ size: 15 }])
      expect((await verify()).witnesses[0]!.problem).toMatch(/^it refused checkpoint \d at /)
    },
    MINUTE,
  )

  test('and puts a key of their own in the place of the node’s, is refused by the witness, and found by asking it', async () => {
    await rewriteAll([3, 4, 4, 4], false)
    rmSync(pathOf('witnesses'), { recursive: true })
    reports.length = 0
    await write(home, 1)
    await checkpoint()
    expect(reports.at(-1)).toMatchObject({ result: 'refused', reason: 'it knows another key of this log' })
    expect((await verify()).witnesses).toEqual([{ name: 'hub' }])
    expect((await verifyByAsking()).witnesses[0]!.problem).toMatch(/15 entries at \S+ that are not those of this log$/)
  })

  test('is found by the cosignatures of one checkpoint in the middle, when the others were removed', async () => {
    const kept = readFileSync(pathOf('witnesses/hub.cosignatures'), 'utf8').split('\n')
    await rewriteAll([3, 4, 4, 4])
    writeFileSync(pathOf('witnesses/hub.cosignatures'), `${kept[1]}\n`)
    expect((await verify()).witnesses[0]!.problem).toBe('it cosigned another checkpoint 2 than the one that is here')
  })
})

describe('what is kept of a witness', () => {
  test('ends with the last whole line when the node was killed in the middle of one', async () => {
    await checkpoint()
    appendFileSync(pathOf('witnesses/hub.cosignatures'), '2 5 \u2014 hub/wit')
    await write(home, 2)
    await checkpoint()
    expect((await verifyByAsking()).witnesses[0]).toMatchObject({ cosigned: { checkpoint: 2, entries: 5 } })
    expect((await verify()).witnesses[0]!.problem).toBeUndefined()
  })

  test('is told when a line of it was changed', async () => {
    await checkpoint()
    const path = pathOf('witnesses/hub.cosignatures')
    const line = readFileSync(path, 'utf8')
    for (const changed of [line.replace(/.{4}==\n$/, 'AAA==\n'), line.replace('1 3', '2 3'), 'x\n', `${line}x\n`]) {
      writeFileSync(path, changed)
      expect((await verify()).witnesses[0]!.problem).toBeDefined()
    }
  })

  test('by a key that the witness does not have any more counts for nothing', async () => {
    await checkpoint()
    const another = await startWitness('another')
    const renamed = { ...hub.address, key: { ...another.address.key, name: hub.address.key.name } }
    expect((await verify([renamed])).witnesses).toEqual([{ name: 'hub' }])
  })

  test('ends a dispute when the witness agrees again', async () => {
    await checkpoint()
    const aside = `${home}.aside`
    cpSync(home, aside, { recursive: true })
    await rewriteAll([4])
    await checkpoint()
    expect(readDispute(home, 'hub')).toMatchObject({ number: 1, size: 4 })
    cpSync(pathOf('witnesses/hub.dispute'), join(aside, 'audit', 'witnesses', 'hub.dispute'))
    rmSync(home, { recursive: true })
    renameSync(aside, home)
    const asked = await verifyByAsking()
    expect(asked.witnesses[0]).toMatchObject({ dispute: { size: 4 } })
    expect(asked.witnesses[0]!.problem).toBeUndefined()
    await checkpoint()
    expect(readDispute(home, 'hub')).toBeUndefined()
  })
})
