import type { Command } from 'commander'
import { readNodeConfig } from '../config.js'
import { listIndividuals } from '../list-individuals.js'
import { removeIndividual } from '../remove-individual.js'

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
    .description('take a person out of every answer, at once and for good')
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name, or the pseudonym')
    .action((dir: string, who: string) => {
      readNodeConfig(dir)
      process.stdout.write(`removed ${removeIndividual(dir, who)}\n`)
    })
}
