import { Command, CommanderError } from 'commander'
import { readVersion } from '../schemas/version.js'

const SUCCESS = 0
const FAILURE = 1
const WRONG_USAGE = 2

/** In the order of --help. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  init: async () => (await import('./commands/init-command.js')).addInitCommand,
  check: async () => (await import('./commands/check-command.js')).addCheckCommand,
  consent: async () => (await import('./commands/consent-commands.js')).addConsentCommands,
  admin: async () => (await import('./commands/admin-commands.js')).addAdminCommands,
  application: async () => (await import('./commands/application-commands.js')).addApplicationCommands,
  audit: async () => (await import('./commands/audit-commands.js')).addAuditCommands,
  dataset: async () => (await import('./commands/dataset-commands.js')).addDatasetCommands,
  decision: async () => (await import('./commands/decision-commands.js')).addDecisionCommands,
  files: async () => (await import('./commands/files-commands.js')).addFilesCommands,
  genes: async () => (await import('./commands/genes-commands.js')).addGenesCommands,
  grant: async () => (await import('./commands/grant-commands.js')).addGrantCommands,
  individual: async () => (await import('./commands/individual-commands.js')).addIndividualCommands,
  ingest: async () => (await import('./commands/ingest-command.js')).addIngestCommand,
  interpretations: async () => (await import('./commands/interpretation-commands.js')).addInterpretationCommands,
  member: async () => (await import('./commands/project-commands.js')).addMemberCommands,
  ontology: async () => (await import('./commands/ontology-commands.js')).addOntologyCommands,
  pause: async () => (await import('./commands/pause-commands.js')).addPauseCommand,
  project: async () => (await import('./commands/project-commands.js')).addProjectCommands,
  resume: async () => (await import('./commands/pause-commands.js')).addResumeCommand,
  serve: async () => (await import('./commands/serve-command.js')).addServeCommand,
  tag: async () => (await import('./commands/tag-commands.js')).addTagCommands,
  tickets: async () => (await import('./commands/ticket-commands.js')).addTicketCommands,
  witness: async () => (await import('./commands/witness-commands.js')).addWitnessCommands,
}

/**
 * Runs `fyr-node`.
 *
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = await createProgram(argv[0])
  try {
    await program.parseAsync(argv, { from: 'user' })
    return SUCCESS
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? SUCCESS : WRONG_USAGE
    const { isPlainError } = await import('./plain-error.js')
    const text = isPlainError(error) ? error.message : ((error as Error).stack ?? String(error))
    process.stderr.write(`fyr-node: ${text}\n`)
    return FAILURE
  }
}

/** @param named the first word: where it is a command the others are not loaded, which takes longer than many commands run */
async function createProgram(named: string | undefined): Promise<Command> {
  const program = new Command('fyr-node')
    .description('A region’s data holder: Beacon v2 over its own variants, and htsget over its own files.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('Run with --help for usage.')
  const only = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined
  for (const load of only ? [only] : Object.values(COMMANDS)) (await load())(program)
  return program
}
