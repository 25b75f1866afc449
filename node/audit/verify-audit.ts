import { setTimeout as wait } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { openNote } from '../../schemas/index.js'
import { readAuditKeys } from './audit-key.js'
import { checkLine, EMPTY_CHAIN, type ChainHead } from './chain.js'
import { auditDirectory, currentFile, listChains } from './chain-files.js'
import { openChainReader, type ChainReader } from './chain-reader.js'
import {
  hashNote,
  NO_CHECKPOINT_BEFORE,
  originOf,
  parseCheckpointText,
  splitNotes,
  type Checkpoint,
  type StoredNote,
} from './checkpoint.js'
import { checkpointsPath, latestPath, readLatest } from './checkpoint-files.js'
import { GrowingTree } from './merkle.js'

/** A line that is being written is whole after this, many times over. */
const PATIENCE_MS = 500

/** What is wrong first. */
export interface AuditFault {
  /** Within the node's audit folder. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly problem: string
}

export interface AuditVerdict {
  readonly chains: readonly { readonly chain: string; readonly entries: number }[]
  readonly entries: number
  readonly checkpoints: number
  /** Entries that a checkpoint covers: the others could be cut off unseen. */
  readonly covered: number
  readonly lastCheckpoint?: string
  /** Absent: all is as it was written. */
  readonly fault?: AuditFault
}

export interface VerifyOptions {
  readonly nodeId: string
  /** Absent: the node's own, from its directory. */
  readonly publicKey?: KeyObject
  /** How long an entry that is being written may be without its end. */
  readonly patienceMs?: number
  /** Told the hashes of the tree that became known, checkpoint by checkpoint. */
  readonly onHashes?: (hashes: readonly Buffer[]) => void
  /** Told of the tree after each entry that a checkpoint covers. */
  readonly onEntry?: (tree: GrowingTree) => void
  /** Told of each checkpoint that is as it was made. */
  readonly onCheckpoint?: (checkpoint: Checkpoint, text: string) => Promise<void>
}

class Fault extends Error {
  readonly fault: AuditFault

  constructor(file: string, line: number, problem: string) {
    super(problem)
    this.fault = { file, line, problem }
  }
}

interface ReadChain {
  readonly reader: ChainReader
  head: ChainHead
  at: { readonly file: string; readonly line: number }
}

/**
 * Reads the whole log once: every entry and what it follows, the tree over all chains, every checkpoint and its signature. A
 * node may go on serving meanwhile.
 *
 * @throws AuditError the node has no key
 */
