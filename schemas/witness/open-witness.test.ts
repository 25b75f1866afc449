import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { checkpointOf, leafOf, makeTestKey, proofOf, requestOf, rootOf } from '../testing/witnessed-log.js'
import { toAddCheckpoint } from './add-checkpoint.js'
import { toKnownLogs } from './check-checkpoint.js'
import { hashOrigin } from './checkpoint-head.js'
import { openCosignature } from './cosignature.js'
import { openWitness, type Witness } from './open-witness.js'
import { COSIGNATURE, openVerifierKey, parseNote, signNote } from './signed-note.js'

const MINUTE = 60_000
const key = makeTestKey('log.test/a')
const second = makeTestKey('log.test/b')
const NOW = new Date('2026-01-01T00:00:00.000Z')
const leaves = Array.from({ length: 40 }, (_, i) => leafOf(`entry ${i}`))
const others = leaves.with(3, leafOf('another entry 3'))

let directory: string
let path: string
let witness: Witness
const refused: string[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-witness-'))
  path = join(directory, 'witness.sqlite')
  witness = open(path)
  refused.length = 0
})
afterEach(() => {
  witness.close()
  rmSync(directory, { recursive: true })
})

function open(file: string): Witness {
  return openWitness(file, {
    name: 'witness.test/w',
    logs: toKnownLogs([key, second]),
    now: () => NOW,
    onRefused: (origin) => refused.push(origin),
  })
}

const send = (body: string | Buffer) => witness.addCheckpoint(Buffer.from(body))

/** A request for a checkpoint of so many entries after one of so many, in parts that can be spoiled. */
function parts(old: number, size: number, log = leaves) {
  return { old, proof: proofOf(old, log.slice(0, size)), note: checkpointOf(log.slice(0, size), key) }
}

describe('a witness', () => {
  test('cosigns what goes on from what it has cosigned, and remembers it', () => {
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 8],
      [8, 13],
      [13, 40],
    ] as const) {
      const reply = send(requestOf(old, leaves.slice(0, size), key))
      expect(reply).toMatchObject({ status: 200 })
      const note = parseNote(checkpointOf(leaves.slice(0, size), key) + (reply as { cosignature: string }).cosignature)!
      expect(openCosignature(note, openVerifierKey(witness.verifierKey, COSIGNATURE)!)).toMatchObject({
        seconds: NOW.getTime() / 1000,
      })
      expect(witness.readCheckpoint(hashOrigin(key.name))).toContain(`${key.name}\n${size}\n`)
      witness.close()
      witness = open(path)
    }
    expect(witness.list()).toEqual([
      { origin: key.name, size: 40, root: rootOf(leaves).toString('base64'), ts: NOW.toISOString() },
    ])
    expect(witness.readCheckpoint(hashOrigin(second.name))).toBeUndefined()
  })

  test('shows the checkpoint with the signature of the log and its own, and with no others', () => {
    const { note, ...rest } = parts(0, 5)
    const stranger = makeTestKey('witness.test/w')
    const text = note.slice(0, note.indexOf('\n\n') + 1)
    const added = signNote(text, stranger, stranger.privateKey).slice(text.length + 1)
    const { cosignature } = send(toAddCheckpoint({ ...rest, note: note + added })) as { cosignature: string }
    expect(witness.readCheckpoint(hashOrigin(key.name))).toBe(note + cosignature)
  })

  test('keeps its key in its memory, for itself alone', () => {
    const { verifierKey } = witness
    const again = open(path)
    expect(again.verifierKey).toBe(verifierKey)
    again.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const forgetful = open(join(directory, 'new.sqlite'))
    expect(forgetful.verifierKey).not.toBe(verifierKey)
    forgetful.close()
  })

  test('cosigns an empty log', () => {
    expect(send(requestOf(0, [], key)).status).toBe(200)
    expect(send(requestOf(0, leaves, key)).status).toBe(200)
  })
})

const GOOD = parts(8, 20)
const GOOD_TEXT = toAddCheckpoint(GOOD)
const text = GOOD.note.slice(0, GOOD.note.indexOf('\n\n') + 1)
const signed = (changed: string) => signNote(changed, key, key.privateKey)

