import type { Command } from 'commander'
import { readNodeConfig } from '../config.js'
import { listIndividuals } from '../list-individuals.js'
import { readmitIndividual, removeIndividual } from '../remove-individual.js'

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
    .action((dir: string, who: string) => {
      readNodeConfig(dir)
      process.stdout.write(`removed ${removeIndividual(dir, who)}\n`)
    })

  individual
    .command('readmit')
    .description('let files bring a removed person back, as somebody new')
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name')
    .action((dir: string, name: string) => {
      readNodeConfig(dir)
      readmitIndividual(dir, name)
      process.stdout.write('readmitted; ingest the files anew\n')
    })
}
