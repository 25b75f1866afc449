import { withPorts, type PortOptions } from '../schemas/index.js'
import { readNodeConfig } from './config.js'
import { waitForStopSignal } from './stop-signal.js'

export interface ServeOptions extends PortOptions {
  /** Processes that take requests; one is this process itself. */
  readonly workers: number
}

/** Serves a node until SIGTERM or SIGINT, then drains. @throws ConfigError, ServeError, or Error when a port is taken */
export async function serve(directory: string, { workers, ...ports }: ServeOptions): Promise<void> {
  const stored = readNodeConfig(directory)
  const config = { ...stored, listen: withPorts(stored.listen, ports) }
  const printReady = (url: string, adminUrl: string) =>
    void process.stdout.write(`${stored.id} ready: ${url}/beacon/v2 (admin ${adminUrl})\n`)
  // Each way loads its own: a primary that takes no requests does not wait for what answers them.
  if (workers > 1) {
    const { serveWithWorkers } = await import('./cluster/serve-with-workers.js')
    return serveWithWorkers(directory, config, workers, printReady)
  }
  const stopped = waitForStopSignal()
  const { createNode } = await import('./create-node.js')
  const node = await createNode(config, { directory })
  try {
    const { url, adminUrl } = await node.listen()
    printReady(url, adminUrl)
    await stopped
  } finally {
    await node.close()
  }
}
