import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { EMPTY_ROOT, hashNode, signNote, toAddCheckpoint, type NoteKey } from '../index.js'

/** RFC 6962, section 2.1, as it is written there. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leaves[0]!
  const half = splitOf(leaves.length)
  return hashNode(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

function splitOf(size: number): number {
  let half = 1
  while (half * 2 < size) half *= 2
  return half
}

/** RFC 6962, section 2.1.2. */
export function proofOf(old: number, leaves: readonly Buffer[]): readonly Buffer[] {
  return old === 0 || old === leaves.length ? [] : subProof(old, leaves, true)
}

function subProof(old: number, leaves: readonly Buffer[], isWhole: boolean): readonly Buffer[] {
  if (old === leaves.length) return isWhole ? [] : [rootOf(leaves)]
  const half = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)]
  return old <= half
    ? [...subProof(old, left, isWhole), rootOf(right)]
    : [...subProof(old - half, right, false), rootOf(left)]
}

export function leafOf(text: string): Buffer {
  return createHash('sha256').update(`\0${text}`).digest()
}

export interface TestKey extends NoteKey {
  readonly privateKey: KeyObject
}

export function makeTestKey(name: string): TestKey {
  return { name, ...generateKeyPairSync('ed25519') }
}

export function checkpointOf(leaves: readonly Buffer[], key: TestKey, extension = ''): string {
  const text = `${key.name}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n${extension}`
  return signNote(text, key, key.privateKey)
}

/** What a log sends, with the right proof. */
export function requestOf(old: number, leaves: readonly Buffer[], key: TestKey): Buffer {
  return Buffer.from(toAddCheckpoint({ old, proof: proofOf(old, leaves), note: checkpointOf(leaves, key) }))
}
