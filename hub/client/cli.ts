import { InvalidArgumentError } from 'commander'
import {
  ASSEMBLY_IDS,
  DEFAULT_ASSEMBLY,
  parseAssemblyId,
  parseVariantText,
  type AssemblyId,
  readVersion,
} from '../../schemas/index.js'
import {
  CommandFailure,
  createCommand,
  EXIT_OK,
  EXIT_USAGE,
  parseHttpUrl,
  runCommand,
  type CommandIo,
} from '../command.js'
import { defaultHubUrl, type Environment } from '../config.js'
import { fetchNetworkAnswer } from './ask-hub.js'
import { toExitCode } from './exit-code.js'
import { addLoginCommands, parseProject, parsePurpose, toLoginHeaders } from './login-commands.js'
import { renderAnswer } from './render-answer.js'

interface VariantOptions {
  readonly assembly: AssemblyId
  readonly filter?: readonly string[]
  readonly hub: string
  readonly json: boolean
  readonly purpose?: string
  readonly project?: string
  readonly anonymous: boolean
}

const AFTER_HELP = `
Exit codes: 0 somebody has it; 3 every region answered for this assembly, nothing was withheld, and nobody has it;
4 no hit, but incomplete or withheld; 1 nobody could answer, or the hub could not be asked or is busy; 2 wrong usage.
The hub is --hub, or FYR_HUB, or http://127.0.0.1:FYR_PORT (8080).
`

function parseAssembly(text: string): AssemblyId {
  const assembly = parseAssemblyId(text)
  if (!assembly) throw new InvalidArgumentError(`known assemblies are ${ASSEMBLY_IDS.join(', ')}.`)
  return assembly
}

function append(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value]
}

async function askVariant(
  text: string,
  options: VariantOptions,
  io: CommandIo,
  environment: Environment,
): Promise<number> {
  const { assembly, filter = [], hub, json } = options
  const variant = parseVariantText(text, assembly)
  if (!variant.ok) throw new CommandFailure(variant.reason, EXIT_USAGE)
  if (!URL.canParse(hub))
    throw new CommandFailure('the address of the hub in FYR_HUB or FYR_PORT is no URL', EXIT_USAGE)
  const login = await toLoginHeaders(hub, options, environment)
  const question = { variant: variant.value, assemblyId: assembly, filters: filter }
  const answer = await fetchNetworkAnswer(hub, question, login)
  const isRange = variant.value.kind === 'range'
  const ansi = io.isTerminal === true
  io.out(
    json
      ? `${JSON.stringify(answer, null, 2)}\n`
      : renderAnswer(answer.info, { question: text.trim(), assemblyId: assembly, isRange, ansi }),
  )
  return toExitCode(answer.info)
}

/** The command line of `fyr`; returns the exit code. */
export async function runClientCli(args: readonly string[], io: CommandIo, environment: Environment): Promise<number> {
  let exitCode = EXIT_OK
  const program = createCommand('fyr', 'Asks a Fyr network.', readVersion(), io)
  program
    .command('variant')
    .description(
      'ask all regions for a variant: an allele as 17-43045712-T-C, or a range as chr17:43,044,295-43,170,245',
    )
    .argument('<TEXT>', 'the variant; positions count from 1')
    .option('--assembly <ASSEMBLY>', 'GRCh37 or GRCh38', parseAssembly, DEFAULT_ASSEMBLY)
    .option('--filter <TERM>', 'only people with this term, such as HP:0000006; may be repeated', append)
    .option('--hub <URL>', 'base URL of the hub', parseHttpUrl, defaultHubUrl(environment))
    .option('--purpose <CODE>', 'what the data are for, such as HRESCH; needs a login', parsePurpose)
    .option('--project <URN>', 'on the grants of which project to rely; needs a login', parseProject)
    .option('--anonymous', 'ask as nobody in particular, though you are logged in', false)
    .option('--json', 'print the whole answer as JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action(async (text: string, options: VariantOptions) => {
      exitCode = await askVariant(text, options, io, environment)
    })
  addLoginCommands(program, io, environment)
  const code = await runCommand(program, args, io)
  return code === EXIT_OK ? exitCode : code
}
