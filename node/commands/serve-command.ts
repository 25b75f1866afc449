import { InvalidArgumentError, type Command } from 'commander'
import type { ServeOptions } from '../serve.js'

/** More than any machine has cores for; a slip of the keyboard should not start thousands of processes. */
const MOST_WORKERS = 256

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function parseWorkers(text: string): number {
  const workers = Number(text)
  if (!/^\d+$/.test(text) || workers < 1 || workers > MOST_WORKERS) {
    throw new InvalidArgumentError(`A number of workers is from 1 to ${MOST_WORKERS}.`)
  }
  return workers
}

/** `fyr-node serve` */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve Beacon v2 until SIGTERM or Ctrl-C')
    .argument('<dir>')
    .option('--port <port>', 'default: node.yaml', parsePort)
    .option('--admin-port <port>', 'metrics and health, on loopback (default: port + 1000)', parsePort)
    .option('--workers <number>', 'processes that share the port; one for each core is a good number', parseWorkers, 1)
    .action(async (dir: string, options: ServeOptions) => {
      // Loaded here, so that the other commands do not wait for a web server that they do not start.
      const { serve } = await import('../serve.js')
      await serve(dir, options)
    })
}
