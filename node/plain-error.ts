import { ConfigError } from '../schemas/index.js'
import { ConsentError } from './access/consent/consent-error.js'
import { RegisterError } from './access/register/register-error.js'
import { AuditError } from './audit/audit-error.js'
import { DatasetError } from './dataset.js'
import { FilesError } from './files/files-error.js'
import { FormatError } from './formats/format-error.js'
import { IngestError } from './ingest/ingest-error.js'
import { OntologyError } from './metadata/ontologies/ontology-error.js'
import { ServeError } from './serve-error.js'
import { StorageError } from './storage/storage-error.js'

const PLAIN_ERRORS = [
  AuditError,
  ConfigError,
  ConsentError,
  DatasetError,
  FilesError,
  FormatError,
  IngestError,
  OntologyError,
  RegisterError,
  ServeError,
  StorageError,
]

/** Mistakes that a person can mend, said in one sentence; everything else is a fault of ours and keeps its stack. */
export function isPlainError(error: unknown): error is Error {
  return PLAIN_ERRORS.some((type) => error instanceof type) || isUsedPort(error)
}

function isUsedPort(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}
