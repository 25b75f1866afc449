import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openNote, signNote } from '../../schemas/index.js'
import { tryLock } from '../ingest/file-lock.js'
import { AuditError } from './audit-error.js'
import { openAuditKeys } from './audit-key.js'
import { EMPTY_CHAIN, type ChainHead } from './chain.js'
import { auditDirectory, listChains } from './chain-files.js'
import { openChainReader, type ChainReader } from './chain-reader.js'
import {
  hashNote,
  NO_CHECKPOINT_BEFORE,
  originOf,
  parseCheckpointText,
  toCheckpointText,
  type Checkpoint,
} from './checkpoint.js'
import { readLastNote, replaceLatest, withTree, writeNote, writeTree } from './checkpoint-files.js'
import { GrowingTree } from './merkle.js'
import { rebuildTree } from './rebuild-tree.js'

/** Entries wait no longer than this for a checkpoint that covers them, and no more of them wait than so many. */
const LONGEST_WAIT_MS = 60_000
const MOST_WAITING = 1_000
const LOOK_EVERY_MS = 1_000

export interface CheckpointOptions {
  readonly nodeId: string
  readonly now: () => Date
  /** Told when no checkpoint can be made; the next one is tried all the same. */
  readonly onProblem: (error: unknown) => void
  /** Told when there is a last checkpoint: one that was found there, and each new one. */
  readonly onCheckpoint?: () => void
}

/** Makes the checkpoints of a node while it serves. */
export interface CheckpointMaker {
  /** Covers what is in the logs now. Does nothing where that is covered, or another process makes the checkpoints. */
  make(): Promise<void>
  /** The last one is made when nobody writes any more. */
  stop(): Promise<void>
}

/** Looks every second whether there is enough for a checkpoint. */
export function startCheckpoints(nodeDirectory: string, options: CheckpointOptions): CheckpointMaker {
  const { onProblem } = options
  let opened: Cover | undefined
  let last = Promise.resolve()

  async function look(isDue: (waiting: number, sinceMs: number) => boolean): Promise<void> {
    try {
      opened ??= await openCover(nodeDirectory, options)
      await opened?.cover(isDue)
    } catch (error) {
      await opened?.close()
      opened = undefined
      onProblem(error)
    }
  }

  /** One after the other. */
  function queue(isDue: (waiting: number, sinceMs: number) => boolean): Promise<void> {
    last = last.then(() => look(isDue))
    return last
  }

  const timer = setInterval(
    () => void queue((waiting, sinceMs) => waiting >= MOST_WAITING || sinceMs >= LONGEST_WAIT_MS),
    LOOK_EVERY_MS,
  )
  timer.unref()
  async function end(): Promise<void> {
    clearInterval(timer)
    await queue(() => true)
    await opened?.close()
  }
  let ended: Promise<void> | undefined
  return {
    make: () => queue(() => true),
    stop: () => (ended ??= end()),
  }
}

interface Cover {
  /** @param isDue asked with the number of entries that no checkpoint covers, and for how long the first of them has waited */
  cover(isDue: (waiting: number, sinceMs: number) => boolean): Promise<void>
  close(): Promise<void>
}

interface FollowedChain {
  readonly reader: ChainReader
  head: ChainHead
}

