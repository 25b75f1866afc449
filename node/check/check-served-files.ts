import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeConfig } from '../../schemas/index.js'
import { keySettings, storageSettings } from '../config.js'
import { checkFile, type CheckedFile, type CheckOptions } from '../files/check-files.js'
import type { FileRecord } from '../files/file-record.js'
import { readFileRecords } from '../files/file-tables.js'
import { FilesError } from '../files/files-error.js'
import { readKey } from '../files/read-key.js'
import { STORAGE_LIMITS } from '../storage/limits.js'
import { parseLocation } from '../storage/location.js'
import { openStorage } from '../storage/open-storage.js'
import { StorageError } from '../storage/storage-error.js'
import { readPeople } from './check-data.js'
import { problem, type Finding } from './finding.js'
import { openQuietly } from './quiet-database.js'

/** At a time, of each store. */
const AT_ONCE = 8
const LOCAL = 'disk'

/** The files that are served by htsget, as `files check` looks at them; of a store that does not answer, only that. */
export async function checkServedFiles(
  directory: string,
  config: NodeConfig,
  deadlineMs: number,
): Promise<readonly Finding[]> {
  const path = join(directory, 'files.sqlite')
  if (!existsSync(path)) return []
  const db = openQuietly(path)
  const records = (() => {
    try {
      return readFileRecords(db, directory)
    } finally {
      db.close()
    }
  })()
  if (records.length === 0) return []
  const known = readPeople(directory) ?? { has: () => true }
  const storage = openStorage(storageSettings(directory, config), {
    ...STORAGE_LIMITS,
    connectMs: deadlineMs,
    idleMs: deadlineMs,
    tries: 1,
  })
  const key = readKeyIfFit(directory, config)
  const options: CheckOptions = { storage, individuals: { byNumber: () => known }, ...(key ? { key } : {}) }
  try {
    const stores = [...groupByStore(records)]
    const found = await Promise.all(
      stores.map(([store, files]) => checkStore(store, files, options, deadlineMs, directory)),
    )
    return found.flat()
  } finally {
    await storage.close()
  }
}

/** What is wrong with the key is said of node.yaml. */
function readKeyIfFit(directory: string, config: NodeConfig) {
  const settings = keySettings(directory, config)
  try {
    return settings && readKey(settings)
  } catch (error) {
    if (error instanceof FilesError) return undefined
    throw error
  }
}

function groupByStore(records: readonly FileRecord[]): ReadonlyMap<string, readonly FileRecord[]> {
  const stores = new Map<string, FileRecord[]>()
  for (const record of records) {
    const name = nameStore(record.location)
    stores.set(name, [...(stores.get(name) ?? []), record])
  }
  return stores
}

function nameStore(text: string): string {
  const location = parseLocation(text)
  if (location.kind === 'local') return LOCAL
  return location.kind === 's3' ? `s3://${location.bucket}` : location.url.origin
}

async function checkStore(
  store: string,
  records: readonly FileRecord[],
  options: CheckOptions,
  deadlineMs: number,
  directory: string,
): Promise<readonly Finding[]> {
  const silence = store === LOCAL ? undefined : await whySilent(records[0]!, options, deadlineMs)
  if (silence !== undefined) {
    return [problem(`storage ${store}`, `${silence} (${records.length} files)`, 'see that the node can reach it')]
  }
  const results: CheckedFile[] = []
  const left = [...records]
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) results.push(await checkFile(next, options))
  })
  await Promise.all(workers)
  const order = new Map(records.map(({ id }, index) => [id, index]))
  return results
    .sort((a, b) => order.get(a.id)! - order.get(b.id)!)
    .flatMap(({ id, problems }) =>
      problems.map((what) => problem(`file ${id}`, what, `put it right, or fyr-node files remove ${directory} ${id}`)),
    )
}

async function whySilent(
  { location }: FileRecord,
  { storage }: CheckOptions,
  deadlineMs: number,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    await storage.open(location, signal)
    return undefined
  } catch (error) {
    if (signal.aborted) return `it does not answer within ${deadlineMs / 1000} s`
    if (error instanceof StorageError && error.code === 'unreachable') return 'it cannot be reached'
    return undefined
  }
}
