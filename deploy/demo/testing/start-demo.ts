import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IDENTITY_PORT_OFFSET } from '../access.js'
import { assertPortsFree, portsOf } from '../ports.js'
import { REGIONS } from '../regions.js'
import { createBrowser } from './browser.js'
import { startFyr } from './run-fyr.js'

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '..', 'main.js')

export interface StartedDemo {
  readonly child: ChildProcess
  readonly exit: Promise<number>
  /** What it has printed so far. */
  readonly said: () => string
  /** Resolves when it is ready, or is over. */
  readonly ready: Promise<unknown>
}

/** Below those that the operating system gives to outgoing connections. */
const [LOWEST_PORT, HIGHEST_PORT] = [26_000, 31_000]
const MOST_TRIES = 50

/** A port for the hub of a demonstration, all of whose ports are free now. */
export async function findDemoPort(): Promise<number> {
  for (let tried = 1; ; tried++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT))
    try {
      await assertPortsFree(portsOf(port, REGIONS.length, port + IDENTITY_PORT_OFFSET))
      return port
    } catch (error) {
      if (tried === MOST_TRIES) throw error
    }
  }
}

/** Starts the demonstration; the `env` command sets what it reads. */
export function startDemo(port: number, directory: string): StartedDemo {
  const child = spawn('env', [`FYR_PORT=${port}`, `FYR_DIRECTORY=${directory}`, process.execPath, MAIN])
  let said = ''
  let resolveReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (resolveReady = resolve))
  const hear = (text: Buffer) => {
    said += text.toString()
    if (/^ready$/m.test(said)) resolveReady()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const exit = once(child, 'exit').then(([code]) => code as number)
  return { child, exit, said: () => said, ready: Promise.race([ready, exit]) }
}

/** Logs in with `fyr login`, as a person of the demonstration who clicks nothing. */
export async function logInAs(person: string, environment: Readonly<Record<string, string>>) {
  const running = startFyr(['login', '--hint', person], environment)
  const [, url] = await running.said(/(http\S+\/auth\S+)/)
  const page = await createBrowser().open(url!)
  return { exitCode: await running.exit, page, out: running.out(), err: running.err() }
}
