import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Its owner's alone. */
const SECRET_MODE = 0o600

/** The content of a file; undefined when there is none. */
export function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes beside the file, for its owner alone, and puts it in its place whole: of several processes that start at once, one makes it.
 *
 * @param replace false: a file that is there stays, and another process may have made it just now
 * @returns whether what was given stands there now
 */
export function writeSecretFile(path: string, content: string, replace: boolean): boolean {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const descriptor = openSync(temporary, 'wx', SECRET_MODE)
  try {
    writeSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (replace) {
    renameSync(temporary, path)
    return true
  }
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(temporary)
  }
}
