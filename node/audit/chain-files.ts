import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** `audit`, `worker-1`, `cli`: one writer, one chain. */
const CURRENT = /^([a-z]+(?:-\d+)*)\.ndjson$/
/** Full files have the number of their first entry in their names. */
const FULL = /^([a-z]+(?:-\d+)*)\.(\d{12})\.ndjson$/
const SEQ_DIGITS = 12

export function auditDirectory(nodeDirectory: string): string {
  return join(nodeDirectory, 'audit')
}

/** Where a chain is written to. */
export function currentFile(chain: string): string {
  return `${chain}.ndjson`
}

/** What a file is called when the next one is begun. */
export function fullFile(chain: string, firstSeq: number): string {
  return `${chain}.${String(firstSeq).padStart(SEQ_DIGITS, '0')}.ndjson`
}

export interface ChainFiles {
  readonly chain: string
  /** First entries of the full files, from the oldest. */
  readonly full: readonly number[]
  readonly hasCurrent: boolean
}

/** Every chain of a node's log by name, in the order in which checkpoints take them. */
export function listChains(directory: string): readonly ChainFiles[] {
  const found = new Map<string, { full: number[]; hasCurrent: boolean }>()
  const of = (chain: string) => {
    const files = found.get(chain) ?? { full: [], hasCurrent: false }
    found.set(chain, files)
    return files
  }
  for (const name of readNames(directory)) {
    const [, current] = CURRENT.exec(name) ?? []
    if (current !== undefined) of(current).hasCurrent = true
    const [, chain, first] = FULL.exec(name) ?? []
    if (chain !== undefined) of(chain).full.push(Number(first))
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([chain, { full, hasCurrent }]) => ({ chain, full: full.sort((a, b) => a - b), hasCurrent }))
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
