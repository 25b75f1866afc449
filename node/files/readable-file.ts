import { isCrypt4gh } from '../formats/crypt4gh/header.js'
import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'
import { openCrypt4gh, type Crypt4ghFile } from '../formats/crypt4gh/open-crypt4gh.js'
import { FormatError } from '../formats/format-error.js'
import type { RandomAccess } from '../formats/random-access.js'

const MAGIC_BYTES = 8

/** A stored file as its plaintext. */
export interface PlainFile {
  readonly data: RandomAccess
  /** Of a file that is kept as Crypt4GH: the same, with its keys and what is stored. */
  readonly encrypted?: Crypt4ghFile
}

/**
 * Sees by its first bytes whether a file is kept as Crypt4GH.
 *
 * @param key the node's own; absent: it has none
 * @throws FormatError it is encrypted, and not for this node
 */
export async function toPlainFile(
  stored: RandomAccess,
  key: KeyPair | undefined,
  signal?: AbortSignal,
): Promise<PlainFile> {
  const magic = await stored.read(0, Math.min(MAGIC_BYTES, stored.size), signal)
  if (!isCrypt4gh(magic)) return { data: stored }
  if (!key) throw new FormatError('the file is encrypted, and node.yaml has no crypt4gh.secretKeyFile')
  const encrypted = await openCrypt4gh(stored, key, signal)
  return { data: encrypted, encrypted }
}
