import { Command, CommanderError } from 'commander'
import { readVersion } from '../schemas/index.js'
import { addBeaconCommand } from './beacon/command.js'
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, UsageError, type CommandIo } from './command-line.js'
import { addHtsgetCommand } from './htsget/command.js'

/** The command line of `fyr-conformance`; returns the exit code. */
export async function runConformanceCli(args: readonly string[], io: CommandIo): Promise<number> {
  let exitCode = EXIT_OK
  const onExit = (code: number) => void (exitCode = code)
  const program = new Command('fyr-conformance')
    .description('Asks a service everything that its standard defines, and judges the answers.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
  addBeaconCommand(program, io, onExit)
  addHtsgetCommand(program, io, onExit)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has written help, version or its own complaint already; help that nobody asked for is a complaint.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    io.err(`fyr-conformance: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE
  }
}
