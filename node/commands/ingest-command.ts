import { Option, type Command } from 'commander'
import { compactInBackground } from '../compact-dataset.js'
import { readNodeConfig, referencePaths } from '../config.js'
import { METADATA_FILE_TYPES, kindOfFiles } from '../ingest/metadata/file-kind.js'
import { runMetadataIngest, type MetadataCommandOptions } from '../ingest/metadata/run-metadata-ingest.js'
import { runIngest, type IngestCommandOptions } from '../ingest/run-ingest.js'
import { runSites } from '../ingest/run-sites.js'
import { CALLED_KINDS } from '../ingest/to-cohorts.js'
import { ABSENT_RULES, ORIGINS } from '../variants/cohort.js'

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
    .action(
      async (
        dir: string,
        files: string[],
        options: IngestCommandOptions & MetadataCommandOptions & SitesFlag,
        command: Command,
      ) => {
        const isMetadata = (await kindOfFiles(files)) === 'metadata'
        const misplaced = findGiven(command, isMetadata ? VARIANT_OPTIONS : METADATA_OPTIONS)
        if (misplaced !== undefined) {
          const [wanted, given] = isMetadata ? ['variants', 'metadata'] : ['metadata', 'variants']
          command.error(`error: ${toFlag(misplaced)} is for ${wanted}, and the files are ${given}`)
        }
        if (isMetadata) {
          readNodeConfig(dir)
          await runMetadataIngest(dir, files, options)
          return
        }
        if (options.sites) {
          const other = findGiven(command, GENOTYPE_OPTIONS)
          if (other !== undefined)
            command.error(`error: --sites has no people, so it does not go with ${toFlag(other)}`)
          await runSites(dir, files, options, referencePaths(dir, readNodeConfig(dir)))
          return
        }
        if (options.callable !== undefined && options.assay === undefined) {
          command.error('error: --callable needs --assay: whose regions are they?')
        }
        await runIngest(dir, files, options, referencePaths(dir, readNodeConfig(dir)))
        compactInBackground(dir, options.dataset)
      },
    )
}
