import { join } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { readVersion, SERVICE_ID_PATTERN, withPorts, type PortOptions, type RegionConfig } from '../schemas/index.js'
import { CommandFailure, createCommand, parseHttpUrl, parsePort, runCommand, type CommandIo } from './command.js'
import { readHubConfig } from './config.js'
import { readHubKey, toPublishedKey } from './regions/hub-key.js'
import { CONFIG_FILE, initHub } from './regions/init-hub.js'
import { renderChecks } from './regions/render-checks.js'
import { addRegion, setAuditKey } from './regions/registry.js'
import { addWitnessCommands } from './witness/witness-commands.js'

function parseServiceId(text: string): string {
  if (!new RegExp(SERVICE_ID_PATTERN).test(text)) {
    throw new InvalidArgumentError('it must be a reverse domain name in small letters, such as se.fyr.hub.')
  }
  return text
}

function parseName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('it must not be empty.')
  return text
}

function addInit(program: Command, io: CommandIo): void {
  program
    .command('init')
    .description('write a new hub.yaml and a new key into DIR')
    .argument('<DIR>', 'directory of the hub')
    .requiredOption('--id <ID>', 'Beacon id of the hub, such as se.fyr.hub', parseServiceId)
    .requiredOption('--name <NAME>', 'name of the hub', parseName)
    .option('--allow-private', 'let regions have private and loopback addresses', false)
    .action((directory: string, options: { id: string; name: string; allowPrivate: boolean }) => {
      try {
        io.out(`wrote ${initHub(directory, options)}\n`)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        throw new CommandFailure(`${directory} already holds a hub`)
      }
    })
}

function addKey(program: Command, io: CommandIo): void {
  program
    .command('key')
    .description('print the public key of the hub, which regions know it by, as a JWK')
    .argument('<DIR>', 'directory of the hub')
    .option('--thumbprint', 'print its thumbprint (RFC 7638) instead, which Passports for the hub are bound to', false)
    .action((directory: string, options: { thumbprint: boolean }) => {
      const { signing } = readHubConfig(directory)
      if (!signing) throw new CommandFailure(`${join(directory, CONFIG_FILE)} names no key: it has no signing`)
      const key = readHubKey(signing)
      const published = JSON.stringify(toPublishedKey(signing.keyId, key), null, 2)
      io.out(`${options.thumbprint ? key.thumbprint : published}\n`)
    })
}

function toRegionTable(regions: readonly RegionConfig[]): string {
  if (regions.length === 0) return 'no regions\n'
  const width = Math.max(...regions.map(({ id }) => id.length))
  return regions.map(({ id, name, url }) => `${id.padEnd(width)}  ${url}  ${name}\n`).join('')
}

function addRegionCommands(program: Command, io: CommandIo): void {
  const region = program.command('region').description('the regions of the network')
  region
    .command('add')
    .description('add a region to hub.yaml; it need not be up')
    .argument('<DIR>', 'directory of the hub')
    .requiredOption('--id <ID>', 'Beacon id of the node, such as se.fyr.norr', parseServiceId)
    .requiredOption('--name <NAME>', 'name of the region', parseName)
    .requiredOption('--url <URL>', 'base URL of its Beacon API, https://…/beacon/v2', parseHttpUrl)
    .option(
      '--audit-key <KEY>',
      'key of its audit log, as fyr-node audit key prints it: the hub then witnesses the log',
    )
    .action((directory: string, options: RegionConfig) => {
      const added = addRegion(join(directory, CONFIG_FILE), options)
      io.out(`added ${added.id} at ${added.url}\n`)
    })
  region
    .command('audit-key')
    .description('set the key of a region’s audit log, which the hub witnesses then')
    .argument('<DIR>', 'directory of the hub')
    .argument('<ID>', 'Beacon id of the node')
    .argument('<KEY>', 'as fyr-node audit key prints it')
    .action((directory: string, id: string, key: string) => {
      setAuditKey(join(directory, CONFIG_FILE), id, key)
      io.out(`${id} is witnessed from the next start on\n`)
    })
  region
    .command('list')
    .description('print the regions')
    .argument('<DIR>', 'directory of the hub')
    .option('--json', 'print JSON', false)
    .action((directory: string, options: { json: boolean }) => {
      const { regions } = readHubConfig(directory)
      io.out(options.json ? `${JSON.stringify(regions, null, 2)}\n` : toRegionTable(regions))
    })
  region
    .command('check')
    .description(
      'ask each region who it is, and say what is not well: address, connection, certificate, id, Beacon version, variants, clock',
    )
    .argument('<DIR>', 'directory of the hub')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit codes: 0 all is well; 1 something is not; 2 wrong usage.\n')
    .action(async (directory: string, options: { json: boolean }) => {
      const { checkRegions } = await import('./regions/check-regions.js')
      const checks = await checkRegions(readHubConfig(directory), { now: () => performance.now(), wallClock: Date.now })
      io.out(options.json ? `${JSON.stringify(checks, null, 2)}\n` : renderChecks(checks))
      const failing = checks.filter(({ ok }) => !ok).length
      if (failing > 0) throw new CommandFailure(`${failing} of ${checks.length} regions: something is not well`)
    })
}

/** Resolves at the first SIGTERM or SIGINT. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

function addServe(program: Command, io: CommandIo, stop: () => Promise<void>): void {
  program
    .command('serve')
    .description('serve the hub until SIGTERM or SIGINT')
    .argument('<DIR>', 'directory of the hub')
    .option('--port <PORT>', 'public port instead of the one in hub.yaml; 0 takes a free one', parsePort)
    .option('--admin-port <PORT>', 'admin port on loopback; default: public port + 1000', parsePort)
    .action(async (directory: string, options: PortOptions) => {
      const stored = readHubConfig(directory)
      const config = { ...stored, listen: withPorts(stored.listen, options) }
      // Loaded here, so that the other commands do not wait for a web server that they do not start.
      const { createHub } = await import('./create-hub.js')
      const hub = await createHub(config, { directory })
      const stopped = stop()
      const { url, adminUrl } = await hub.listen()
      io.out(`${config.id} is ready at ${config.baseUrl ?? url} (listening on ${url}, admin ${adminUrl})\n`)
      await stopped
      await hub.close()
    })
}

/** The command line of `fyr-hub`; returns the exit code. */
export function runHubCli(
  args: readonly string[],
  io: CommandIo,
  stop: () => Promise<void> = stopRequested,
): Promise<number> {
  const program = createCommand('fyr-hub', 'Runs the hub of a Fyr network.', readVersion(), io)
  addInit(program, io)
  addKey(program, io)
  addRegionCommands(program, io)
  addWitnessCommands(program, io)
  addServe(program, io, stop)
  return runCommand(program, args, io)
}
