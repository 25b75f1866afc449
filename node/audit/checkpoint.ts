import { createHash } from 'node:crypto'
import type { ChainHead } from './chain.js'

/** How far a chain is covered. */
export interface CoveredChain extends ChainHead {
  readonly chain: string
}

/**
 * What a signed checkpoint says (c2sp.org/tlog-checkpoint): the size and root of the one tree over all chains. Its leaves are
 * those of the checkpoint before, then what each chain has more, in the order of the chains' names.
 */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  /** From 1. */
  readonly number: number
  /** SHA-256 of the note before, hexadecimal; zeros in the first. */
  readonly prev: string
  readonly ts: string
  readonly chains: readonly CoveredChain[]
}

export const NO_CHECKPOINT_BEFORE = '0'.repeat(64)

/** The signer's name, and the name of the tree. */
export function originOf(nodeId: string): string {
  return `${nodeId}/audit`
}

export function toCheckpointText({ origin, size, root, number, prev, ts, chains }: Checkpoint): string {
  const heads = chains.map(({ chain, seq, hash }) => `chain ${chain} ${seq} ${hash}\n`)
  const extensions = [`number ${number}\n`, `prev ${prev}\n`, `time ${ts}\n`, ...heads]
  return `${origin}\n${size}\n${root.toString('base64')}\n${extensions.join('')}`
}

const TEXT =
  /^(?<origin>[^\n]+)\n(?<size>\d{1,15})\n(?<root>[A-Za-z0-9+/]{43}=)\nnumber (?<number>\d{1,15})\nprev (?<prev>[0-9a-f]{64})\ntime (?<ts>[^\n]+)\n(?<heads>(?:chain [a-z0-9-]+ \d{1,15} [0-9a-f]{64}\n)*)$/

/** @returns undefined: it is no checkpoint of a node's log */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const groups = TEXT.exec(text)?.groups
  if (!groups) return undefined
  const { origin = '', size, root = '', number, prev = '', ts = '', heads = '' } = groups
  const chains = heads
    .split('\n')
    .slice(0, -1)
    .map((line): CoveredChain => {
      const [, chain = '', seq, hash = ''] = line.split(' ')
      return { chain, seq: Number(seq), hash }
    })
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), number: Number(number), prev, ts, chains }
}

export function hashNote(note: string): string {
  return createHash('sha256').update(note).digest('hex')
}

/** A note that stands in a file of notes, one after the other. */
export interface StoredNote {
  readonly note: string
  /** From 1. */
  readonly line: number
}

/** Cuts a file of notes into them. @returns what of the end is no whole note, too */
export function splitNotes(text: string): { readonly notes: readonly StoredNote[]; readonly rest: string } {
  const notes: StoredNote[] = []
  let begin = 0
  let line = 1
  for (;;) {
    const blank = text.indexOf('\n\n', begin)
    const end = blank === -1 ? -1 : text.indexOf('\n', blank + 2)
    if (end === -1) return { notes, rest: text.slice(begin) }
    const note = text.slice(begin, end + 1)
    notes.push({ note, line })
    line += note.split('\n').length - 1
    begin = end + 1
  }
}
