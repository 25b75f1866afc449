import type { Command } from 'commander'
import { makeRecordedChange } from '../audit/change-log.js'
import { readNodeConfig } from '../config.js'
import { findPseudonym } from '../find-pseudonym.js'
import { listIndividuals } from '../list-individuals.js'
import { readmitIndividual, removeIndividual } from '../remove-individual.js'
import { byOption, toChangeOptions, type ByOption } from './by-option.js'

/** `fyr-node individual …` */
export function addIndividualCommands(program: Command): void {
  const individual = program.command('individual').description('look up and remove people')
  individual
    .command('list')
    .description('print who is behind which pseudonym; this must not leave the node')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      process.stdout.write(listIndividuals(dir, json === true))
    })

  individual
    .command('remove')
    .description(
      'take a person out of every answer, at once and for good; files that have the person again change nothing',
    )
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name, or the pseudonym')
    .addOption(byOption())
    .action(async (dir: string, who: string, options: ByOption) => {
      readNodeConfig(dir)
      const details = { what: 'individual.remove', individual: findPseudonym(dir, who) }
      const removed = await makeRecordedChange(dir, 'status.change', details, toChangeOptions(options), () =>
        removeIndividual(dir, who),
      )
      process.stdout.write(`removed ${removed}\n`)
    })

  individual
    .command('readmit')
    .description('let files bring a removed person back, as somebody new')
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name')
    .addOption(byOption())
    .action(async (dir: string, name: string, options: ByOption) => {
      readNodeConfig(dir)
      // Of a person who was removed there is no pseudonym any more, and the name is not written down.
      const details = { what: 'individual.readmit' }
      await makeRecordedChange(dir, 'status.change', details, toChangeOptions(options), () =>
        readmitIndividual(dir, name),
      )
      process.stdout.write('readmitted; ingest the files anew\n')
    })
}
