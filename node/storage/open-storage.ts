import type { S3Client } from '@aws-sdk/client-s3'
import { Agent } from 'undici'
import { openHttpFile } from './http-file.js'
import { STORAGE_LIMITS, type StorageLimits } from './limits.js'
import { openLocalFile } from './local-file.js'
import { parseLocation } from './location.js'
import { createS3Client, openS3File, type S3Package, type S3Settings } from './s3-file.js'
import { StorageError } from './storage-error.js'
import type { StoredFile } from './stored-file.js'

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
  const agent = new Agent({ connect: { timeout: limits.connectMs } })
  let s3: Promise<readonly [S3Package, S3Client]> | undefined

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
        case 'http':
          return openHttpFile(location.url, agent, limits, signal)
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
      await agent.destroy()
      if (s3) (await s3)[1].destroy()
    },
  }
}
