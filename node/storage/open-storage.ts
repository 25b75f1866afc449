import type { S3Client } from '@aws-sdk/client-s3'
import type { Dispatcher } from 'undici'
import type * as httpFile from './http-file.js'
import { STORAGE_LIMITS, type StorageLimits } from './limits.js'
import { openLocalFile } from './local-file.js'
import { parseLocation } from './location.js'
import { createS3Client, openS3File, type S3Package, type S3Settings } from './s3-file.js'
import { StorageError } from './storage-error.js'
import type { StoredFile } from './stored-file.js'

type HttpFiles = typeof httpFile

export interface StorageSettings {
  /** Absent: there is no object store. */
  readonly s3?: S3Settings
}

/** Where file bytes come from: disks, an object store, web servers. Connections are kept for the next file. */
export interface Storage {
  /**
   * @param location absolute path, `s3://bucket/key` or `http(s)://…`
   * @throws StorageError; whatever `signal` was aborted with
   */
  open(location: string, signal?: AbortSignal): Promise<StoredFile>
  /** Ends every connection. */
  close(): Promise<void>
}

export function openStorage(settings: StorageSettings = {}, limits: StorageLimits = STORAGE_LIMITS): Storage {
  let http: Promise<readonly [HttpFiles, Dispatcher]> | undefined
  let s3: Promise<readonly [S3Package, S3Client]> | undefined

  // Both are loaded for the first file that needs them: most nodes have their files on disks, and start sooner without.
  const connectHttp = async () => {
    const files: HttpFiles = await import('./http-file.js')
    return [files, files.createHttpAgent(limits)] as const
  }
  const connectS3 = async (s3Settings: S3Settings) => {
    const s3Package: S3Package = await import('@aws-sdk/client-s3')
    return [s3Package, createS3Client(s3Package, s3Settings, limits)] as const
  }

  return {
    async open(text, signal) {
      const location = parseLocation(text)
      switch (location.kind) {
        case 'local':
          return openLocalFile(location.path)
        case 'http': {
          http ??= connectHttp()
          const [{ openHttpFile }, agent] = await http
          return openHttpFile(location.url, agent, limits, signal)
        }
        case 's3': {
          if (!settings.s3) {
            throw new StorageError('invalid-location', `${text}: node.yaml has no storage.s3, so no store is known`)
          }
          s3 ??= connectS3(settings.s3)
          const [s3Package, client] = await s3
          return openS3File(s3Package, client, location, limits, signal)
        }
      }
    },
    async close() {
      if (http) await (await http)[1].destroy()
      if (s3) (await s3)[1].destroy()
    },
  }
}
