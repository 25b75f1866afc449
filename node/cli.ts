import { Command, CommanderError } from 'commander'
import { ConfigError, readVersion } from '../schemas/index.js'
import { addDatasetCommands } from './commands/dataset-commands.js'
import { addFilesCommands } from './commands/files-commands.js'
import { addGenesCommands } from './commands/genes-commands.js'
import { addIndividualCommands } from './commands/individual-commands.js'
import { addIngestCommand } from './commands/ingest-command.js'
import { addInitCommand } from './commands/init-command.js'
import { addInterpretationCommands } from './commands/interpretation-commands.js'
import { addOntologyCommands } from './commands/ontology-commands.js'
import { addServeCommand } from './commands/serve-command.js'
import { addTicketCommands } from './commands/ticket-commands.js'
import { DatasetError } from './dataset.js'
import { FilesError } from './files/files-error.js'
import { FormatError } from './formats/format-error.js'
import { IngestError } from './ingest/ingest-error.js'
import { OntologyError } from './metadata/ontologies/ontology-error.js'
import { ServeError } from './serve-error.js'
import { StorageError } from './storage/storage-error.js'

const SUCCESS = 0
const FAILURE = 1
const WRONG_USAGE = 2

/** Mistakes that a person can mend; everything else is a fault of ours and keeps its stack. */
const PLAIN_ERRORS = [
  ConfigError,
  DatasetError,
  FilesError,
  FormatError,
  IngestError,
  OntologyError,
  ServeError,
  StorageError,
]

/**
 * Runs `fyr-node`.
 *
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = createProgram()
  try {
    await program.parseAsync(argv, { from: 'user' })
    return SUCCESS
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? SUCCESS : WRONG_USAGE
    const isPlain = PLAIN_ERRORS.some((type) => error instanceof type) || isUsedPort(error)
    process.stderr.write(
      `fyr-node: ${isPlain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`,
    )
    return FAILURE
  }
}

function isUsedPort(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

function createProgram(): Command {
  const program = new Command('fyr-node')
    .description('A region’s data holder: Beacon v2 over its own variants, and htsget over its own files.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('Run with --help for usage.')

  addInitCommand(program)
  addDatasetCommands(program)
  addFilesCommands(program)
  addGenesCommands(program)
  addIndividualCommands(program)
  addIngestCommand(program)
  addInterpretationCommands(program)
  addOntologyCommands(program)
  addServeCommand(program)
  addTicketCommands(program)
  return program
}
