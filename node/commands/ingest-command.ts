import { Option, type Command } from 'commander'
import { compactInBackground } from '../compact-dataset.js'
import { readNodeConfig, referencePaths } from '../config.js'
import { runIngest, type IngestCommandOptions } from '../ingest/run-ingest.js'
import { runSites } from '../ingest/run-sites.js'
import { CALLED_KINDS } from '../ingest/to-cohorts.js'
import { ABSENT_RULES, ORIGINS } from '../variants/cohort.js'

interface SitesFlag {
  readonly sites?: boolean
}

/** What only the people of a file can have. */
const GENOTYPE_OPTIONS = ['ped', 'sampleMap', 'absent', 'origin', 'calls', 'assay', 'callable'] as const

function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** `fyr-node ingest` */
export function addIngestCommand(program: Command): void {
  program
    .command('ingest')
    .description('load VCF (plain, gzip or BGZF) and BCF files into a dataset as one new segment')
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
    .option('--json', 'print the report as JSON')
    .action(async (dir: string, files: string[], options: IngestCommandOptions & SitesFlag, command: Command) => {
      if (options.sites) {
        const other = GENOTYPE_OPTIONS.find((name) => command.getOptionValueSource(name) === 'cli')
        if (other !== undefined) command.error(`error: --sites has no people, so it does not go with ${toFlag(other)}`)
        return runSites(dir, files, options, referencePaths(dir, readNodeConfig(dir)))
      }
      if (options.callable !== undefined && options.assay === undefined) {
        command.error('error: --callable needs --assay: whose regions are they?')
      }
      await runIngest(dir, files, options, referencePaths(dir, readNodeConfig(dir)))
      compactInBackground(dir, options.dataset)
    })
}
