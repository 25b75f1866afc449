import type { NodeConfig } from '../../schemas/index.js'
import { keySettings, storageSettings } from '../config.js'
import { openStorage } from '../storage/open-storage.js'
import { openFileSource, type FileSource } from './open-file-source.js'
import { openFiles } from './open-files.js'
import { readKey } from './read-key.js'

/** The files that a node serves, as node.yaml says where they are kept. */
export interface ServedFiles {
  readonly source: FileSource
  /** Ends every connection to where files are kept. */
  close(): Promise<void>
}

/** @throws FilesError the node's key cannot be read */
export function openServedFiles(nodeDirectory: string, config: NodeConfig): ServedFiles {
  const settings = keySettings(nodeDirectory, config)
  const key = settings && readKey(settings)
  const registry = openFiles(nodeDirectory)
  const storage = openStorage(storageSettings(nodeDirectory, config))
  return {
    source: openFileSource({ registry, storage, ...(key ? { key } : {}) }),
    async close() {
      await storage.close()
      registry.close()
    },
  }
}
