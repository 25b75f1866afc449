import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import {
  checkConsistency,
  checkRequest,
  NOTHING_SEEN,
  type KnownLogs,
  type SignedRequest,
  type WitnessRefusal,
} from './check-checkpoint.js'
import { hashOrigin } from './checkpoint-head.js'
import { cosign } from './cosignature.js'
import { COSIGNATURE, toVerifierKey, type NoteKey } from './signed-note.js'

export type WitnessReply =
  /** @property cosignature a line with its line feed */
  { readonly status: 200; readonly cosignature: string } | WitnessRefusal

/** What a witness knows of one log. */
export interface WitnessedLog {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** When the checkpoint came. */
  readonly ts: string
}

/** A witness of logs (c2sp.org/tlog-witness). */
export interface Witness {
  /** By which its cosignatures are checked. */
  readonly verifierKey: string
  /** Answers a request of `add-checkpoint`. What is cosigned is on the disk when this returns. @throws Error the file fails */
  addCheckpoint(body: Uint8Array): WitnessReply
  /**
   * The last checkpoint of a log that was cosigned, with its signature and the cosignature; undefined: there is none.
   *
   * @param originHash SHA-256 of the log's origin, hexadecimal
   */
  readCheckpoint(originHash: string): string | undefined
  list(): readonly WitnessedLog[]
  close(): void
}

export interface WitnessOptions {
  /** Of the witness' key. */
  readonly name: string
  readonly logs: KnownLogs
  readonly now: () => Date
  /**
   * Told of checkpoints that the log signed, and that were not shown to go on from the last one. Such a note may prove that the
   * log has two histories; or somebody sent a good one with a wrong proof.
   */
  readonly onRefused?: (origin: string, note: string) => void
}

/**
 * The key stands in the file of what was seen: a witness that lost its memory would cosign another history, and must not be
 * believed to be the one before.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS witness (id INTEGER PRIMARY KEY CHECK (id = 1), ed25519 TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS logs (
  origin TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  note TEXT NOT NULL,
  ts TEXT NOT NULL
) STRICT;`

const FILE_MODE = 0o600
/** How long another process may hold the file, milliseconds; a checkpoint takes a few. */
const BUSY_MS = 1_000

interface LogRow {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly note: string
  readonly ts: string
}

/** The file of the witness of a node or a hub. */
export function witnessPath(directory: string): string {
  return join(directory, 'witness.sqlite')
}

/** Opens the file of a witness, which several processes may share; the first one makes it, and the key. @throws SqliteError */
export function openWitness(path: string, { name, logs, now, onRefused }: WitnessOptions): Witness {
  // The files that SQLite puts beside it have the same mode.
  if (!existsSync(path)) closeSync(openSync(path, 'a', FILE_MODE))
  const database = new Database(path, { timeout: BUSY_MS })
  database.pragma('journal_mode = WAL')
  // A transaction is on the disk when it ends.
  database.pragma('synchronous = FULL')
  database.exec(TABLES)
  const privateKey = openKey(database)
  const key: NoteKey = { name, publicKey: createPublicKey(privateKey) }
  const findLog = database.prepare<[string], LogRow>('SELECT origin, size, root, note, ts FROM logs WHERE origin = ?')
  const findHash = database.prepare<[string], { readonly note: string }>('SELECT note FROM logs WHERE hash = ?')
  const listLogs = database.prepare<[], LogRow>('SELECT origin, size, root, note, ts FROM logs ORDER BY origin')
  const saveLog = database.prepare<[string, string, number, Buffer, string, string]>(
    `INSERT INTO logs (origin, hash, size, root, note, ts) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, ts = excluded.ts`,
  )

  // What was seen is read, compared and replaced under one lock, also between processes: no two requests are compared with the
  // same tree and cosigned both.
  const compare = database.transaction((request: SignedRequest): WitnessReply => {
    const { head, text, note } = request
    const last = findLog.get(head.origin)
    const refusal = checkConsistency(request, last ?? NOTHING_SEEN)
    if (refusal) return refusal
    const at = now()
    const cosignature = cosign(text, key, privateKey, Math.floor(at.getTime() / 1000))
    if (head.size !== last?.size) {
      saveLog.run(head.origin, hashOrigin(head.origin), head.size, head.root, note + cosignature, at.toISOString())
    }
    return { status: 200, cosignature }
  })

  return {
    verifierKey: toVerifierKey(key, COSIGNATURE),
    addCheckpoint(body) {
      const request = checkRequest(body, logs)
      if ('status' in request) return request
      const reply = compare.immediate(request)
      if (reply.status === 422) onRefused?.(request.head.origin, request.note)
      return reply
    },
    readCheckpoint: (originHash) => findHash.get(originHash)?.note,
    list: () =>
      listLogs.all().map(({ origin, size, root, ts }) => ({ origin, size, root: root.toString('base64'), ts })),
    close: () => void database.close(),
  }
}

function openKey(database: Database.Database): KeyObject {
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  database.prepare('INSERT INTO witness (id, ed25519) VALUES (1, ?) ON CONFLICT DO NOTHING').run(made)
  const row = database.prepare<[], { readonly ed25519: string }>('SELECT ed25519 FROM witness').get()
  return createPrivateKey(row!.ed25519)
}
