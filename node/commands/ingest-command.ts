import { Option, type Command } from 'commander'
import { METADATA_FILE_TYPES, kindOfFiles } from '../ingest/metadata/file-kind.js'
import type { MetadataCommandOptions } from '../ingest/metadata/run-metadata-ingest.js'
import type { IngestCommandOptions } from '../ingest/run-ingest.js'
import { startScan } from '../ingest/scan-means.js'
import { byOption, toChangeOptions, type ByOption } from './by-option.js'
import { ABSENT_RULES, CALLED_KINDS, ORIGINS } from '../variants/cohort-rules.js'

/** Options that say something of variants only, and of metadata only. */
const VARIANT_OPTIONS = ['absent', 'origin', 'calls', 'assay', 'callable', 'sites'] as const
const METADATA_OPTIONS = ['type', 'mapping', 'skipBad'] as const
/** What only the people of a file can have. */
const GENOTYPE_OPTIONS = ['ped', 'sampleMap', 'absent', 'origin', 'calls', 'assay', 'callable'] as const

interface SitesFlag {
  readonly sites?: boolean
}

function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function findGiven(command: Command, names: readonly string[]): string | undefined {
  return names.find((name) => command.getOptionValueSource(name) === 'cli')
}

/** `fyr-node ingest` */
export function addIngestCommand(program: Command): void {
  program
    .command('ingest')
    .description(
      'load VCF (plain, gzip or BGZF) and BCF files into a dataset as one new segment, or metadata: Beacon-friendly JSON, Phenopackets, tables',
    )
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
    .option('--sites', 'alleles that were counted elsewhere: sites-only VCF with AC and AN, or loqusdb’s Obs; replaces')
    .addOption(
      new Option('--type <type>', 'what the records of metadata are (default: as the file is named)').choices(
        METADATA_FILE_TYPES,
      ),
    )
    .option('--mapping <yaml>', 'which column of a table (TSV, CSV) is what')
    .option('--skip-bad', 'leave out records of metadata with problems instead of storing nothing')
    .option('--json', 'print the report as JSON')
    .addOption(byOption())
    .action(
      async (
        dir: string,
        files: string[],
        options: IngestCommandOptions & MetadataCommandOptions & SitesFlag & ByOption,
        command: Command,
      ) => {
        const isMetadata = (await kindOfFiles(files)) === 'metadata'
        const misplaced = findGiven(command, isMetadata ? VARIANT_OPTIONS : METADATA_OPTIONS)
        if (misplaced !== undefined) {
          const [wanted, given] = isMetadata ? ['variants', 'metadata'] : ['metadata', 'variants']
          command.error(`error: ${toFlag(misplaced)} is for ${wanted}, and the files are ${given}`)
        }
        if (isMetadata) return ingestMetadata(dir, files, options)
        if (options.sites) {
          const other = findGiven(command, GENOTYPE_OPTIONS)
          if (other !== undefined)
            command.error(`error: --sites has no people, so it does not go with ${toFlag(other)}`)
          return ingestSites(dir, files, options)
        }
        if (options.callable !== undefined && options.assay === undefined) {
          command.error('error: --callable needs --assay: whose regions are they?')
        }
        await ingestVariants(dir, files, options)
      },
    )
}

/** Names of files may be those of people: their number is recorded. */
async function recorded<T>(
  dir: string,
  files: readonly string[],
  content: 'metadata' | 'sites' | 'variants',
  options: ByOption & { readonly dataset: string },
  ingest: () => Promise<T>,
): Promise<T> {
  const { makeRecordedChange } = await import('../audit/change-log.js')
  const details = { what: 'ingest', dataset: options.dataset, content, files: files.length }
  return makeRecordedChange(dir, 'data.change', details, toChangeOptions(options), ingest)
}

async function ingestMetadata(
  dir: string,
  files: readonly string[],
  options: MetadataCommandOptions & ByOption,
): Promise<void> {
  const { readNodeConfig } = await import('../config.js')
  const { runMetadataIngest } = await import('../ingest/metadata/run-metadata-ingest.js')
  readNodeConfig(dir)
  await recorded(dir, files, 'metadata', options, () => runMetadataIngest(dir, files, options))
}

async function ingestSites(
  dir: string,
  files: readonly string[],
  options: IngestCommandOptions & ByOption,
): Promise<void> {
  const { readNodeConfig, referencePaths } = await import('../config.js')
  const { runSites } = await import('../ingest/run-sites.js')
  const paths = referencePaths(dir, readNodeConfig(dir))
  await recorded(dir, files, 'sites', options, () => runSites(dir, files, options, paths))
}

async function ingestVariants(
  dir: string,
  files: readonly string[],
  options: IngestCommandOptions & ByOption,
): Promise<void> {
  // Threads take as long to start as the rest of the command to load: both at once.
  const scan = startScan(files)
  try {
    const { readNodeConfig, referencePaths } = await import('../config.js')
    const { runIngest } = await import('../ingest/run-ingest.js')
    const { compactInBackground } = await import('../compact-in-background.js')
    const paths = referencePaths(dir, readNodeConfig(dir))
    await recorded(dir, files, 'variants', options, () => runIngest(dir, files, options, paths, scan))
    compactInBackground(dir, options.dataset)
  } finally {
    await scan.pool?.close()
  }
}
