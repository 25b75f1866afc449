import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import type { SchemaPath } from '../registry.js'
import { validate, type Violation } from '../validate.js'

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
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`)
  const value = toValue(file, document)
  const result = validate(schema, value)
  if (result.ok) return value as T
  const { violation } = result
  const offset = findOffset(document, violation)
  const line = offset === undefined ? '' : `:${lines.linePos(offset).line}`
  const key = toPath(violation).join('.')
  throw new ConfigError(`${file}${line}: ${key || 'the file'} ${violation.message}`)
}

/** Aliases are resolved only here, and fail when they name no anchor or grow without end. */
function toValue(file: string, document: Document): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`)
  }
}

function toPath({ pointer }: Violation): readonly string[] {
  return pointer.split('/').slice(1)
}

/** Where the violation stands in the file: the unknown key; else the key whose value is wrong; else, in a list, the value. */
function findOffset(document: Document, violation: Violation): number | undefined {
  const path = toPath(violation)
  if (violation.unknownKey !== undefined) return findKey(document, path, violation.unknownKey)
  const [last] = path.slice(-1)
  const key = last === undefined ? undefined : findKey(document, path.slice(0, -1), last)
  return key ?? rangeStart(path.length > 0 ? document.getIn(path, true) : document.contents)
}

function findKey(document: Document, path: readonly string[], name: string): number | undefined {
  const parent = path.length > 0 ? document.getIn(path, true) : document.contents
  if (!isMap(parent)) return undefined
  return rangeStart(parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key)
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0]
}
