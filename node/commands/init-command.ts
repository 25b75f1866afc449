import type { Command } from 'commander'
import { initNode } from '../config.js'

/** `fyr-node init` */
export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('make a node: a directory with a node.yaml')
    .argument('<dir>')
    .requiredOption('--id <id>', 'beacon id, e.g. se.fyr.norr')
    .requiredOption('--name <name>', 'e.g. "Region Norr"')
    .option('--contact <text>', 'who answers questions about the data (default: the name)')
    .action((dir: string, options: { id: string; name: string; contact?: string }) => {
      initNode(dir, options.id, options.name, options.contact)
      process.stdout.write(`made ${dir}/node.yaml\n`)
    })
}
