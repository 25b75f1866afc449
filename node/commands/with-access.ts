import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { withChangeLog } from '../audit/change-log.js'
import { RegisterError } from '../access/register/register-error.js'
import { changeAccess, type AccessChanges } from '../access/register/change-access.js'
import { readNodeConfig } from '../config.js'

/** Options of commands that change the register. */
export interface ChangeOptions {
  readonly by?: string
  readonly json?: boolean
}

/** Opens the register of a node, and closes it after. @throws ConfigError there is no node */
export async function withAccess<T>(dir: string, work: (access: AccessChanges) => Promise<T> | T): Promise<T> {
  const { organization, access: config } = readNodeConfig(dir)
  return withChangeLog(dir, {}, async (record) => {
    const access = changeAccess(dir, { organization: organization.name, access: config, record, now: () => new Date() })
    try {
      return await work(access)
    } finally {
      access.close()
    }
  })
}

/** Prints a value as JSON, or as a text for people. */
export function print(json: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text)
}

/** Says beside what is printed what whoever reads it should know. */
export function printWarnings({ warnings = [] }: { readonly warnings?: readonly string[] }): void {
  for (const warning of warnings) process.stderr.write(`fyr-node: warning: ${warning}\n`)
}

/** For options that can be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Reads a person as audit logs write one. @throws RegisterError invalid */
export function parsePerson(text: string): { readonly iss: string; readonly sub: string } {
  const at = text.indexOf('|')
  if (at < 1 || at === text.length - 1) {
    throw new RegisterError('invalid', 'write a person as "issuer|subject", e.g. "https://broker.example/oidc|u-7f3c"')
  }
  return { iss: text.slice(0, at), sub: text.slice(at + 1) }
}

/** Reads a text file. @throws RegisterError not_found */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new RegisterError('not_found', `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Reads an object from a JSON or YAML file. @throws RegisterError not_found, invalid */
export function readObject(path: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    // JSON is YAML.
    value = parse(readText(path))
  } catch (error) {
    if (error instanceof RegisterError) throw error
    throw new RegisterError('invalid', `${path}: ${(error as Error).message.split('\n')[0]}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RegisterError('invalid', `${path} holds no object`)
  }
  return value as Readonly<Record<string, unknown>>
}

/** An object without the keys that nobody gave. */
export function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** A moment as people read it: a day, when it begins or ends with one. */
export function toDay(moment: string): string {
  return moment.endsWith('T00:00:00.000Z') ? moment.slice(0, 10) : `${moment.slice(0, 16)}Z`
}

/** The same of an end, which is the first moment after: the last day. */
export function toLastDay(moment: string): string {
  return toDay(moment) === moment.slice(0, 10)
    ? new Date(Date.parse(moment) - 1).toISOString().slice(0, 10)
    : toDay(moment)
}

/** Lines of columns. */
export function toTable(rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return `${empty}\n`
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