/** @returns undefined: another process makes the checkpoints */
async function openCover(
  nodeDirectory: string,
  { nodeId, now, onCheckpoint }: CheckpointOptions,
): Promise<Cover | undefined> {
  const directory = auditDirectory(nodeDirectory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const unlock = tryLock(join(directory, 'checkpoints.lock'))
  if (!unlock) return undefined
  const keys = openAuditKeys(nodeDirectory, now)
  const key = { name: originOf(nodeId), publicKey: keys.publicKey }
  const followed = new Map<string, FollowedChain>()
  /** Leaves that no checkpoint covers, by chain. */
  const waiting = new Map<string, Buffer[]>()
  let waitingSince: number | undefined
  let { note, length } = readLastNote(directory)
  let last = note === undefined ? undefined : read(note)
  const tree = await openTree()
  if (note !== undefined) {
    await replaceLatest(directory, note)
    onCheckpoint?.()
  }

  function read(signed: string): Checkpoint {
    const text = openNote(signed, key)
    const checkpoint = text === undefined ? undefined : parseCheckpointText(text)
    if (!checkpoint) throw new AuditError('the last checkpoint is not one of this node: run audit verify')
    return checkpoint
  }

  async function openTree(): Promise<GrowingTree> {
    if (!last) return new GrowingTree()
    const { size, root } = last
    try {
      const stored = withTree(directory, (readHash) => GrowingTree.resume(size, readHash))
      if (stored.root().equals(root)) return stored
    } catch {
      // Made anew below.
    }
    return rebuildTree(nodeDirectory, nodeId)
  }

  async function follow(chain: string): Promise<FollowedChain> {
    const known = followed.get(chain)
    if (known) return known
    const covered = last?.chains.find((head) => head.chain === chain) ?? EMPTY_CHAIN
    const opened = { reader: await openChainReader(directory, chain, covered.seq + 1, true), head: covered }
    followed.set(chain, opened)
    return opened
  }

  async function readNew(chain: string): Promise<void> {
    const state = await follow(chain)
    const leaves = waiting.get(chain) ?? []
    waiting.set(chain, leaves)
    for (let line = await state.reader.next(); line; line = await state.reader.next()) {
      const hash = fieldOf(line.bytes, '"hash":"')
      if (fieldOf(line.bytes, '"prev":"') !== state.head.hash) {
        throw new AuditError(`line ${line.line} of ${line.file} does not follow what is before it: run audit verify`)
      }
      state.head = { seq: state.head.seq + 1, hash }
      leaves.push(Buffer.from(hash, 'hex'))
    }
  }

  async function make(): Promise<void> {
    for (const { reader } of followed.values()) await reader.sync()
    const size = tree.size
    const hashes = [...waiting.keys()]
      .sort()
      .flatMap((chain) => waiting.get(chain)!.flatMap((leaf) => tree.append(leaf)))
    await writeTree(directory, size, hashes)
    const checkpoint: Checkpoint = {
      origin: key.name,
      size: tree.size,
      root: tree.root(),
      number: (last?.number ?? 0) + 1,
      prev: note === undefined ? NO_CHECKPOINT_BEFORE : hashNote(note),
      ts: now().toISOString(),
      chains: [...followed]
        .map(([chain, { head }]) => ({ chain, ...head }))
        .sort((a, b) => (a.chain < b.chain ? -1 : 1)),
    }
    const signed = signNote(toCheckpointText(checkpoint), key, keys.privateKey)
    length = await writeNote(directory, signed, length)
    note = signed
    last = checkpoint
    waiting.clear()
    waitingSince = undefined
    onCheckpoint?.()
  }

  return {
    async cover(isDue) {
      for (const { chain } of listChains(directory)) await readNew(chain)
      const missing = last?.chains.find(({ chain }) => !followed.has(chain))
      if (missing) throw new AuditError(`the log ${missing.chain} of the last checkpoint is missing: run audit verify`)
      const count = [...waiting.values()].reduce((sum, leaves) => sum + leaves.length, 0)
      if (count === 0) return
      const at = performance.now()
      waitingSince ??= at
      if (isDue(count, at - waitingSince)) await make()
    },
    async close() {
      for (const { reader } of followed.values()) await reader.close()
      unlock()
    },
  }
}

/** Quotes within text are escaped, and no object follows these keys of an entry: the last one is the entry's own. */
function fieldOf(line: Buffer, key: string): string {
  const begin = line.lastIndexOf(key) + key.length
  return line.toString('latin1', begin, begin + 64)
}
