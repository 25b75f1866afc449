import type { Command } from 'commander'
import { adminTokenPath, makeAdminToken } from '../admin/admin-token.js'
import { readNodeConfig } from '../config.js'

/** `fyr-node admin-token` */
export function addAdminTokenCommand(program: Command): void {
  program
    .command('admin-token')
    .description('make the token of the admin API; it stands in a file that only its owner can read')
    .argument('<dir>')
    .option('--replace', 'make a new one: the old is worth nothing from now on')
    .action((dir: string, { replace = false }: { replace?: boolean }) => {
      readNodeConfig(dir)
      const made = makeAdminToken(dir, replace)
      process.stdout.write(`${made ? 'made' : 'there is'} ${adminTokenPath(dir)}\n`)
    })
}
