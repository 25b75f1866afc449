#!/usr/bin/env node
import { relative } from 'node:path'
import { IDENTITY_PORT_OFFSET } from './access.js'
import { readDemoConfig } from './config.js'
import { DemoError } from './demo-error.js'
import { startNetwork, type RunningNetwork } from './network.js'
import { assertPortsFree, portsOf } from './ports.js'
import { prepareDemo } from './prepare.js'
import { REGIONS } from './regions.js'
import { toWelcome } from './welcome.js'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function runDemo(): Promise<void> {
  const config = readDemoConfig()
  // Before the work and not after it.
  await assertPortsFree(portsOf(config.port, REGIONS.length, config.port + IDENTITY_PORT_OFFSET))
  const answers = await prepareDemo(config, say, stop.signal)
  if (stop.signal.aborted) return
  const network: RunningNetwork = await startNetwork(config)
  say(toWelcome(network, answers, relative('', config.directory) || '.'))
  say('ready')
  await stopped(stop.signal)
  await network.close()
}

try {
  await runDemo()
  process.exit(0)
} catch (error) {
  if (stop.signal.aborted) process.exit(0)
  const message =
    error instanceof DemoError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
