import { createHash } from 'node:crypto'

/** What every checkpoint says (c2sp.org/tlog-checkpoint), whatever lines of its own a log adds. */
export interface CheckpointHead {
  readonly origin: string
  /** Leaves of the tree. */
  readonly size: number
  readonly root: Buffer
}

/** A size as it is written: decimal, without leading zeros. Fifteen digits are all numbers that are exact. */
export const SIZE_PATTERN = '(?:0|[1-9]\\d{0,14})'

const HEAD = new RegExp(`^([^\\n]+)\\n(${SIZE_PATTERN})\\n([A-Za-z0-9+/]{43}=)\\n(?:[^\\n]+\\n)*$`)

/** @param text of a note @returns undefined: it is no checkpoint */
export function parseCheckpointHead(text: string): CheckpointHead | undefined {
  const [, origin = '', size, encoded = ''] = HEAD.exec(text) ?? []
  const root = Buffer.from(encoded, 'base64')
  return size !== undefined && root.toString('base64') === encoded ? { origin, size: Number(size), root } : undefined
}

/** By which a witness is asked for the last checkpoint of a log: SHA-256, hexadecimal. */
export function hashOrigin(origin: string): string {
  return createHash('sha256').update(origin).digest('hex')
}
