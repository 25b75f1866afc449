import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { commandPath } from './paths.js'

const PATIENCE_MS = 20_000
const POLL_MS = 50

/** A node with several processes. */
export interface WorkersService {
  readonly url: string
  readonly adminUrl: string
  /** The primary. */
  readonly pid: number
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
  stderr(): string
  /** The children of the primary. */
  pids(): Promise<readonly number[]>
  metrics(): Promise<string>
  /** Requests of variants, of all workers together. */
  countRequests(): Promise<number>
  /** Status of /health/ready on the admin listener. */
  ready(): Promise<number>
  stop(): Promise<void>
}

/** Waits until something is so. @throws Error when it takes too long */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`it was not so within ${PATIENCE_MS} ms`)
}

/** A zombie is not alive: it only waits for its parent to ask how it ended. */
export function isAlive(pid: number): boolean {
  return statusOf(pid) !== undefined
}

/** State and parent of a process, from /proc (proc(5)); undefined when there is none. */
function statusOf(pid: number): { readonly parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return state === 'Z' ? undefined : { parent: Number(parent) }
  } catch {
    return undefined
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && statusOf(pid)?.parent === parent)
}

/** Serves a node and waits for its ready line; port 0 takes a free one. */
export async function startWorkers(home: string, workers: number, port = 0): Promise<WorkersService> {
  const args = [commandPath('node/main.js'), 'serve', home, '--workers', String(workers)]
  args.push('--port', String(port), '--admin-port', '0')
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }))
  let printed = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await until(() => printed.includes('\n') || child.exitCode !== null)
  const [url, adminUrl] = [...printed.matchAll(/http:\/\/[\d.]+:\d+/g)].map(([match]) => match)
  if (!url || !adminUrl) throw new Error(`the node ended before it was ready: ${stderr}`)
  const metrics = async () => (await fetch(`${adminUrl}/metrics`)).text()
  return {
    url,
    adminUrl,
    pid: child.pid!,
    exit,
    stderr: () => stderr,
    pids: () => Promise.resolve(childrenOf(child.pid!)),
    metrics,
    async countRequests() {
      const counts = (await metrics()).matchAll(
        /^fyr_http_requests_total\{route="\/beacon\/v2\/g_variants".*\} (\d+)$/gm,
      )
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
    },
    ready: async () => (await fetch(`${adminUrl}/health/ready`)).status,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exit
    },
  }
}
