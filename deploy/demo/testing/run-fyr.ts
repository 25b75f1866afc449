import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FYR = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'hub', 'client', 'main.js')

export interface RunningFyr {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
  /** Resolves when it has printed what matches, or is over. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts the compiled command `fyr`; `env` sets what it reads, so that nothing of this machine comes in. */
export function startFyr(args: readonly string[], environment: Readonly<Record<string, string>>): RunningFyr {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const child = spawn('env', ['-i', ...settings, process.execPath, FYR, ...args])
  let out = ''
  let err = ''
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    out: () => out,
    err: () => err,
    exit,
    async said(pattern) {
      for (;;) {
        const found = pattern.exec(out)
        if (found) return found
        const isOver = await Promise.race([once(child.stdout, 'data').then(() => false), exit.then(() => true)])
        const last = pattern.exec(out)
        if (last) return last
        if (isOver) throw new Error(`fyr ${args.join(' ')} said: ${out}${err}`)
      }
    },
  }
}

export async function runFyr(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const running = startFyr(args, environment)
  const exitCode = await running.exit
  return { exitCode, out: running.out(), err: running.err() }
}
