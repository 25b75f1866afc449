import type { Command } from 'commander'
import { addAdministrator, listAdministrators, removeAdministrator } from '../admin/administrators.js'
import { withChangeLog, type RecordChange } from '../audit/change-log.js'
import { readNodeConfig } from '../config.js'
import { writeSecretFile } from '../secret-file.js'
import { byOption, toActor, toChangeOptions } from './by-option.js'
import { print, toDay, toTable, type ChangeOptions } from './with-access.js'

/** Puts a change of administrators on record, then makes it; other commands wait meanwhile. */
function change<T>(dir: string, what: string, name: string, options: ChangeOptions, make: () => T): Promise<T> {
  readNodeConfig(dir)
  return withChangeLog(dir, toChangeOptions(options), async (record: RecordChange) => {
    await record('key.change', { what, administrator: name })
    return make()
  })
}

interface AddOptions extends ChangeOptions {
  readonly out?: string
}

/** `fyr-node admin …` */
export function addAdminCommands(program: Command): void {
  const admin = program.command('admin').description('say who may use the admin API, each with a token of their own')
  admin
    .command('add')
    .description('make a token for somebody; the node keeps a digest of it alone, so it is shown this once')
    .argument('<dir>')
    .argument('<name>', 'of one person: an id of staff, in small letters')
    .option('--out <file>', 'write the token to a file that only its owner can read, instead of printing it')
    .addOption(byOption())
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string, options: AddOptions) => {
      const { out, json } = options
      const added = { by: toActor(options.by), at: new Date().toISOString() }
      const token = await change(dir, 'admin.add', name, options, () => addAdministrator(dir, name, added))
      if (out === undefined) return print(json, { name, token }, `${token}\n`)
      writeSecretFile(out, `${token}\n`, true)
      print(json, { name, out }, `wrote the token of ${name} to ${out}\n`)
    })
  admin
    .command('list')
    .description('print who may use the admin API')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: ChangeOptions) => {
      readNodeConfig(dir)
      const known = listAdministrators(dir)
      const rows = known.map(({ name, added }) => [name, `added ${toDay(added.at)} by ${added.by}`])
      print(json, known, toTable(rows, 'no administrators: nobody can use the admin API'))
    })
  admin
    .command('remove')
    .description('take the token of somebody back: it is worth nothing from the next request on')
    .argument('<dir>')
    .argument('<name>')
    .addOption(byOption())
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string, options: ChangeOptions) => {
      await change(dir, 'admin.remove', name, options, () => removeAdministrator(dir, name))
      print(options.json, { name }, `${name} is no administrator any more\n`)
    })
}
