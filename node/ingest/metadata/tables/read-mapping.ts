import { readConfig, type MappedField, type TableMapping } from '../../../../schemas/index.js'
import { toEntryType } from '../file-kind.js'
import type { MetadataType } from '../source-record.js'
import { parseFieldPath, type FieldPath } from './field-path.js'

export interface MappedColumn {
  readonly path: FieldPath
  readonly source: Exclude<MappedField, string>
}

export interface Mapping extends Omit<TableMapping, 'type' | 'fields'> {
  readonly type: MetadataType
  readonly columns: readonly MappedColumn[]
}

/**
 * Reads a mapping file.
 *
 * @throws ConfigError the file is no mapping, or names a field that Beacon's records do not have
 */
export function readMapping(path: string): Mapping {
  const { type, fields, ...rest } = readConfig<TableMapping>(path, 'config/mapping.json')
  const entryType = toEntryType(type)
  const columns = Object.entries(fields).map(([name, source]): MappedColumn => {
    return {
      path: parseFieldPath(path, entryType, name),
      source: typeof source === 'string' ? { column: source } : source,
    }
  })
  return { ...rest, type: entryType, columns }
}
