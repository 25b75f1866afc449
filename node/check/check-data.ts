import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NodeConfig } from '../../schemas/index.js'
import { referencePaths } from '../config.js'
import { FormatError } from '../formats/format-error.js'
import { INTERPRETATIONS_FORMAT, interpretationPath } from '../interpretations/interpretation-file.js'
import { ONTOLOGIES_LAYOUT } from '../metadata/ontologies/ontology-file.js'
import {
  datasetsDirectory,
  listDatasetIds,
  readManifest,
  segmentsDirectory,
  type DatasetManifest,
} from '../variants/dataset-manifest.js'
import { GENES_FORMAT } from '../variants/genes/gene-tables.js'
import { openReference } from '../variants/reference.js'
import { createSegmentHandles, type SegmentHandles } from '../variants/sqlite/segment-handles.js'
import { openSegment } from '../variants/sqlite/segment.js'
import { openSitesSegment } from '../variants/sqlite/sites-segment.js'
import { problem, reasonOf, type Finding } from './finding.js'
import { openQuietly, whyCorrupt, whyDamaged } from './quiet-database.js'

const FROM_BACKUP = 'put it back from a backup'

/** Files that can be made again, each with the version of its tables and how it is made. */
const MADE_AGAIN: Readonly<Record<string, { readonly version: number; readonly remedy: string }>> = {
  'genes.sqlite': { version: GENES_FORMAT, remedy: 'remove it and load the genes again (fyr-node genes add)' },
  'ontologies.sqlite': {
    version: ONTOLOGIES_LAYOUT,
    remedy: 'remove it and load the ontologies again (fyr-node ontology add)',
  },
}

/** Databases, published datasets and references. @param deep every page of every database is read */
export function checkData(directory: string, config: NodeConfig, deep: boolean): readonly Finding[] {
  return [
    ...checkOwnDatabases(directory, deep),
    ...checkDatasets(directory, deep),
    ...Object.entries(referencePaths(directory, config)).flatMap(([assembly, path]) =>
      checkReference(assembly as keyof typeof config.references, path),
    ),
  ]
}

function checkOwnDatabases(directory: string, deep: boolean): readonly Finding[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sqlite'))
  return names.sort().flatMap((name) => {
    const { version, remedy = FROM_BACKUP } = MADE_AGAIN[name] ?? {}
    return checkDatabase(join(directory, name), deep, remedy, version)
  })
}

function checkDatabase(path: string, deep: boolean, remedy: string, version?: number): readonly Finding[] {
  const what = attempt(
    () => whyDamaged(path) ?? whyOtherVersion(path, version) ?? (deep ? whyCorrupt(path) : undefined),
  )
  return what === undefined ? [] : [problem(path, what, remedy)]
}

function whyOtherVersion(path: string, version: number | undefined): string | undefined {
  if (version === undefined) return undefined
  const db = openQuietly(path)
  try {
    const found: unknown = db.pragma('user_version', { simple: true })
    // Nothing was loaded yet.
    if (found === version || found === 0) return undefined
    return `its tables are of version ${String(found)}, and this program knows ${version}`
  } finally {
    db.close()
  }
}

/** What work says or fails with; undefined: nothing is wrong. */
function attempt(work: () => string | undefined): string | undefined {
  try {
    return work()
  } catch (error) {
    return reasonOf(error)
  }
}

function checkDatasets(directory: string, deep: boolean): readonly Finding[] {
  if (!existsSync(datasetsDirectory(directory))) return []
  const handles = createSegmentHandles()
  try {
    return listDatasetIds(directory).flatMap((id) => checkDataset(directory, id, handles, deep))
  } finally {
    handles.close()
  }
}

function checkDataset(directory: string, id: string, handles: SegmentHandles, deep: boolean): readonly Finding[] {
  let manifest: DatasetManifest | undefined
  const where = `dataset ${id}`
  const fault = attempt(() => {
    manifest = readManifest(directory, id)
    return undefined
  })
  if (fault !== undefined) return [problem(where, `its manifest.json cannot be used: ${fault}`, FROM_BACKUP)]
  if (!manifest?.published) return []
  const { segments, content } = manifest
  const open = content === 'sites' ? openSitesSegment : openSegment
  const findings = segments.flatMap(({ file }) => {
    const path = join(segmentsDirectory(directory, id), file)
    const what = attempt(() => {
      if (!existsSync(path)) return 'it is gone'
      const damage = whyDamaged(path)
      if (damage !== undefined) return damage
      open(path, handles).close()
      return deep ? whyCorrupt(path) : undefined
    })
    const again = `withdraw the dataset (fyr-node dataset withdraw ${directory} ${id}) and put the file back from a backup`
    return what === undefined ? [] : [problem(`${where}, segment ${file}`, what, again)]
  })
  const people = join(directory, 'individuals.sqlite')
  if (content !== 'sites' && segments.length > 0 && !existsSync(people)) {
    findings.push(problem(where, `it has people, and ${basename(people)} is gone`, FROM_BACKUP))
  }
  const statements = interpretationPath(directory, id)
  return existsSync(statements)
    ? [...findings, ...checkDatabase(statements, deep, FROM_BACKUP, INTERPRETATIONS_FORMAT)]
    : findings
}

/** The last base of each contig is where the index says: the file was not cut, and not wrapped anew. */
function checkReference(assembly: Parameters<typeof openReference>[0], path: string): readonly Finding[] {
  try {
    const reference = openReference(assembly, path)
    try {
      for (const [name, length] of reference.fasta.lengths) reference.fasta.read(name, length - 1, length)
    } finally {
      reference.close()
    }
    return []
  } catch (error) {
    if (!(error instanceof FormatError) && (error as NodeJS.ErrnoException).syscall === undefined) throw error
    return [problem(`references.${assembly} of node.yaml`, reasonOf(error), 'the node does not start without it')]
  }
}

/** Numbers of everybody who was not removed; undefined: there is no register of people, which is said of the datasets. */
export function readPeople(directory: string): ReadonlySet<number> | undefined {
  const path = join(directory, 'individuals.sqlite')
  if (!existsSync(path)) return undefined
  const db = openQuietly(path)
  try {
    return new Set(db.prepare<[], number>('SELECT number FROM individual WHERE removed = 0').pluck().all())
  } finally {
    db.close()
  }
}
