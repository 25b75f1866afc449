import { createReadStream, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { closed, compileSchema, dateTime, objectSchema } from '../../schemas/index.js'
import { AuditError } from './audit-error.js'
import { auditDirectory } from './chain-files.js'

const FILE_MODE = 0o600
/** More than the longest line, and one before it. */
const TAIL_BYTES = 4_096

/** A cosignature as it is kept: which checkpoint it is of, and its line of the note. */
export interface KeptCosignature {
  /** Of the checkpoint. */
  readonly number: number
  readonly size: number
  /** With its line feed. */
  readonly line: string
}

/** That a witness did not find that a checkpoint goes on from what it has cosigned. */
export interface Dispute {
  readonly ts: string
  readonly number: number
  readonly size: number
  /** What it says the size of the last one is that it cosigned; absent: it did not say. */
  readonly seen?: number
}

const count = { type: 'integer', minimum: 0 }
const checkDispute = compileSchema(
  objectSchema('Dispute', ['ts', 'number', 'size'], { ts: dateTime, number: count, size: count, seen: count }, closed),
)

const KEPT = /^(\d{1,15}) (\d{1,15}) (\u2014 [^\n]+)$/

function directoryOf(nodeDirectory: string): string {
  return join(auditDirectory(nodeDirectory), 'witnesses')
}

/** Within the audit folder. */
export function cosignaturesName(witness: string): string {
  return `witnesses/${witness}.cosignatures`
}

function cosignaturesPath(nodeDirectory: string, witness: string): string {
  return join(auditDirectory(nodeDirectory), cosignaturesName(witness))
}

function disputePath(nodeDirectory: string, witness: string): string {
  return join(directoryOf(nodeDirectory), `${witness}.dispute`)
}

function parseKept(line: string): KeptCosignature | undefined {
  const [, number, size, signature] = KEPT.exec(line) ?? []
  return signature === undefined ? undefined : { number: Number(number), size: Number(size), line: `${signature}\n` }
}

/** Appends a cosignature behind the last whole line. */
export async function keepCosignature(nodeDirectory: string, witness: string, kept: KeptCosignature): Promise<void> {
  mkdirSync(directoryOf(nodeDirectory), { recursive: true, mode: 0o700 })
  const handle = await open(cosignaturesPath(nodeDirectory, witness), 'a+', FILE_MODE)
  try {
    const { size } = await handle.stat()
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    await handle.read(tail, 0, tail.length, size - tail.length)
    // What a crash left of a line.
    const rest = tail.length - 1 - tail.lastIndexOf('\n')
    if (rest > 0) await handle.truncate(size - rest)
    await handle.appendFile(`${kept.number} ${kept.size} ${kept.line}`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The last cosignature that is kept of a witness; undefined: there is none, or its line cannot be read. */
export async function readLastKept(nodeDirectory: string, witness: string): Promise<KeptCosignature | undefined> {
  let last: KeptCosignature | undefined
  const path = cosignaturesPath(nodeDirectory, witness)
  try {
    const handle = await open(path, 'r')
    try {
      const { size } = await handle.stat()
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
      await handle.read(tail, 0, tail.length, size - tail.length)
      last = parseKept(tail.toString('utf8').split('\n').at(-2) ?? '')
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return last
}

/** Every line of a witness' cosignatures, from the first; one that cannot be read is undefined. */
export async function* readKept(
  nodeDirectory: string,
  witness: string,
): AsyncGenerator<KeptCosignature | undefined, void> {
  let rest = ''
  try {
    const stream = createReadStream(cosignaturesPath(nodeDirectory, witness), 'utf8') as AsyncIterable<string>
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield parseKept(line)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

export async function keepDispute(nodeDirectory: string, witness: string, dispute: Dispute): Promise<void> {
  mkdirSync(directoryOf(nodeDirectory), { recursive: true, mode: 0o700 })
  const path = disputePath(nodeDirectory, witness)
  const handle = await open(`${path}.next`, 'w', FILE_MODE)
  try {
    await handle.writeFile(`${JSON.stringify(dispute)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.next`, path)
}

/** The witness agrees again. */
export function endDispute(nodeDirectory: string, witness: string): void {
  rmSync(disputePath(nodeDirectory, witness), { force: true })
}

/** @throws AuditError what is kept of it cannot be read */
export function readDispute(nodeDirectory: string, witness: string): Dispute | undefined {
  const path = disputePath(nodeDirectory, witness)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const value = parseJson(text)
  if (!checkDispute(value).ok) throw new AuditError(`${path} is damaged: run audit verify --witnesses, and remove it`)
  return value as Dispute
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
