import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { commandPath } from './paths.js'

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const LARGEST_OUTPUT = 1 << 30

/** Runs another program to its end; a failing one is a value, not an error. */
export function run(program: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: LARGEST_OUTPUT }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ code, stdout, stderr })
    })
  })
}

/** Runs one of the project's commands, e.g. `runCommand('node/main.js', 'init', …)`. */
export function runCommand(script: string, ...args: string[]): Promise<Finished> {
  return run(process.execPath, [commandPath(script), ...args])
}

/**
 * Runs commands that must succeed, one after another in one process, as a process of its own takes longer to start than most
 * commands take.
 *
 * @returns what each printed
 */
export async function mustRunAll(script: string, commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  const runner = spawn(process.execPath, [commandPath('deploy/run-commands.js'), commandPath(script)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  runner.stdin.end(JSON.stringify(commands))
  const exit = once(runner, 'exit') as Promise<[number | null]>
  const [stdout, stderr, [code]] = await Promise.all([text(runner.stdout), text(runner.stderr), exit])
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`)
  return stdout.split('\0').slice(0, commands.length)
}

/** Runs a command that must succeed. */
export async function mustRun(script: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(script, ...args)
  if (code !== 0) throw new Error(`${script} ${args[0]} ended with ${code}: ${stderr}`)
  return stdout
}

export interface Service {
  /** The first address on the ready line, without what follows the port. */
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Asks a process to end, and waits until it has. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** Starts a `serve` command and waits for its ready line. */
export function startService(script: string, ...args: string[]): Promise<Service> {
  return startServiceLoggingTo('ignore', script, ...args)
}

/** @param log file descriptor that takes what the command writes on standard error */
export async function startServiceLoggingTo(
  log: 'ignore' | number,
  script: string,
  ...args: string[]
): Promise<Service> {
  const child = spawn(process.execPath, [commandPath(script), ...args], { stdio: ['ignore', 'pipe', log] })
  let printed = ''
  for await (const chunk of child.stdout!) {
    printed += String(chunk)
    const match = /https?:\/\/[^/\s]+/.exec(printed)
    if (match && printed.includes('\n')) {
      return {
        url: match[0],
        pid: child.pid!,
        stop: () => stopProcess(child),
      }
    }
  }
  throw new Error(`${script} ${args.join(' ')} ended before it was ready: ${printed}`)
}