/** After a checkpoint of eight entries. */
const BAD: readonly (readonly [string, string | Buffer, number | { status: 409; size: number }])[] = [
  ['nothing', '', 400],
  ['no old size', GOOD_TEXT.slice(6), 400],
  ['an old size with a zero in front', GOOD_TEXT.replace('old 8', 'old 08'), 400],
  ['a negative old size', GOOD_TEXT.replace('old 8', 'old -8'), 400],
  ['an old size beyond all numbers', GOOD_TEXT.replace('old 8', 'old 9999999999999999999'), 400],
  ['a hash that is short', GOOD_TEXT.replace(/^.{44}$/m, 'AAAA'), 400],
  ['a hash in another spelling', GOOD_TEXT.replace(/^.{44}$/m, `${'A'.repeat(42)}B=`), 400],
  ['a proof of 64 hashes', toAddCheckpoint({ ...GOOD, proof: Array<Buffer>(64).fill(leaves[0]!) }), 400],
  ['no empty line after the proof', GOOD_TEXT.replace('\n\n', '\n'), 400],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from(GOOD_TEXT), Buffer.from([0xff])]), 400],
  ['a note without its last line feed', GOOD_TEXT.slice(0, -1), 400],
  ['no checkpoint in the note', toAddCheckpoint({ ...GOOD, note: signed('log.test/a\nx\ny\n') }), 400],
  ['a size with a zero in front', toAddCheckpoint({ ...GOOD, note: signed(text.replace('\n20\n', '\n020\n')) }), 400],
  ['an empty line in the checkpoint', toAddCheckpoint({ ...GOOD, note: signed(`${text}\nx\n`) }), 400],
  ['an old size above the new one', GOOD_TEXT.replace('old 8', 'old 21'), 400],
  ['a log that is not known', toAddCheckpoint({ ...GOOD, note: signed(text.replace('test/a', 'test/c')) }), 404],
  ['a log that is not known, and an old size above', signedUnknown(), 404],
  ['the key of another log', toAddCheckpoint({ ...GOOD, note: signNote(text, second, second.privateKey) }), 403],
  ['another text than was signed', GOOD_TEXT.replace('\n20\n', '\n21\n'), 403],
  ['a wrong signature beside a right one', GOOD_TEXT + signed('x\n').slice(3), 403],
  ['an old size that is not the last', toAddCheckpoint(parts(7, 20)), { status: 409, size: 8 }],
  ['an old size of zero', toAddCheckpoint(parts(0, 20)), { status: 409, size: 8 }],
  ['a shorter log', toAddCheckpoint(parts(0, 5)), { status: 409, size: 8 }],
  ['no proof', toAddCheckpoint({ ...GOOD, proof: [] }), 422],
  ['a proof with a hash more', toAddCheckpoint({ ...GOOD, proof: [...GOOD.proof, leaves[0]!] }), 422],
  ['a proof with a hash less', toAddCheckpoint({ ...GOOD, proof: GOOD.proof.slice(1) }), 422],
  ['another history', toAddCheckpoint(parts(8, 20, others)), 422],
  ['another history of the same size', toAddCheckpoint(parts(8, 8, others)), 422],
  ['a proof where none is needed', toAddCheckpoint({ ...parts(8, 8), proof: [leaves[0]!] }), 422],
]

function signedUnknown(): string {
  const note = signed(text.replace('test/a', 'test/c'))
  return toAddCheckpoint({ ...GOOD, old: 30, note })
}

describe('a witness that has cosigned eight entries', () => {
  test.each(BAD)('does not cosign with %s', (_, body, expected) => {
    send(requestOf(0, leaves.slice(0, 8), key))
    const before = witness.readCheckpoint(hashOrigin(key.name))
    expect(send(body)).toMatchObject(typeof expected === 'number' ? { status: expected } : expected)
    expect(refused).toEqual(expected === 422 ? [key.name] : [])
    expect(witness.readCheckpoint(hashOrigin(key.name))).toBe(before)
    expect(send(GOOD_TEXT).status).toBe(200)
  })

  test.each([
    ['a proof for the first checkpoint', toAddCheckpoint({ ...parts(0, 8), proof: [leaves[0]!] })],
    ['an empty log with a root of its own', toAddCheckpoint({ old: 0, proof: [], note: signed(withRoot(leaves[0]!)) })],
  ])('would not have begun with %s', (_, body) => {
    expect(send(body).status).toBe(422)
    expect(witness.list()).toEqual([])
  })
})

