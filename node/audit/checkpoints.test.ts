import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import express from 'express'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConsistent, openNote } from '../../schemas/index.js'
import { openAuditLog, type AuditRecord } from './audit-log.js'
import { readAuditKeys } from './audit-key.js'
import { checkpointRoutes } from './checkpoint-routes.js'
import { parseCheckpointText, splitNotes } from './checkpoint.js'
import { startCheckpoints } from './checkpoints.js'
import { verifyAudit } from './verify-audit.js'

const NODE_ID = 'se.fyr.norr'
const now = () => new Date('2025-01-01T12:00:00.000Z')

let directory: string
let problems: unknown[]
let written = 0
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-checkpoints-'))
  problems = []
})
afterEach(() => rmSync(directory, { recursive: true }))

function toRecord(requestId: string): AuditRecord {
  const rest = { principal: 'anonymous', question: 'allele', datasets: ['d'], granularity: 'count', exists: true }
  return { ts: '2025-01-01T00:00:00.000Z', requestId, event: 'query', outcome: 'answered', ...rest }
}

async function write(file: string, count: number): Promise<void> {
  const log = openAuditLog(directory, file, { now, largestFile: 2_000 })
  await Promise.all(Array.from({ length: count }, (_, index) => log.record(toRecord(`${file}-${written++}-${index}`))))
  await log.close()
}

function pathOf(file: string): string {
  return join(directory, 'audit', file)
}

/** Starts anew, as the node does. */
async function checkpoint(): Promise<void> {
  const maker = startCheckpoints(directory, { nodeId: NODE_ID, now, onProblem: (error) => problems.push(error) })
  await maker.make()
  await maker.stop()
}

function readNotes() {
  const key = { name: `${NODE_ID}/audit`, publicKey: readAuditKeys(directory).publicKey }
  const { notes, rest } = splitNotes(readFileSync(pathOf('checkpoints'), 'utf8'))
  expect(rest).toBe('')
  return notes.map(({ note }) => parseCheckpointText(openNote(note, key)!)!)
}

describe('checkpoints', () => {
  test('cover all chains, also those that began later, over restarts and new files', async () => {
    const maker = startCheckpoints(directory, { nodeId: NODE_ID, now, onProblem: (error) => problems.push(error) })
    await write('worker-2.ndjson', 3)
    await maker.make()
    await write('worker-1.ndjson', 20)
    await write('worker-2.ndjson', 2)
    await maker.make()
    await maker.make()
    await maker.stop()
    await write('worker-1.ndjson', 9)
    await checkpoint()
    const chains = readNotes().map(({ size, chains }) => [size, chains.map(({ chain, seq }) => [chain, seq])])
    expect(chains).toEqual([
      [3, [['worker-2', 3]]],
      [
        25,
        [
          ['worker-1', 20],
          ['worker-2', 5],
        ],
      ],
      [
        34,
        [
          ['worker-1', 29],
          ['worker-2', 5],
        ],
      ],
    ])
    expect(problems).toEqual([])
    expect(await verifyAudit(directory, { nodeId: NODE_ID })).toEqual({
      chains: [
        { chain: 'worker-1', entries: 29 },
        { chain: 'worker-2', entries: 5 },
      ],
      entries: 34,
      checkpoints: 3,
      covered: 34,
      lastCheckpoint: '2025-01-01T12:00:00.000Z',
    })
  })

  test('one process makes them', async () => {
    await write('audit.ndjson', 1)
    const maker = startCheckpoints(directory, { nodeId: NODE_ID, now, onProblem: (error) => problems.push(error) })
    await maker.make()
    await write('audit.ndjson', 1)
    await checkpoint()
    expect(readNotes()).toHaveLength(1)
    await maker.stop()
    expect(readNotes()).toHaveLength(2)
    expect(problems).toEqual([])
  })

  test('a file of the tree that is lost, cut or wrong is made anew', async () => {
    await write('audit.ndjson', 5)
    await checkpoint()
    const spoil = [
      () => rmSync(pathOf('tree')),
      () => truncateSync(pathOf('tree'), 40),
      () => writeFileSync(pathOf('tree'), Buffer.alloc(8 * 32)),
    ]
    for (const [round, act] of spoil.entries()) {
      act()
      await write('audit.ndjson', round + 1)
      await checkpoint()
    }
    expect(readNotes().map(({ size }) => size)).toEqual([5, 6, 8, 11])
    expect((await verifyAudit(directory, { nodeId: NODE_ID })).fault).toBeUndefined()
    expect(problems).toEqual([])
  })

  test('what a crash left of one is replaced', async () => {
    await write('audit.ndjson', 2)
    await checkpoint()
    appendFileSync(pathOf('checkpoints'), 'se.fyr.norr/audit\n3\nab')
    await write('audit.ndjson', 1)
    await checkpoint()
    // Killed before the last one was written again.
    writeFileSync(pathOf('checkpoint'), splitNotes(readFileSync(pathOf('checkpoints'), 'utf8')).notes[0]!.note)
    await write('audit.ndjson', 1)
    await checkpoint()
    expect(readNotes().map(({ size }) => size)).toEqual([2, 3, 4])
    expect(problems).toEqual([])
  })

  test.each<[string, () => void, RegExp]>([
    [
      'an entry was cut off',
      () => truncateSync(pathOf('audit.ndjson'), cutLength('audit.ndjson', 1)),
      /does not follow/,
    ],
    ['a chain is missing', () => rmSync(pathOf('cli.ndjson')), /the log cli of the last checkpoint is missing/],
    ['the last one is missing', () => rmSync(pathOf('checkpoints')), /does not end with the last checkpoint/],
  ])('none is made when %s', async (_, tamper, problem) => {
    await write('audit.ndjson', 3)
    await write('cli.ndjson', 3)
    await checkpoint()
    await write('audit.ndjson', 1)
    await checkpoint()
    tamper()
    await write('audit.ndjson', 2)
    await checkpoint()
    expect(String(problems[0])).toMatch(problem)
    const { fault } = await verifyAudit(directory, { nodeId: NODE_ID })
    expect(fault).toBeDefined()
  })
})

function cutLength(file: string, lines: number): number {
  const text = readFileSync(pathOf(file), 'utf8').split('\n')
  return statSync(pathOf(file)).size - text.slice(-1 - lines, -1).join('\n').length - 1
}

test('the admin listener gives the last one, and proves that it goes on from any before', async () => {
  const server = createServer(express().use('/audit', checkpointRoutes(directory, NODE_ID)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`)
    return { status: response.status, text: await response.text() }
  }
  try {
    expect(await get('/checkpoint')).toMatchObject({ status: 404 })
    for (const count of [3, 4, 6]) {
      await write('audit.ndjson', count)
      await checkpoint()
    }
    const notes = readNotes()
    const { text: note } = await get('/checkpoint')
    expect(note).toBe(readFileSync(pathOf('checkpoint'), 'utf8'))
    for (const old of notes) {
      const { text } = await get(`/checkpoint?old=${old.size}`)
      expect(text.endsWith(`\n\n${note}`)).toBe(true)
      const [first, ...proof] = text.slice(0, -note.length - 2).split('\n')
      expect(first).toBe(`old ${old.size}`)
      const hashes = proof.map((line) => Buffer.from(line, 'base64'))
      expect(isConsistent(old, notes.at(-1)!, hashes)).toBe(true)
    }
    for (const old of ['14', '-1', 'x', '1&old=2']) {
      expect(await get(`/checkpoint?old=${old}`)).toMatchObject({ status: 400 })
    }
    expect((await get('/key')).text).toMatch(/^se\.fyr\.norr\/audit\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n$/)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})
