import { readFileSync } from 'node:fs'
import { FormatError } from '../formats/format-error.js'
import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'
import { parseSecretKey } from '../formats/crypt4gh/key-files.js'
import { FilesError } from './files-error.js'

/** Where the key is for which files are encrypted that the node is to read. */
export interface KeySettings {
  readonly secretKeyFile: string
  /** Absent: the key has no passphrase. */
  readonly passphraseFile?: string
}

/** Reads the node's own key. @throws FilesError */
export function readKey({ secretKeyFile, passphraseFile }: KeySettings): KeyPair {
  const passphrase = passphraseFile === undefined ? undefined : readSecret(passphraseFile).replace(/\r?\n$/, '')
  const text = readSecret(secretKeyFile)
  try {
    return parseSecretKey(text, passphrase)
  } catch (error) {
    if (error instanceof FormatError) throw new FilesError(`${secretKeyFile}: ${error.message}`, { cause: error })
    throw error
  }
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new FilesError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
  }
}