function withRoot(root: Buffer): string {
  return `${key.name}\n0\n${root.toString('base64')}\n`
}

/** Branches of a log: each goes its own way from an entry on. */
const worlds = fc.array(fc.record({ from: fc.nat(24), length: fc.integer({ min: 1, max: 24 }) }), {
  minLength: 1,
  maxLength: 4,
})
const tries = fc.array(
  fc.record({ branch: fc.nat(), size: fc.nat(), old: fc.nat(), isHonest: fc.boolean(), isReopened: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
)

test(
  'whatever it is sent, no two trees are cosigned of which neither goes on from the other',
  () => {
    let cosigned = 0
    let forks = 0
    fc.assert(
      fc.property(worlds, tries, fc.nat(1_000_000), (branches, requests, run) => {
        const file = join(directory, `${run}-${cosigned}-${forks}.sqlite`)
        let tested = open(file)
        const logs = branches.map(({ from, length }, branch) => [
          ...leaves.slice(0, from),
          ...Array.from({ length }, (_, i) => leafOf(`branch ${branch} entry ${i}`)),
        ])
        let last: readonly Buffer[] = []
        for (const { branch, size, old, isHonest, isReopened } of requests) {
          const log = logs[branch % logs.length]!
          const part = log.slice(0, size % (log.length + 1))
          const from = isHonest ? last.length : old % (part.length + 1)
          const goesOn = part.length >= last.length && last.every((leaf, i) => leaf.equals(part[i]!))
          const reply =
            from > part.length
              ? tested.addCheckpoint(requestOf(part.length, part, key))
              : tested.addCheckpoint(requestOf(from, part, key))
          if (reply.status === 200) {
            expect(goesOn).toBe(true)
            last = part
            cosigned++
          } else if (!goesOn) forks++
          else expect(from).not.toBe(last.length)
          if (isReopened) {
            tested.close()
            tested = open(file)
          }
        }
        tested.close()
      }),
      { numRuns: 150, seed: 11 },
    )
    expect(cosigned).toBeGreaterThan(100)
    expect(forks).toBeGreaterThan(100)
  },
  MINUTE,
)

/** Processes that share the file, each with a history of its own, which has no leaf in common with that of another. */
function startFork(branch: string) {
  const script = fileURLToPath(new URL('../testing/fork-process.js', import.meta.url))
  const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const child = spawn(process.execPath, [script, path, key.name, pem, branch], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return {
    child,
    said: () => said,
    cosigned: () =>
      said
        .split('\n')
        .slice(1, -1)
        .map((line) => {
          const [by = '', size] = line.split(' ')
          return { branch: by, size: Number(size) }
        }),
  }
}

test(
  'processes that share its memory, and are killed, get cosigned one history between them',
  async () => {
    witness.close()
    rmSync(path, { force: true })
    const forks = ['a', 'b', 'c'].map(startFork)
    await Promise.all(forks.map(({ child }) => once(child.stdout, 'data')))
    for (const { child } of forks) child.stdin.write('go\n')
    const until = Date.now() + 20_000
    while (forks.every(({ cosigned }) => cosigned().length < 20) && Date.now() < until) await wait(20)
    for (const { child } of forks) {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    }
    witness = open(path)
    const all = forks.flatMap(({ cosigned }) => cosigned())
    expect(all.length).toBeGreaterThanOrEqual(20)
    expect(new Set(all.map(({ branch }) => branch)).size).toBe(1)
    // What was cosigned was on the disk before anybody knew.
    expect(witness.list()[0]!.size).toBeGreaterThanOrEqual(Math.max(...all.map(({ size }) => size)))
  },
  MINUTE,
)
