import { basename } from 'node:path'
import { IngestError } from '../ingest-error.js'
import { fileKind, toEntryType, typeByName, type MetadataFileType } from './file-kind.js'
import { readJsonFile } from './read-beacon-json.js'
import type { Notes, SourceRecord } from './source-record.js'
import { readMapping } from './tables/read-mapping.js'
import { readTable } from './tables/read-table.js'

export interface SourceFiles {
  readonly files: readonly string[]
  readonly type?: MetadataFileType
  readonly mapping?: string
}

/**
 * The records of files of metadata, one after the other.
 *
 * @throws IngestError a file that cannot be read; ConfigError the mapping
 */
export async function* readSourceRecords(
  { files, type, mapping: mappingFile }: SourceFiles,
  notes: Notes,
): AsyncGenerator<SourceRecord> {
  const mapping = mappingFile === undefined ? undefined : readMapping(mappingFile)
  for (const path of files) {
    const kind = await fileKind(path)
    if (kind === 'json') {
      yield* readJsonFile(path, type, notes)
      continue
    }
    const file = basename(path)
    if (!mapping) throw new IngestError(file, undefined, 'is a table and needs --mapping: which column is what?')
    const stated = type ?? typeByName(path)
    if (stated !== undefined && (stated === 'phenopackets' || toEntryType(stated) !== mapping.type)) {
      const reason = `is to be of ${stated}, and the mapping is of the type ${mapping.type}; give a command to each mapping`
      throw new IngestError(file, undefined, reason)
    }
    yield* readTable(path, mapping, notes)
  }
}
