import type { Command } from 'commander'
import { rotateTicketKeys } from '../access/ticket-keys.js'
import { makeRecordedChange } from '../audit/change-log.js'
import { readNodeConfig } from '../config.js'
import { ServeError } from '../serve-error.js'
import { byOption, toChangeOptions, type ByOption } from './by-option.js'

/** `fyr-node tickets …` */
export function addTicketCommands(program: Command): void {
  const tickets = program.command('tickets').description('manage the keys that sign tickets of htsget')
  tickets
    .command('rotate-key')
    .description('sign with a new key from now on; a running node does so by itself every day')
    .argument('<dir>')
    .option('--revoke', 'forget the old keys at once: every ticket that is in use is void')
    .addOption(byOption())
    .action(async (dir: string, { revoke = false, ...options }: ByOption & { revoke?: boolean }) => {
      readNodeConfig(dir)
      const details = { what: 'tickets.rotate-key', revoke }
      const id = await makeRecordedChange(dir, 'key.change', details, toChangeOptions(options), () =>
        rotateTicketKeys(dir, new Date(), revoke),
      )
      if (id === undefined) throw new ServeError('another process is changing the keys just now; try again')
      process.stdout.write(`tickets are signed with key ${id}${revoke ? '; older tickets are void' : ''}\n`)
    })
}
