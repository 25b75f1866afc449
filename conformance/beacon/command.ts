import type { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { createSuiteCommand, deliverReport, usage, type CommandIo, type SuiteCommandOptions } from '../command-line.js'
import { createHttpTransport } from '../suite/transport.js'
import { openOfficialSchemas } from './official-schemas.js'
import { runSuite } from './run-suite.js'
import { readTruthFile } from './truth-file.js'

interface BeaconOptions extends SuiteCommandOptions {
  readonly schemas?: string
}

const AFTER_HELP = `
Exit codes: 0 everything that must hold does (with --strict: and that should); 1 something failed, or the URL is no Beacon or
cannot be reached; 2 wrong usage. What the cases are, and the form of a truth file, is in docs/conformance.md.
`

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
    return deliverReport(report, options, io)
  } finally {
    transport.close()
  }
}

/** `fyr-conformance beacon URL` */
export function addBeaconCommand(program: Command, io: CommandIo, onExit: (code: number) => void): void {
  createSuiteCommand(program, 'beacon', 'https://host.example/beacon/v2')
    .description('judge a GA4GH Beacon v2')
    .option('--truth <FILE>', 'what is known of the data, as JSON: variants, filters, ids')
    .option('--schemas <DIR>', 'a copy of the official Beacon v2 schemas, to judge by them too')
    .option('--token-file <FILE>', 'bearer token for a beacon that demands a login')
    .addHelpText('after', AFTER_HELP)
    .action(async (url: string, options: BeaconOptions) => onExit(await runBeacon(url, options, io)))
}
