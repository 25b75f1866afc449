import type { Command } from 'commander'
import { readFileSync } from 'node:fs'
import {
  createSuiteCommand,
  deliverReport,
  usage,
  UsageError,
  type CommandIo,
  type SuiteCommandOptions,
} from '../command-line.js'
import { createByteTransport } from '../suite/transport.js'
import { createDecoder } from './decode.js'
import { runHtsgetSuite } from './run-suite.js'
import { readTruthFile, type Truth } from './truth-file.js'

interface HtsgetOptions extends SuiteCommandOptions {
  readonly reads: readonly string[]
  readonly variants: readonly string[]
  readonly reference?: string
  readonly publicKey?: string
}

/** Those of the GA4GH compliance suite. */
const USUAL: Truth = {
  files: [
    { endpoint: 'reads', id: 'htsnexus_test_NA12878' },
    { endpoint: 'variants', id: 'spec-v4.3' },
  ],
}

const AFTER_HELP = `
htsget does not list what a service has, so ids must be told: by --reads and --variants, or by a truth file. Without any,
htsnexus_test_NA12878 and spec-v4.3 are asked for, as GA4GH's own compliance suite does.

Answers are read with samtools and bcftools where they are installed; else BAM and VCF are read by the suite itself.

Exit codes: 0 everything that must hold does (with --strict: and that should); 1 something failed, or the URL is no htsget
service or cannot be reached; 2 wrong usage. What the cases are, and the form of a truth file, is in docs/conformance.md.
`

function toTruth({ truth, reads, variants }: HtsgetOptions): Truth {
  const named = [
    ...reads.map((id) => ({ endpoint: 'reads' as const, id })),
    ...variants.map((id) => ({ endpoint: 'variants' as const, id })),
  ]
  if (truth === undefined) return named.length > 0 ? { files: named } : USUAL
  if (named.length > 0) throw new UsageError('name the files either in a truth file or by --reads and --variants')
  return usage(() => readTruthFile(truth))
}

async function runHtsget(url: string, options: HtsgetOptions, io: CommandIo): Promise<number> {
  const { reference, publicKey, tokenFile } = options
  const truth = toTruth(options)
  const read = (file: string) => usage(() => readFileSync(file, 'utf8'))
  const token = tokenFile === undefined ? {} : { token: read(tokenFile).trim() }
  const key = publicKey === undefined ? {} : { publicKey: read(publicKey) }
  const transport = createByteTransport(options.timeout * 1000)
  const decoder = await createDecoder(reference === undefined ? {} : { reference })
  try {
    return deliverReport(await runHtsgetSuite(url, { transport, decoder, truth, ...token, ...key }), options, io)
  } finally {
    transport.close()
    decoder.close()
  }
}

/** `fyr-conformance htsget URL` */
export function addHtsgetCommand(program: Command, io: CommandIo, onExit: (code: number) => void): void {
  const collect = (id: string, before: readonly string[]) => [...before, id]
  createSuiteCommand(program, 'htsget', 'https://host.example/htsget/v1')
    .description('judge a GA4GH htsget service')
    .option('--reads <ID>', 'an id of reads; can be given several times', collect, [])
    .option('--variants <ID>', 'an id of variants; can be given several times', collect, [])
    .option('--truth <FILE>', 'files and what regions of them hold, as JSON')
    .option('--reference <FASTA>', 'what CRAM files were made with')
    .option('--public-key <FILE>', 'a Crypt4GH public key, to ask for encrypted answers too')
    .option('--token-file <FILE>', 'bearer token for a service that demands a login; not sent to the URLs of tickets')
    .addHelpText('after', AFTER_HELP)
    .action(async (url: string, options: HtsgetOptions) => onExit(await runHtsget(url, options, io)))
}
