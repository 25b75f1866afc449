import { readFileSync } from 'node:fs'
import type { compileSchema } from '../../schemas/index.js'

/**
 * Reads a truth file.
 *
 * @param check of its form
 * @throws Error one sentence: what is wrong, and where
 */
export function readTruth(file: string, check: ReturnType<typeof compileSchema>): unknown {
  let document: unknown
  try {
    document = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const result = check(document)
  if (!result.ok) throw new Error(`${file}: ${result.violation.pointer || '/'} ${result.violation.message}`)
  return document
}
