import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { ACCESS_LEVELS, ASSEMBLY_IDS, ConfigError, GRANULARITIES, readVersion } from '../schemas/index.js'
import { compactDataset, compactInBackground, type CompactReport } from './compact-dataset.js'
import {
  addDataset,
  DatasetError,
  listDatasets,
  removeDataset,
  setPublished,
  toDatasetTable,
  type DatasetOptions,
} from './dataset.js'
import { initNode, readNodeConfig, referencePaths } from './config.js'
import { FormatError } from './formats/format-error.js'
import { IngestError } from './ingest/ingest-error.js'
import { CALLED_KINDS } from './ingest/to-cohorts.js'
import { runIngest, type IngestCommandOptions } from './ingest/run-ingest.js'
import { ServeError } from './serve-error.js'
import { listIndividuals } from './list-individuals.js'
import type { ServeOptions } from './serve.js'
import { ABSENT_RULES, ORIGINS } from './variants/cohort.js'

/** More than any machine has cores for; a slip of the keyboard should not start thousands of processes. */
const MOST_WORKERS = 256
const SUCCESS = 0
const FAILURE = 1
const WRONG_USAGE = 2

/** Mistakes that a person can mend; everything else is a fault of ours and keeps its stack. */
const PLAIN_ERRORS = [ConfigError, DatasetError, FormatError, IngestError, ServeError]

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

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function parseWorkers(text: string): number {
  const workers = Number(text)
  if (!/^\d+$/.test(text) || workers < 1 || workers > MOST_WORKERS) {
    throw new InvalidArgumentError(`A number of workers is from 1 to ${MOST_WORKERS}.`)
  }
  return workers
}

interface CompactCommandOptions {
  readonly ifNeeded?: boolean
  readonly json?: boolean
}

function toCompactText(id: string, report: CompactReport | undefined): string {
  if (!report) return `nothing to compact in ${id}\n`
  return `compacted ${id}: ${report.segmentsBefore} segments are ${report.segments} now, ${report.alleles} alleles in the new one\n`
}

function addDatasetCommands(dataset: Command): void {
  dataset
    .command('add')
    .description('make an empty dataset')
    .argument('<dir>')
    .argument('<dataset>', 'id: letters, digits, . _ -')
    .requiredOption('--name <name>')
    .addOption(new Option('--assembly <assembly>').choices(ASSEMBLY_IDS).makeOptionMandatory())
    .addOption(
      new Option('--granularity <granularity>', 'the most that may be told').choices(GRANULARITIES).default('boolean'),
    )
    .addOption(new Option('--access <access>', 'who may ask').choices(ACCESS_LEVELS).default('controlled'))
    .option('--basis <text>', 'why these data may be public; needed with --access public')
    .option('--controller <text>', 'who is responsible for the data (default: the node’s organization)')
    .option('--contact <text>', 'whom to ask about the data (default: the node’s contact)')
    .action((dir: string, dataset: string, options: DatasetOptions) => {
      addDataset(dir, readNodeConfig(dir), dataset, options, new Date())
      process.stdout.write(`made dataset ${dataset}: ${options.access}, ${options.granularity}, ${options.assembly}\n`)
    })

  const now = () => new Date()
  dataset
    .command('list')
    .description('print the datasets, withdrawn ones too')
    .argument('<dir>')
    .option('--json', 'print the manifests as JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      const manifests = listDatasets(dir)
      process.stdout.write(json ? `${JSON.stringify(manifests, null, 2)}\n` : toDatasetTable(manifests))
    })
  dataset
    .command('withdraw')
    .description('keep the data, but answer as if the dataset did not exist')
    .argument('<dir>')
    .argument('<dataset>')
    .action((dir: string, id: string) => {
      readNodeConfig(dir)
      setPublished(dir, id, false, now())
      process.stdout.write(`withdrew ${id}\n`)
    })
  dataset
    .command('publish')
    .description('answer from a withdrawn dataset again')
    .argument('<dir>')
    .argument('<dataset>')
    .action((dir: string, id: string) => {
      readNodeConfig(dir)
      setPublished(dir, id, true, now())
      process.stdout.write(`published ${id}\n`)
    })
  dataset
    .command('compact')
    .description(
      'merge the segments of a dataset into one; answers stay the same, and the dataset can be asked meanwhile',
    )
    .argument('<dir>')
    .argument('<dataset>')
    .option('--if-needed', 'only small segments, and only when there are too many; an ingest starts this by itself')
    .option('--json', 'print the result as JSON')
    .action(async (dir: string, id: string, { ifNeeded = false, json = false }: CompactCommandOptions) => {
      readNodeConfig(dir)
      const report = await compactDataset(dir, id, { ifNeeded, now })
      process.stdout.write(json ? `${JSON.stringify(report ?? null, null, 2)}\n` : toCompactText(id, report))
    })
  dataset
    .command('remove')
    .description('delete a withdrawn dataset for good')
    .argument('<dir>')
    .argument('<dataset>')
    .action((dir: string, id: string) => {
      readNodeConfig(dir)
      removeDataset(dir, id)
      process.stdout.write(`removed ${id}\n`)
    })
}

