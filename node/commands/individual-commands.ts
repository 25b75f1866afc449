import type { Command } from 'commander'
import { readNodeConfig } from '../config.js'
import { listIndividuals } from '../list-individuals.js'

/** `fyr-node individual …` */
export function addIndividualCommands(program: Command): void {
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
}
