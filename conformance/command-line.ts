import { InvalidArgumentError, type Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { toJunit } from './suite/junit.js'
import { hasFailed, renderReport, toJsonReport, type SuiteReport } from './suite/report.js'

export const EXIT_OK = 0
export const EXIT_FAILURE = 1
export const EXIT_USAGE = 2

/** Where the command writes. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What every suite's command takes. */
export interface SuiteCommandOptions {
  readonly report?: string
  readonly junit?: string
  readonly json: boolean
  readonly strict: boolean
  readonly timeout: number
  readonly truth?: string
  readonly tokenFile?: string
}

const DEFAULT_TIMEOUT_SECONDS = 30
const LONGEST_TIMEOUT_SECONDS = 3600

/** What was given cannot be used: wrong usage, not a fault of the service. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws UsageError whatever the attempt throws */
export function usage<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function parseTimeout(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  if (!(seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS)) {
    throw new InvalidArgumentError(`it must be a number of seconds, above 0 and at most ${LONGEST_TIMEOUT_SECONDS}.`)
  }
  return seconds
}

/** `fyr-conformance NAME URL` with the options of every suite. @param example a URL as it should be */
export function createSuiteCommand(program: Command, name: string, example: string): Command {
  const parseUrl = (text: string): string => {
    const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
    if (!isHttp) throw new InvalidArgumentError(`it must be an http or https URL, such as ${example}.`)
    return text
  }
  return program
    .command(name)
    .argument('<URL>', `base of the API, such as ${example}`, parseUrl)
    .option('--report <FILE>', 'write the report as JSON')
    .option('--junit <FILE>', 'write the report as JUnit XML')
    .option('--json', 'print the report as JSON instead of a table', false)
    .option('--strict', 'fail on what should hold, too', false)
    .option('--timeout <SECONDS>', 'for one answer', parseTimeout, DEFAULT_TIMEOUT_SECONDS)
}

/** Writes the report everywhere it is wanted. Returns the exit code. */
export function deliverReport(report: SuiteReport, options: SuiteCommandOptions, io: CommandIo): number {
  const json = `${JSON.stringify(toJsonReport(report), null, 2)}\n`
  if (options.report !== undefined) writeFileSync(options.report, json)
  if (options.junit !== undefined) writeFileSync(options.junit, toJunit(report, options.strict))
  io.out(options.json ? json : renderReport(report))
  return hasFailed(report, options.strict) ? EXIT_FAILURE : EXIT_OK
}
