import { Option, type Command } from 'commander'
import { compactInBackground } from '../compact-dataset.js'
import { readNodeConfig, referencePaths } from '../config.js'
import { METADATA_FILE_TYPES, kindOfFiles } from '../ingest/metadata/file-kind.js'
import { runMetadataIngest, type MetadataCommandOptions } from '../ingest/metadata/run-metadata-ingest.js'
import { runIngest, type IngestCommandOptions } from '../ingest/run-ingest.js'
import { CALLED_KINDS } from '../ingest/to-cohorts.js'
import { ABSENT_RULES, ORIGINS } from '../variants/cohort.js'

/** Options that say something of variants only, and of metadata only. */
const VARIANT_OPTIONS = ['absent', 'origin', 'calls', 'assay', 'callable']
const METADATA_OPTIONS = ['type', 'mapping', 'skipBad']

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
        options: IngestCommandOptions & MetadataCommandOptions,
        command: Command,
      ) => {
        const isMetadata = (await kindOfFiles(files)) === 'metadata'
        const misplaced = (isMetadata ? VARIANT_OPTIONS : METADATA_OPTIONS).find(
          (name) => command.getOptionValueSource(name) === 'cli',
        )
        if (misplaced !== undefined) {
          const flag = misplaced === 'skipBad' ? 'skip-bad' : misplaced
          command.error(
            `error: --${flag} is for ${isMetadata ? 'variants, and the files are metadata' : 'metadata, and the files are variants'}`,
          )
        }
        if (isMetadata) {
          readNodeConfig(dir)
          await runMetadataIngest(dir, files, options)
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