export async function verifyAudit(nodeDirectory: string, options: VerifyOptions): Promise<AuditVerdict> {
  const directory = auditDirectory(nodeDirectory)
  const key = { name: originOf(options.nodeId), publicKey: options.publicKey ?? readAuditKeys(nodeDirectory).publicKey }
  const chains = new Map<string, ReadChain>()
  const tree = new GrowingTree()
  let last: { readonly checkpoint: Checkpoint; readonly note: string } | undefined
  let beforeLast: string | undefined

  async function chainOf(chain: string): Promise<ReadChain> {
    const known = chains.get(chain)
    if (known) return known
    const reader = await openChainReader(directory, chain)
    const opened: ReadChain = { reader, head: EMPTY_CHAIN, at: { file: currentFile(chain), line: 0 } }
    chains.set(chain, opened)
    return opened
  }

  /** @returns the entry's hash; undefined: the log ends here */
  async function readEntry(state: ReadChain): Promise<Buffer | undefined> {
    const line = await state.reader.next()
    if (!line) return undefined
    const checked = checkLine(line.bytes, state.head)
    if (checked.kind === 'bad') throw new Fault(line.file, line.line, checked.problem)
    state.head = { seq: checked.entry.seq, hash: checked.entry.hash }
    state.at = line
    return Buffer.from(checked.entry.hash, 'hex')
  }

  async function checkNote({ note, line }: StoredNote): Promise<void> {
    const faulty = (problem: string) => new Fault(basename(checkpointsPath(directory)), line, problem)
    const text = openNote(note, key)
    if (text === undefined) throw faulty('this checkpoint was not signed by the key of the node')
    const checkpoint = parseCheckpointText(text)
    if (checkpoint?.origin !== key.name) throw faulty('this is no checkpoint of the node')
    const number = (last?.checkpoint.number ?? 0) + 1
    if (checkpoint.number !== number) throw faulty(`checkpoint ${checkpoint.number} stands where ${number} belongs`)
    const prev = last ? hashNote(last.note) : NO_CHECKPOINT_BEFORE
    if (checkpoint.prev !== prev) throw faulty(`checkpoint ${number} does not follow the one before it`)
    const hashes: Buffer[] = []
    for (const { chain, seq, hash } of checkpoint.chains) {
      const state = await chainOf(chain)
      while (state.head.seq < seq) {
        const leaf = await readEntry(state)
        if (!leaf) throw new Fault(state.at.file, state.at.line + 1, missing(state.head.seq + 1, seq, number))
        hashes.push(...tree.append(leaf))
        options.onEntry?.(tree)
      }
      if (state.head.hash !== hash) {
        throw new Fault(state.at.file, state.at.line, `entry ${seq} is not the one that checkpoint ${number} covers`)
      }
    }
    if (tree.size !== checkpoint.size || !tree.root().equals(checkpoint.root)) {
      throw faulty(`the tree of checkpoint ${number} is another one than that of the log`)
    }
    options.onHashes?.(hashes)
    await options.onCheckpoint?.(checkpoint, text)
    beforeLast = last?.note
    last = { checkpoint, note }
  }

  async function checkNotes(): Promise<void> {
    const latest = readLatest(directory)
    let isFound = latest === undefined
    let end = 0
    for await (const stored of readNotes(checkpointsPath(directory))) {
      await checkNote(stored)
      isFound ||= stored.note === latest
      end = stored.line + stored.note.split('\n').length - 1
    }
    const now = readLatest(directory)
    // One that is newer than all that were read was made meanwhile.
    const isKnown = now === last?.note || (now !== undefined && (now !== latest || now === beforeLast))
    if (!isFound || !isKnown) {
      const name = latest === undefined ? latestPath(directory) : checkpointsPath(directory)
      throw new Fault(basename(name), Math.max(1, end), 'the last checkpoint is missing, or is not the last')
    }
  }

  async function checkRest(): Promise<void> {
    for (const { chain } of listChains(directory)) {
      const state = await chainOf(chain)
      while (await readEntry(state));
      if (!state.reader.rest()) continue
      await wait(options.patienceMs ?? PATIENCE_MS)
      while (await readEntry(state));
      const rest = state.reader.rest()
      if (rest) throw new Fault(rest.file, rest.line, 'the last entry is cut off')
    }
  }

  try {
    await checkNotes()
    await checkRest()
    return toVerdict()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ...toVerdict(), fault: error.fault }
  } finally {
    for (const { reader } of chains.values()) await reader.close()
  }

  function toVerdict(): AuditVerdict {
    const read = [...chains]
      .map(([chain, { head }]) => ({ chain, entries: head.seq }))
      .filter(({ entries }) => entries > 0)
    return {
      chains: read.sort((a, b) => (a.chain < b.chain ? -1 : 1)),
      entries: read.reduce((sum, { entries }) => sum + entries, 0),
      checkpoints: last?.checkpoint.number ?? 0,
      covered: last?.checkpoint.size ?? 0,
      ...(last ? { lastCheckpoint: last.checkpoint.ts } : {}),
    }
  }
}

function missing(from: number, to: number, number: number): string {
  const entries = from === to ? `entry ${from} is` : `entries ${from} to ${to} are`
  return `${entries} missing: checkpoint ${number} covers more than is there`
}

async function* readNotes(path: string): AsyncGenerator<StoredNote> {
  let text = ''
  let line = 1
  try {
    for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const { notes, rest } = splitNotes(text + chunk)
      for (const stored of notes) yield { note: stored.note, line: line + stored.line - 1 }
      line += notes.reduce((lines, { note }) => lines + note.split('\n').length - 1, 0)
      text = rest
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (text !== '') throw new Fault(basename(path), line, 'the last checkpoint is cut off')
}
