import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import type { SchemaPath } from '../registry.js'
import { validate } from '../validate.js'

/** A configuration file that cannot be used; the message names the file, the line, the key and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads a YAML configuration file and checks it against its schema; unknown keys are refused.
 *
 * @throws ConfigError
 */
export function readConfig<T>(file: string, schema: SchemaPath): T {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines })
  const [broken] = document.errors
  if (broken) throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`)
  const value: unknown = document.toJS()
  const result = validate(schema, value)
  if (result.ok) return value as T
  const path = result.violation.pointer.split('/').slice(1)
  const node = path.length > 0 ? document.getIn(path, true) : document.contents
  const range = (node as { range?: [number, number, number] } | null)?.range
  const line = range ? `:${lines.linePos(range[0]).line}` : ''
  throw new ConfigError(`${file}${line}: ${path.join('.') || 'the file'} ${result.violation.message}`)
}
