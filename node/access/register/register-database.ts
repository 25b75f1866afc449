import Database from 'better-sqlite3'
import { join } from 'node:path'

/** Who may see what, in one file of the node's directory. Rows are ended, never deleted. */
const DDL = `
  CREATE TABLE IF NOT EXISTS project (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, iss TEXT NOT NULL, sub TEXT NOT NULL, ethics_number TEXT,
    purposes TEXT NOT NULL, duo TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,
    added_by TEXT NOT NULL, added_at TEXT NOT NULL, closed_by TEXT, closed_at TEXT
  );
  CREATE TABLE IF NOT EXISTS member (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL REFERENCES project (id),
    iss TEXT NOT NULL, sub TEXT NOT NULL, role TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT,
    added_by TEXT NOT NULL, added_at TEXT NOT NULL, removed_by TEXT, removed_at TEXT
  );
  CREATE INDEX IF NOT EXISTS member_project ON member (project);
  CREATE INDEX IF NOT EXISTS member_subject ON member (sub, iss);
  CREATE TABLE IF NOT EXISTS tag (
    name TEXT PRIMARY KEY, dac TEXT NOT NULL, purposes TEXT NOT NULL, highest_level TEXT NOT NULL, valid_to TEXT NOT NULL,
    changed_by TEXT NOT NULL, changed_at TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS application (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL REFERENCES project (id), controller TEXT NOT NULL,
    wants TEXT NOT NULL, state TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS application_step (
    application INTEGER NOT NULL REFERENCES application (id), state TEXT NOT NULL, note TEXT, by TEXT NOT NULL, at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS step_application ON application_step (application);
  CREATE TABLE IF NOT EXISTS decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL REFERENCES application (id),
    controller TEXT NOT NULL, outcome TEXT NOT NULL, decision TEXT NOT NULL, added_by TEXT NOT NULL, added_at TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS proposal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL REFERENCES application (id),
    decision TEXT NOT NULL, steps INTEGER NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL,
    ended_as TEXT, ended_by TEXT, ended_at TEXT, note TEXT
  );
  CREATE TABLE IF NOT EXISTS tagged (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tag TEXT NOT NULL REFERENCES tag (name), kind TEXT NOT NULL, object TEXT NOT NULL,
    controller TEXT NOT NULL, decision INTEGER NOT NULL REFERENCES decision (id), valid_from TEXT NOT NULL, valid_to TEXT,
    added_by TEXT NOT NULL, added_at TEXT NOT NULL, removed_by TEXT, removed_at TEXT
  );
  CREATE INDEX IF NOT EXISTS tagged_tag ON tagged (tag, kind, object);
  CREATE TABLE IF NOT EXISTS access_grant (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL REFERENCES project (id), controller TEXT NOT NULL,
    application INTEGER NOT NULL REFERENCES application (id), decision INTEGER NOT NULL REFERENCES decision (id),
    tag TEXT REFERENCES tag (name), dataset TEXT, level TEXT NOT NULL, regions TEXT, purposes TEXT NOT NULL,
    audience TEXT NOT NULL, deliver_to TEXT, waives_consent INTEGER NOT NULL, ehds_permit_at TEXT,
    valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, revoked_by TEXT, revoked_at TEXT, revoke_reason TEXT
  );
  CREATE INDEX IF NOT EXISTS grant_project ON access_grant (project);
  CREATE TABLE IF NOT EXISTS pause (
    id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL,
    paused_by TEXT NOT NULL, paused_at TEXT NOT NULL, resumed_by TEXT, resumed_at TEXT, resume_reason TEXT
  );
  CREATE TABLE IF NOT EXISTS change (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, details TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
  );
`

/** How long one process waits for another's change; a change takes milliseconds. */
export const BUSY_MS = 5_000

/** Opens the register of access, creating it on first use. */
export function openRegister(nodeDirectory: string): Database.Database {
  const db = new Database(join(nodeDirectory, 'access.sqlite'), { timeout: BUSY_MS })
  db.pragma('journal_mode = WAL')
  // A change that was told to be done is not lost with the power: a revocation above all.
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.exec(DDL)
  return db
}

/** Of applications, decisions, grants and proposals. */
type IdLetter = 'A' | 'D' | 'G' | 'P'

/** Ids that people write and say: `A-12`, `D-3`, `G-4`, `P-2`. */
export function toId(letter: IdLetter, number: number): string {
  return `${letter}-${number}`
}

/** The number in such an id; undefined when it is none of this letter. */
export function parseId(letter: IdLetter, id: string): number | undefined {
  const match = /^([ADGP])-([1-9]\d{0,14})$/.exec(id)
  return match?.[1] === letter ? Number(match[2]) : undefined
}
