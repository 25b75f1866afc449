import { EMPTY_ROOT, hashNode } from '../../schemas/index.js'

// The tree of RFC 9162, section 2.1, over leaves that are hashes already.

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let half = 1
  while (half * 2 < size) half *= 2
  return half
}

/**
 * Where the hash of a whole subtree stands among all hashes in the order in which they become known: each leaf, then every
 * subtree that it completes.
 *
 * @param level 0: leaves; the subtree is of 2^level of them
 * @param index of the subtree in its level
 */
export function storedIndex(level: number, index: number): number {
  let leaf = (index + 1) * 2 ** level - 1
  let position = level
  for (; leaf > 0; leaf = Math.floor(leaf / 2)) position += leaf
  return position
}

/** How many hashes a tree of so many leaves has stored. */
export function storedCount(size: number): number {
  let count = 0
  for (let left = size; left > 0; left = Math.floor(left / 2)) count += left
  return count
}

/** Hash of the subtree of a level with an index. */
export type ReadHash = (level: number, index: number) => Buffer

/** A tree that grows at its end, of which only the whole subtrees are kept: one for each bit of its size. */
export class GrowingTree {
  readonly #subtrees: { readonly level: number; readonly hash: Buffer }[] = []
  #size = 0

  /** Goes on with a tree whose hashes are stored. */
  static resume(size: number, readHash: ReadHash): GrowingTree {
    const tree = new GrowingTree()
    let begin = 0
    for (let level = 52; level >= 0; level--) {
      const width = 2 ** level
      if (begin + width > size) continue
      tree.#subtrees.push({ level, hash: readHash(level, begin / width) })
      begin += width
    }
    tree.#size = size
    return tree
  }

  get size(): number {
    return this.#size
  }

  /** @returns the hashes that became known, in the order of `storedIndex` */
  append(leaf: Buffer): readonly Buffer[] {
    const known = [leaf]
    let subtree = { level: 0, hash: leaf }
    for (let last = this.#subtrees.at(-1); last?.level === subtree.level; last = this.#subtrees.at(-1)) {
      this.#subtrees.pop()
      subtree = { level: subtree.level + 1, hash: hashNode(last.hash, subtree.hash) }
      known.push(subtree.hash)
    }
    this.#subtrees.push(subtree)
    this.#size++
    return known
  }

  root(): Buffer {
    const hashes = this.#subtrees.map(({ hash }) => hash)
    if (hashes.length === 0) return EMPTY_ROOT
    return hashes.reduceRight((right, left) => hashNode(left, right))
  }
}

/**
 * Proves that the tree of the first `old` leaves is the beginning of that of `size` leaves (RFC 9162, 2.1.4.1).
 *
 * @throws RangeError there is no such pair of trees
 */
export function proveConsistency(old: number, size: number, readHash: ReadHash): readonly Buffer[] {
  if (!(Number.isSafeInteger(old) && old >= 0 && old <= size))
    throw new RangeError(`no tree of ${old} leaves in ${size}`)
  if (old === 0 || old === size) return []
  return prove(old, 0, size, true)

  function prove(within: number, begin: number, end: number, isOld: boolean): readonly Buffer[] {
    if (within === end - begin) return isOld ? [] : [hashRange(begin, end)]
    const middle = begin + splitOf(end - begin)
    if (begin + within <= middle) return [...prove(within, begin, middle, isOld), hashRange(middle, end)]
    return [...prove(within - (middle - begin), middle, end, false), hashRange(begin, middle)]
  }

  function hashRange(begin: number, end: number): Buffer {
    const width = end - begin
    const level = Math.round(Math.log2(width))
    if (2 ** level === width) return readHash(level, begin / width)
    const middle = begin + splitOf(width)
    return hashNode(hashRange(begin, middle), hashRange(middle, end))
  }
}
