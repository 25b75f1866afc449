import { Option, type Command } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ACCESS_LEVELS, ASSEMBLY_IDS, GRANULARITIES, IDENTIFIER_POLICIES } from '../../schemas/index.js'
import { makeRecordedChange } from '../audit/change-log.js'
import { compactDataset, type CompactReport } from '../compact-dataset.js'
import { readNodeConfig } from '../config.js'
import {
  addDataset,
  listDatasets,
  removeDataset,
  setDataset,
  setPublished,
  toDatasetTable,
  type DatasetChanges,
  type DatasetOptions,
} from '../dataset.js'
import { listDatasetIds } from '../variants/dataset-manifest.js'
import { byOption, toActor, toChangeOptions, type ByOption } from './by-option.js'
import { withAccess } from './with-access.js'

interface CompactCommandOptions {
  readonly ifNeeded?: boolean
  readonly json?: boolean
}

function toCompactText(id: string, report: CompactReport | undefined): string {
  if (!report) return `nothing to compact in ${id}\n`
  return `compacted ${id}: ${report.segmentsBefore} segments are ${report.segments} now, ${report.alleles} alleles in the new one\n`
}

/** A dataset that is made anew under the name of one that was removed begins without its tags and grants. */
async function endFormerAccess(dir: string, dataset: string): Promise<void> {
  if (!existsSync(join(dir, 'access.sqlite')) || listDatasetIds(dir).includes(dataset)) return
  await withAccess(dir, async (access) => {
    if (access.isReleased(dataset)) await access.endDataset(dataset, toActor(undefined))
  })
}

/** `fyr-node dataset …` */
export function addDatasetCommands(program: Command): void {
  const dataset = program.command('dataset').description('manage datasets')
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
    .addOption(
      new Option('--identifiers <policy>', 'how people, samples and records are called in answers and files')
        .choices(IDENTIFIER_POLICIES)
        .default('pseudonymous'),
    )
    .option('--case-level', 'records of alleles name the people who have them; needs --granularity record')
    .addOption(byOption())
    .action(async (dir: string, dataset: string, options: DatasetOptions & ByOption) => {
      const config = readNodeConfig(dir)
      await endFormerAccess(dir, dataset)
      const { access, granularity, identifiers, caseLevel } = options
      const details = { what: 'dataset.add', dataset, access, granularity, identifiers, caseLevel }
      await makeRecordedChange(dir, 'dataset.change', details, toChangeOptions(options), () =>
        addDataset(dir, config, dataset, options, new Date()),
      )
      process.stdout.write(`made dataset ${dataset}: ${options.access}, ${options.granularity}, ${options.assembly}\n`)
    })

  const now = () => new Date()
  dataset
    .command('set')
    .description('change how a dataset calls its people, whether it names them beside alleles, and its groups')
    .argument('<dir>')
    .argument('<dataset>')
    .addOption(
      new Option('--identifiers <policy>', 'how people, samples and records are called').choices(IDENTIFIER_POLICIES),
    )
    .option('--case-level', 'records of alleles name the people who have them')
    .option('--no-case-level', 'they do not')
    .option(
      '--groups <groups>',
      'of whom frequencies are told beside women and men: terms (with, and without), ethnicity, geographicOrigin; with commas between, or none',
    )
    .addOption(byOption())
    .action(async (dir: string, id: string, options: DatasetChanges & ByOption, command: Command) => {
      const { by: _by, ...changes } = options
      if (Object.values(changes).every((value) => value === undefined)) {
        command.error('error: say what to change: --identifiers, --case-level, --no-case-level or --groups')
      }
      readNodeConfig(dir)
      const details = { what: 'dataset.set', dataset: id, ...changes }
      await makeRecordedChange(dir, 'dataset.change', details, toChangeOptions(options), () =>
        setDataset(dir, id, changes, now()),
      )
      process.stdout.write(`changed ${id}\n`)
    })
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
    .addOption(byOption())
    .action(async (dir: string, id: string, options: ByOption) => {
      readNodeConfig(dir)
      const details = { what: 'dataset.withdraw', dataset: id }
      await makeRecordedChange(dir, 'dataset.change', details, toChangeOptions(options), () =>
        setPublished(dir, id, false, now()),
      )
      process.stdout.write(`withdrew ${id}\n`)
    })
  dataset
    .command('publish')
    .description('answer from a withdrawn dataset again')
    .argument('<dir>')
    .argument('<dataset>')
    .addOption(byOption())
    .action(async (dir: string, id: string, options: ByOption) => {
      readNodeConfig(dir)
      const details = { what: 'dataset.publish', dataset: id }
      await makeRecordedChange(dir, 'dataset.change', details, toChangeOptions(options), () =>
        setPublished(dir, id, true, now()),
      )
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
    .addOption(byOption())
    .action(async (dir: string, id: string, options: ByOption) => {
      readNodeConfig(dir)
      const details = { what: 'dataset.remove', dataset: id }
      await makeRecordedChange(dir, 'dataset.change', details, toChangeOptions(options), () => removeDataset(dir, id))
      process.stdout.write(`removed ${id}\n`)
    })
}
