import type { Command } from 'commander'
import { ServeError } from '../serve-error.js'
import { print } from './with-access.js'

interface CheckCommandOptions {
  readonly deep?: boolean
  readonly json?: boolean
}

const HELP = `
Looks at node.yaml and the files that it names, keys, databases, datasets, references, files, the end of the audit log, disk
space, clock, and whether brokers, issuers of visas, REMS, witnesses and stores can be reached. Writes nothing; the node may
serve meanwhile. Each finding is a line: where, what, and what to do.

Exit codes: 0 nothing is wrong (there may be warnings); 1 something is; 2 wrong usage.
`

/** `fyr-node check` */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say what is not well with a node: configuration, keys, data, audit log, clock, whom it relies on')
    .argument('<dir>')
    .option('--deep', 'read every page of every database (PRAGMA quick_check), which takes a while')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (dir: string, { deep = false, json }: CheckCommandOptions) => {
      // Loaded here, so that the help of all commands does not wait for it.
      const [{ checkNode }, { toLine }] = await Promise.all([
        import('../check/check-node.js'),
        import('../check/finding.js'),
      ])
      const findings = await checkNode(dir, { deep })
      const isWell = findings.every(({ level }) => level === 'warning')
      const lines = findings.map((finding) => `${toLine(finding)}\n`).join('')
      print(json, { findings }, `${lines}${isWell ? 'all is well\n' : ''}`)
      if (!isWell) throw new ServeError('not all is well')
    })
}
