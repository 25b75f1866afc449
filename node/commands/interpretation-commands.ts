import type { Command } from 'commander'
import { makeRecordedChange } from '../audit/change-log.js'
import { readNodeConfig, referencePaths } from '../config.js'
import { requireManifest } from '../dataset.js'
import {
  addInterpretations,
  removeInterpretations,
  selectInterpretations,
  type Selection,
} from '../interpretations/change-interpretations.js'
import { readInterpretations } from '../interpretations/interpretation-file.js'
import { toInterpretationTable, toListed } from '../interpretations/list-interpretations.js'
import { COLUMNS } from '../interpretations/parse-row.js'
import { byOption, toChangeOptions, type ByOption } from './by-option.js'
import { openIndividuals } from '../metadata/individuals.js'

interface DatasetOption extends ByOption {
  readonly dataset: string
  readonly json?: boolean
}

/** `fyr-node interpretations …` */
export function addInterpretationCommands(program: Command): void {
  const interpretations = program
    .command('interpretations')
    .description('manage what laboratories say of alleles: ACMG/AMP class, condition, causative or not')
  interpretations
    .command('add')
    .description(
      `load TSV files (columns ${COLUMNS.join(', ')}) or VCF files with INFO keys of these names, upper case`,
    )
    .argument('<dir>')
    .argument('<files...>')
    .requiredOption('--dataset <dataset>')
    .option('--json', 'print the report as JSON')
    .addOption(byOption())
    .action(async (dir: string, files: string[], { dataset, json, ...options }: DatasetOption) => {
      const references = referencePaths(dir, readNodeConfig(dir))
      const individuals = openIndividuals(dir)
      try {
        const now = () => new Date()
        const details = { what: 'interpretations.add', dataset, files: files.length }
        const report = await makeRecordedChange(dir, 'data.change', details, toChangeOptions(options), () =>
          addInterpretations({ nodeDirectory: dir, datasetId: dataset, files, references, individuals, now }),
        )
        const { added, replaced, kept, removed, total } = report
        const leftOut = removed > 0 ? `, left out ${removed} of individuals who were removed` : ''
        const text = `added ${added}, replaced ${replaced}, kept ${kept}${leftOut}; ${dataset} has ${total} interpretations\n`
        process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text)
      } finally {
        individuals.close()
      }
    })
  interpretations
    .command('list')
    .description('print them; this must not leave the node')
    .argument('<dir>')
    .requiredOption('--dataset <dataset>')
    .option('--laboratory <name>')
    .option('--variant <variant>', 'as 17-43045712-T-C')
    .option('--json', 'print JSON')
    .action((dir: string, { dataset, json, ...selection }: DatasetOption & Selection) => {
      readNodeConfig(dir)
      const { assembly } = requireManifest(dir, dataset)
      const individuals = openIndividuals(dir)
      try {
        const chosen = selectInterpretations(readInterpretations(dir, dataset), assembly, selection)
        const listed = toListed(chosen, assembly, individuals)
        process.stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : toInterpretationTable(listed))
      } finally {
        individuals.close()
      }
    })
  interpretations
    .command('remove')
    .description('remove those of a laboratory, of a variant, or all')
    .argument('<dir>')
    .requiredOption('--dataset <dataset>')
    .option('--laboratory <name>')
    .option('--variant <variant>', 'as 17-43045712-T-C')
    .option('--all', 'every one of the dataset')
    .addOption(byOption())
    .action(async (dir: string, options: DatasetOption & Selection & { readonly all?: boolean }, command: Command) => {
      const { dataset, all, laboratory, variant } = options
      const isNarrowed = laboratory !== undefined || variant !== undefined
      if (all === isNarrowed || (!all && !isNarrowed)) command.error('error: say --laboratory, --variant or --all')
      readNodeConfig(dir)
      const selection = {
        ...(laboratory === undefined ? {} : { laboratory }),
        ...(variant === undefined ? {} : { variant }),
      }
      const details = { what: 'interpretations.remove', dataset, laboratory, ofOneVariant: variant !== undefined }
      const removed = await makeRecordedChange(dir, 'data.change', details, toChangeOptions(options), () =>
        removeInterpretations(dir, dataset, selection),
      )
      process.stdout.write(`removed ${removed} interpretations of ${dataset}\n`)
    })
}
