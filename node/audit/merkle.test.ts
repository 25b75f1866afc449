import { describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { hashNode, isConsistent } from '../../schemas/index.js'
import { GrowingTree, proveConsistency, storedCount, storedIndex } from './merkle.js'

const LARGEST = 64

function leafOf(data: Buffer): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(data)
    .digest()
}

/** RFC 9162, 2.1.1, as it is written there. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0]!
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return hashNode(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

const leaves = Array.from({ length: LARGEST }, (_, index) => leafOf(Buffer.from(`entry ${index}`)))

function grow(size: number): { tree: GrowingTree; readHash: (level: number, index: number) => Buffer } {
  const tree = new GrowingTree()
  const stored = leaves.slice(0, size).flatMap((leaf) => tree.append(leaf))
  expect(stored).toHaveLength(storedCount(size))
  return { tree, readHash: (level, index) => stored[storedIndex(level, index)]! }
}

test('the reference tree of Certificate Transparency', () => {
  const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const tree = new GrowingTree()
  expect(tree.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  for (const text of data) tree.append(leafOf(Buffer.from(text, 'hex')))
  expect(tree.root().toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
})

test('a tree of any size has the root of the definition, and goes on from what was stored', () => {
  for (let size = 0; size <= LARGEST; size++) {
    const { tree, readHash } = grow(size)
    expect(tree.root()).toEqual(rootOf(leaves.slice(0, size)))
    const resumed = GrowingTree.resume(size, readHash)
    expect(resumed.size).toBe(size)
    const more = leafOf(Buffer.from('more'))
    expect(resumed.append(more)).toEqual(tree.append(more))
    expect(resumed.root()).toEqual(tree.root())
  }
})

describe('consistency', () => {
  test('is proved between all sizes, and of no other tree', () => {
    for (let size = 1; size <= LARGEST; size++) {
      const { tree, readHash } = grow(size)
      for (let old = 0; old <= size; old++) {
        const before = { size: old, root: rootOf(leaves.slice(0, old)) }
        const after = { size, root: tree.root() }
        const proof = proveConsistency(old, size, readHash)
        expect(isConsistent(before, after, proof)).toBe(true)
        if (old === 0) continue
        const other = { size: old, root: rootOf([...leaves.slice(0, old - 1), leafOf(Buffer.from('other'))]) }
        expect(isConsistent(other, after, proof)).toBe(false)
        if (old < size) expect(isConsistent(before, { size, root: other.root }, proof)).toBe(false)
        if (proof.length > 0) expect(isConsistent(before, after, proof.slice(1))).toBe(false)
        expect(isConsistent(before, after, [...proof, other.root])).toBe(false)
      }
    }
  })

  test.each([[-1], [65], [1.5]])('of a tree of %d leaves there is none', (old) => {
    expect(() => proveConsistency(old, LARGEST, grow(LARGEST).readHash)).toThrow(RangeError)
  })
})
