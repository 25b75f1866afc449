import type { Command } from 'commander'
import { openNodeWitness } from '../audit/witness-protocol.js'
import { readNodeConfig } from '../config.js'

/** `fyr-node witness …` */
export function addWitnessCommands(program: Command): void {
  const witness = program
    .command('witness')
    .description('the node as a witness of the audit logs of others, which audit.cosigns of node.yaml names')
  witness
    .command('key')
    .description('print the key of its cosignatures, for audit.witnesses of the others; made where there is none')
    .argument('<dir>')
    .action((dir: string) => {
      const opened = openNodeWitness(dir, readNodeConfig(dir), () => new Date())
      process.stdout.write(`${opened.verifierKey}\n`)
      opened.close()
    })
  witness
    .command('list')
    .description('list the logs that it cosigned: when it did last, and how many entries they had')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      const opened = openNodeWitness(dir, readNodeConfig(dir), () => new Date())
      const logs = opened.list()
      opened.close()
      const text = logs.map(({ origin, size, ts }) => `${origin}: ${size} entries at ${ts}\n`).join('')
      process.stdout.write(json ? `${JSON.stringify(logs, null, 2)}\n` : text || 'no log was cosigned yet\n')
    })
}
