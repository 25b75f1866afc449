import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAuditLog, type AuditRecord } from './audit-log.js'
import { canonicalise, type JsonValue } from './canonical-json.js'
import { startCheckpoints } from './checkpoints.js'
import { verifyAudit, type AuditVerdict } from './verify-audit.js'

const NODE_ID = 'se.fyr.norr'
const CASES = 1_200
const LOGS = 12
const MINUTE = 60_000

const root = mkdtempSync(join(tmpdir(), 'fyr-tampering-'))
afterAll(() => rmSync(root, { recursive: true }))

const verify = (home: string): Promise<AuditVerdict> => verifyAudit(home, { nodeId: NODE_ID, patienceMs: 0 })

/** One step of a node's life: entries of a chain, or a checkpoint. */
type Step = { readonly chain: string; readonly entries: number } | 'checkpoint'

const steps = fc.array(
  fc.oneof(
    fc.record({
      chain: fc.constantFrom('audit', 'cli', 'worker-1', 'worker-12'),
      entries: fc.integer({ min: 1, max: 4 }),
    }),
    fc.constant('checkpoint' as const),
  ),
  { minLength: 1, maxLength: 6 },
)

async function writeLog(home: string, life: readonly Step[]): Promise<void> {
  let at = Date.UTC(2025, 0, 1)
  // A quarter of a day for each step: files end by size and by day.
  const now = () => new Date(at)
  let id = 0
  const maker = startCheckpoints(home, {
    nodeId: NODE_ID,
    now,
    onProblem: (error) => {
      throw error
    },
  })
  for (const step of life) {
    at += 6 * 3_600_000
    if (step === 'checkpoint') {
      await maker.make()
      continue
    }
    const log = openAuditLog(home, `${step.chain}.ndjson`, { now, largestFile: 1_200 })
    for (let entry = 0; entry < step.entries; entry++) {
      const record: AuditRecord = {
        ts: now().toISOString(),
        requestId: `r-${id++}`,
        event: 'block.read',
        outcome: 'answered',
        principal: 'https://broker.example|ä-7f3c',
        question: 'body',
        datasets: ['d'],
        granularity: 'file',
        exists: true,
        subjects: ['P-1', 'P-2'],
        bytes: 12.5,
      }
      await log.record(record)
    }
    await log.close()
  }
  await maker.stop()
}

/** Files that together are the log. What is made of them, and locks, are not. */
function filesOf(home: string): readonly string[] {
  return readdirSync(join(home, 'audit')).filter((name) => /\.ndjson$|^checkpoints?$/.test(name))
}

/** One change of one place, as numbers of which the log makes what there is to change. */
interface Tampering {
  readonly kind:
    | 'byte'
    | 'delete line'
    | 'swap lines'
    | 'repeat line'
    | 'cut'
    | 'delete file'
    | 'swap files'
    | 'forge'
    | 'insert byte'
  readonly file: number
  readonly place: number
  readonly other: number
}

const tamperings = fc.record<Tampering>({
  kind: fc.constantFrom(
    'byte',
    'delete line',
    'swap lines',
    'repeat line',
    'cut',
    'delete file',
    'swap files',
    'forge',
    'insert byte',
  ),
  file: fc.nat(),
  place: fc.nat(),
  other: fc.nat(),
})

/** @returns false: there is nothing of the kind to do in this log */
function tamper(home: string, { kind, file, place, other }: Tampering): boolean {
  const names = filesOf(home)
  const name = names[file % names.length]!
  const path = join(home, 'audit', name)
  const bytes = readFileSync(path)
  const lines = bytes.toString('latin1').split('\n').slice(0, -1)
  const write = (changed: readonly string[]) =>
    writeFileSync(path, Buffer.from(changed.map((line) => `${line}\n`).join(''), 'latin1'))
  const at = place % Math.max(1, lines.length)
  switch (kind) {
    case 'byte': {
      if (bytes.length === 0) return false
      bytes[place % bytes.length]! ^= 1 + (other % 255)
      writeFileSync(path, bytes)
      return true
    }
    case 'insert byte': {
      const where = place % (bytes.length + 1)
      writeFileSync(path, Buffer.concat([bytes.subarray(0, where), Buffer.from([other % 256]), bytes.subarray(where)]))
      return true
    }
    case 'cut': {
      if (bytes.length === 0) return false
      writeFileSync(path, bytes.subarray(0, place % bytes.length))
      return true
    }
    case 'delete line':
      if (lines.length === 0) return false
      write(lines.toSpliced(at, 1))
      return true
    case 'repeat line':
      if (lines.length === 0) return false
      write(lines.toSpliced(other % (lines.length + 1), 0, lines[at]!))
      return true
    case 'swap lines': {
      const second = other % Math.max(1, lines.length)
      if (lines[at] === lines[second]) return false
      write(lines.with(at, lines[second]!).with(second, lines[at]!))
      return true
    }
    case 'delete file':
      if (bytes.length === 0) return false
      rmSync(path)
      return true
    case 'swap files': {
      const second = join(home, 'audit', names[other % names.length]!)
      if (readFileSync(second).equals(bytes)) return false
      renameSync(path, `${path}.x`)
      renameSync(second, path)
      renameSync(`${path}.x`, second)
      return true
    }
    case 'forge':
      return forge(name, lines, at, write)
  }
}