function createProgram(): Command {
  const program = new Command('fyr-node')
    .description('A region’s data holder: Beacon v2 over its own variants.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('Run with --help for usage.')

  program
    .command('init')
    .description('make a node: a directory with a node.yaml')
    .argument('<dir>')
    .requiredOption('--id <id>', 'beacon id, e.g. se.fyr.norr')
    .requiredOption('--name <name>', 'e.g. "Region Norr"')
    .option('--contact <text>', 'who answers questions about the data (default: the name)')
    .action((dir: string, options: { id: string; name: string; contact?: string }) => {
      initNode(dir, options.id, options.name, options.contact)
      process.stdout.write(`made ${dir}/node.yaml\n`)
    })

  addDatasetCommands(program.command('dataset').description('manage datasets'))
  program
    .command('individual')
    .description('look up people')
    .command('list')
    .description('print who is behind which pseudonym; this must not leave the node')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      process.stdout.write(listIndividuals(dir, json === true))
    })

  program
    .command('ingest')
    .description('load VCF files (plain, gzip or BGZF) into a dataset as one new segment')
    .argument('<dir>')
    .argument('<files...>')
    .requiredOption('--dataset <dataset>')
    .option('--ped <file>', 'sex and family of the individuals')
    .option('--sample-map <file>', 'lines of sample, tab, individual (default: a sample’s name is its individual’s)')
    .addOption(
      new Option('--absent <rule>', 'what a site that the files lack says of their people')
        .choices(ABSENT_RULES)
        .default('hom-ref'),
    )
    .addOption(new Option('--origin <origin>', 'what the samples are').choices(ORIGINS).default('germline'))
    .addOption(
      new Option('--calls <kinds>', 'what the callers looked for (default: what a file has)').choices(CALLED_KINDS),
    )
    .option('--assay <name>', 'what was sequenced, e.g. panel-199')
    .option('--callable <bed>', 'the regions that the assay covers (default: the whole assembly); needs --assay')
    .option('--json', 'print the report as JSON')
    .action(async (dir: string, files: string[], options: IngestCommandOptions, command: Command) => {
      if (options.callable !== undefined && options.assay === undefined) {
        command.error('error: --callable needs --assay: whose regions are they?')
      }
      await runIngest(dir, files, options, referencePaths(dir, readNodeConfig(dir)))
      compactInBackground(dir, options.dataset)
    })

  program
    .command('serve')
    .description('serve Beacon v2 until SIGTERM or Ctrl-C')
    .argument('<dir>')
    .option('--port <port>', 'default: node.yaml', parsePort)
    .option('--admin-port <port>', 'metrics and health, on loopback (default: port + 1000)', parsePort)
    .option('--workers <number>', 'processes that share the port; one for each core is a good number', parseWorkers, 1)
    .action(async (dir: string, options: ServeOptions) => {
      // Loaded here, so that the other commands do not wait for a web server that they do not start.
      const { serve } = await import('./serve.js')
      await serve(dir, options)
    })

  return program
}
