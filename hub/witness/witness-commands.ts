import type { Command } from 'commander'
import type { Witness } from '../../schemas/witness/open-witness.js'
import type { CommandIo } from '../command.js'
import { readHubConfig } from '../config.js'

/** SQLite is loaded for these commands alone. */
async function openWitness(directory: string): Promise<Witness> {
  const { openHubWitness } = await import('./hub-witness.js')
  return openHubWitness(directory, readHubConfig(directory), { now: () => new Date() })
}

/** `fyr-hub witness …` */
export function addWitnessCommands(program: Command, io: CommandIo): void {
  const witness = program.command('witness').description('the hub as a witness of the audit logs of its regions')
  witness
    .command('key')
    .description('print the key of its cosignatures, for audit.witnesses of the nodes; made where there is none')
    .argument('<DIR>', 'directory of the hub')
    .action(async (directory: string) => {
      const opened = await openWitness(directory)
      io.out(`${opened.verifierKey}\n`)
      opened.close()
    })
  witness
    .command('list')
    .description('list the logs that it cosigned: when it did last, and how many entries they had')
    .argument('<DIR>', 'directory of the hub')
    .option('--json', 'print JSON', false)
    .action(async (directory: string, { json }: { json: boolean }) => {
      const opened = await openWitness(directory)
      const logs = opened.list()
      opened.close()
      const text = logs.map(({ origin, size, ts }) => `${origin}: ${size} entries at ${ts}\n`).join('')
      io.out(json ? `${JSON.stringify(logs, null, 2)}\n` : text || 'no log was cosigned yet\n')
    })
}
