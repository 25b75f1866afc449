import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { readFileSync, writeFileSync } from 'node:fs'
import { readVersion } from '../../schemas/index.js'
import { toJunit } from './junit.js'
import { openOfficialSchemas } from './official-schemas.js'
import { renderReport, toJsonReport } from './report.js'
import { hasFailed, runSuite } from './run-suite.js'
import { createHttpTransport } from './transport.js'
import { readTruthFile } from './truth-file.js'

export const EXIT_OK = 0
export const EXIT_FAILURE = 1
export const EXIT_USAGE = 2

/** Where the command writes. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

interface BeaconOptions {
  readonly report?: string
  readonly junit?: string
  readonly json: boolean
  readonly strict: boolean
  readonly timeout: number
  readonly truth?: string
  readonly schemas?: string
  readonly tokenFile?: string
}

const DEFAULT_TIMEOUT_SECONDS = 30
const LONGEST_TIMEOUT_SECONDS = 3600

const AFTER_HELP = `
Exit codes: 0 everything that must hold does (with --strict: and that should); 1 something failed, or the URL is no Beacon or
cannot be reached; 2 wrong usage. What the cases are, and the form of a truth file, is in docs/conformance.md.
`

/** What was given cannot be used: wrong usage, not a fault of the beacon. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

function parseUrl(text: string): string {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isHttp)
    throw new InvalidArgumentError('it must be an http or https URL, such as https://host.example/beacon/v2.')
  return text
}

function parseTimeout(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  if (!(seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS)) {
    throw new InvalidArgumentError(`it must be a number of seconds, above 0 and at most ${LONGEST_TIMEOUT_SECONDS}.`)
  }
  return seconds
}

function usage<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function runBeacon(url: string, options: BeaconOptions, io: CommandIo): Promise<number> {
  const { truth: truthFile, schemas: folder, tokenFile } = options
  const truth = truthFile === undefined ? undefined : usage(() => readTruthFile(truthFile))
  const official = folder === undefined ? undefined : usage(() => openOfficialSchemas(folder))
  const token = tokenFile === undefined ? undefined : usage(() => readFileSync(tokenFile, 'utf8').trim())
  const transport = createHttpTransport(options.timeout * 1000)
  try {
    const report = await runSuite(url, {
      transport,
      ...(truth ? { truth } : {}),
      ...(official ? { official } : {}),
      ...(token === undefined ? {} : { token }),
    })
    const json = `${JSON.stringify(toJsonReport(report), null, 2)}\n`
    if (options.report !== undefined) writeFileSync(options.report, json)
    if (options.junit !== undefined) writeFileSync(options.junit, toJunit(report, options.strict))
    io.out(options.json ? json : renderReport(report))
    return hasFailed(report, options.strict) ? EXIT_FAILURE : EXIT_OK
  } finally {
    transport.close()
  }
}

/** The command line of `fyr-conformance`; returns the exit code. */
export async function runConformanceCli(args: readonly string[], io: CommandIo): Promise<number> {
  let exitCode = EXIT_OK
  const program = new Command('fyr-conformance')
    .description('Asks a service everything that its standard defines, and judges the answers.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
  program
    .command('beacon')
    .description('judge a GA4GH Beacon v2')
    .argument('<URL>', 'base of the API, such as https://host.example/beacon/v2', parseUrl)
    .option('--report <FILE>', 'write the report as JSON')
    .option('--junit <FILE>', 'write the report as JUnit XML')
    .option('--json', 'print the report as JSON instead of a table', false)
    .option('--strict', 'fail on what should hold, too', false)
    .option('--timeout <SECONDS>', 'for one answer', parseTimeout, DEFAULT_TIMEOUT_SECONDS)
    .option('--truth <FILE>', 'what is known of the data, as JSON: variants, filters, ids')
    .option('--schemas <DIR>', 'a copy of the official Beacon v2 schemas, to judge by them too')
    .option('--token-file <FILE>', 'bearer token for a beacon that demands a login')
    .addHelpText('after', AFTER_HELP)
    .action(async (url: string, options: BeaconOptions) => {
      exitCode = await runBeacon(url, options, io)
    })
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
