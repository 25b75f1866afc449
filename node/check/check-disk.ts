import { statfsSync } from 'node:fs'
import { warning, type Finding } from './finding.js'

const GIGABYTE = 1e9
const LEAST_SHARE = 0.01

export interface DiskSpace {
  /** Bytes that a user may still write, and all. */
  readonly free: number
  readonly all: number
}

export function readDiskSpace(directory: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(directory)
  return { free: bavail * bsize, all: blocks * bsize }
}

/** A node whose log cannot be written answers nobody. */
export function checkDisk(directory: string, { free, all }: DiskSpace): readonly Finding[] {
  if (free >= GIGABYTE && free >= all * LEAST_SHARE) return []
  return [
    warning(
      directory,
      `${(free / GIGABYTE).toFixed(1)} GB of its disk are free`,
      'make room: without it nobody is answered',
    ),
  ]
}
