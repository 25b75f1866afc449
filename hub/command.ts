import { Command, CommanderError, InvalidArgumentError } from 'commander'

/** Exit codes of every command. */
export const EXIT_OK = 0
export const EXIT_FAILURE = 1
export const EXIT_USAGE = 2

/** Where a command writes. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** `out` is a terminal that knows ANSI. */
  readonly isTerminal?: boolean
}

export const processIo: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
}

/** A failure that one sentence tells, with its exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT_FAILURE) {
    super(message)
    this.exitCode = exitCode
  }
}

export function createCommand(name: string, description: string, version: string, io: CommandIo): Command {
  return new Command(name)
    .description(description)
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('it must be a port from 0 to 65535.')
  return port
}

export function parseHttpUrl(text: string): string {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isHttp) throw new InvalidArgumentError('it must be an http or https URL.')
  return text
}

/**
 * Runs a command line and turns what it throws into an exit code and one sentence; stack traces stay inside.
 *
 * @param args without the interpreter and the script
 */
export async function runCommand(command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    await command.parseAsync([...args], { from: 'user' })
    return EXIT_OK
  } catch (error) {
    // Commander has written help, version or its own complaint already; help that nobody asked for is a complaint.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    }
    io.err(`${command.name()}: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof CommandFailure ? error.exitCode : EXIT_FAILURE
  }
}
