import { createHash } from 'node:crypto'
import type { CheckpointHead } from './checkpoint-head.js'

// The tree of RFC 9162, section 2.1, as those see it who have its hashes alone.

const NODE_PREFIX = Buffer.from([1])

/** Of the tree without leaves. */
export const EMPTY_ROOT = createHash('sha256').digest()

export function hashNode(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest()
}

export type TreeHead = Pick<CheckpointHead, 'size' | 'root'>

/** Checks a proof of consistency (RFC 9162, 2.1.4.2). */
export function isConsistent(old: TreeHead, current: TreeHead, proof: readonly Buffer[]): boolean {
  if (old.size > current.size) return false
  if (old.size === current.size) return proof.length === 0 && old.root.equals(current.root)
  if (old.size === 0) return proof.length === 0
  const path = isPowerOfTwo(old.size) ? [old.root, ...proof] : proof
  const [seed, ...rest] = path
  if (!seed) return false
  let [first, last] = [old.size - 1, current.size - 1]
  for (; first % 2 === 1; first = Math.floor(first / 2)) last = Math.floor(last / 2)
  let [oldRoot, root] = [seed, seed]
  for (const hash of rest) {
    if (last === 0) return false
    if (first % 2 === 1 || first === last) {
      oldRoot = hashNode(hash, oldRoot)
      root = hashNode(hash, root)
      for (; first !== 0 && first % 2 === 0; first = Math.floor(first / 2)) last = Math.floor(last / 2)
    } else {
      root = hashNode(root, hash)
    }
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && oldRoot.equals(old.root) && root.equals(current.root)
}

function isPowerOfTwo(size: number): boolean {
  return 2 ** Math.round(Math.log2(size)) === size
}
