import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What one project, or somebody without one, fetched of a person: records or bytes of files. */
export interface PastRelease {
  /** Absent: public data, which name no project. */
  readonly project?: string
  readonly event: string
  /** The file; else the datasets of the records. */
  readonly what: string
  readonly first: string
  readonly last: string
  readonly times: number
}

/** What of a line of the audit log is read here. */
interface Entry {
  readonly ts: string
  readonly event: string
  readonly outcome: string
  readonly project?: string
  readonly datasets?: readonly string[]
  readonly file?: string
  readonly subjects?: readonly string[]
}

/**
 * Who already has what of some people, by the audit log: for projects that are to delete it after a withdrawal. Numbers that
 * counted a person name nobody, and are not listed.
 *
 * @param pseudonyms of the people
 * @returns by pseudonym, of each the projects in order
 */
export async function findPastReleases(
  nodeDirectory: string,
  pseudonyms: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly PastRelease[]>> {
  const found = new Map<string, Map<string, PastRelease>>()
  const directory = join(nodeDirectory, 'audit')
  for (const name of logFiles(directory)) {
    const lines = createInterface({ input: createReadStream(join(directory, name)), crlfDelay: Infinity })
    for await (const line of lines) {
      // Parsing each line of a year's log takes longer than to look first.
      if (!line.includes('"subjects"')) continue
      const entry = parseEntry(line)
      if (!entry || entry.outcome !== 'answered') continue
      for (const subject of entry.subjects ?? []) {
        if (pseudonyms.has(subject)) addRelease(found, subject, entry)
      }
    }
  }
  return new Map(
    [...found].map(([subject, releases]) => [
      subject,
      [...releases.values()].sort((a, b) => compare(a.project ?? '', b.project ?? '') || compare(a.first, b.first)),
    ]),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function addRelease(found: Map<string, Map<string, PastRelease>>, subject: string, entry: Entry): void {
  const { ts, event, project, file, datasets = [] } = entry
  const what = file ?? datasets.join(', ')
  const releases = found.get(subject) ?? new Map<string, PastRelease>()
  found.set(subject, releases)
  const key = JSON.stringify([project, event, what])
  const known = releases.get(key)
  releases.set(key, {
    ...(project === undefined ? {} : { project }),
    event,
    what,
    first: known && known.first < ts ? known.first : ts,
    last: known && known.last > ts ? known.last : ts,
    times: (known?.times ?? 0) + 1,
  })
}

function logFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** @returns undefined: a line that was not written to its end */
function parseEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}
