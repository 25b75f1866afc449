import type { Command } from 'commander'
import type { CommandIo } from '../command.js'
import { readHubConfig } from '../config.js'
import { openHubWitness } from './hub-witness.js'

/** `fyr-hub witness …` */
export function addWitnessCommands(program: Command, io: CommandIo): void {
  const witness = program.command('witness').description('the hub as a witness of the audit logs of its regions')
  witness
    .command('key')
    .description('print the key of its cosignatures, for audit.witnesses of the nodes; made where there is none')
    .argument('<DIR>', 'directory of the hub')
    .action((directory: string) => {
      const opened = openHubWitness(directory, readHubConfig(directory), { now: () => new Date() })
      io.out(`${opened.verifierKey}\n`)
      opened.close()
    })
  witness
    .command('list')
    .description('list the logs that it cosigned: when it did last, and how many entries they had')
    .argument('<DIR>', 'directory of the hub')
    .option('--json', 'print JSON', false)
    .action((directory: string, { json }: { json: boolean }) => {
      const opened = openHubWitness(directory, readHubConfig(directory), { now: () => new Date() })
      const logs = opened.list()
      opened.close()
      const text = logs.map(({ origin, size, ts }) => `${origin}: ${size} entries at ${ts}\n`).join('')
      io.out(json ? `${JSON.stringify(logs, null, 2)}\n` : text || 'no log was cosigned yet\n')
    })
}