/** Somebody who knows how the chain is made changes one entry, and makes all that follow it anew. */
function forge(name: string, lines: readonly string[], at: number, write: (lines: readonly string[]) => void): boolean {
  if (!name.endsWith('.ndjson') || lines.length === 0) return false
  let prev: string | undefined
  const forged = lines.slice(at).map((line, index) => {
    const { hash: _hash, ...entry } = JSON.parse(Buffer.from(line, 'latin1').toString()) as Record<string, JsonValue>
    if (index === 0) entry['subjects'] = ['P-9']
    else entry['prev'] = prev!
    const said = Buffer.from(canonicalise(entry))
    prev = createHash('sha256')
      .update(Buffer.from([0]))
      .update(said)
      .digest('hex')
    return Buffer.from(canonicalise({ ...entry, hash: prev })).toString('latin1')
  })
  write([...lines.slice(0, at), ...forged])
  return true
}

function restore(home: string, files: ReadonlyMap<string, Buffer>): void {
  for (const [name, bytes] of files) {
    const path = join(home, 'audit', name)
    if (!existsSync(path) || !readFileSync(path).equals(bytes)) writeFileSync(path, bytes)
  }
}

describe('a log that was tampered with in one place', () => {
  test(
    'is found, whatever the log and the place',
    async () => {
      const lives = fc.sample(steps, { numRuns: LOGS, seed: 6 })
      const kept = new Map<string, ReadonlyMap<string, Buffer>>()
      for (const [index, life] of lives.entries()) {
        const home = join(root, `log-${index}`)
        await writeLog(home, [{ chain: 'audit', entries: 2 }, ...life])
        expect((await verify(home)).fault).toBeUndefined()
        kept.set(home, new Map(filesOf(home).map((name) => [name, readFileSync(join(home, 'audit', name))])))
      }
      const kinds = new Map<string, number>()
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...kept.keys()), tamperings, async (home, tampering) => {
          fc.pre(tamper(home, tampering))
          kinds.set(tampering.kind, (kinds.get(tampering.kind) ?? 0) + 1)
          const { fault } = await verify(home)
          restore(home, kept.get(home)!)
          expect(fault?.file).toMatch(/\.ndjson$|^checkpoints?$/)
          expect(fault?.line).toBeGreaterThan(0)
        }),
        { numRuns: CASES, seed: 42, endOnFailure: true },
      )
      expect([...kinds.values()].reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1_000)
      expect(kinds.size).toBe(9)
    },
    MINUTE,
  )

  test('is named by its file, line and fault', async () => {
    const home = join(root, 'named')
    await writeLog(home, [{ chain: 'cli', entries: 3 }, 'checkpoint', { chain: 'cli', entries: 1 }, 'checkpoint'])
    const path = join(home, 'audit', 'cli.ndjson')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace('"requestId":"r-3"', '"requestId":"r-9"'))
    const changed = 'entry 4 was changed: its hash is another'
    expect((await verify(home)).fault).toEqual({ file: 'cli.ndjson', line: 1, problem: changed })
    writeFileSync(path, '')
    const missing = 'entry 4 is missing: checkpoint 2 covers more than is there'
    expect((await verify(home)).fault).toMatchObject({ problem: missing })
    writeFileSync(path, text)
    expect((await verify(home)).fault).toBeUndefined()
  })
})
