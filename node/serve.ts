import { once } from 'node:events'
import { withPorts, type PortOptions } from '../schemas/index.js'
import { readNodeConfig } from './config.js'
import { createNode } from './create-node.js'

/** Serves a node until SIGTERM or SIGINT, then drains. @throws ConfigError, or Error when a port is taken */
export async function serve(directory: string, options: PortOptions): Promise<void> {
  const stored = readNodeConfig(directory)
  const config = { ...stored, listen: withPorts(stored.listen, options) }
  const node = await createNode(config, { directory })
  try {
    const { url, adminUrl } = await node.listen()
    process.stdout.write(`${stored.id} ready: ${url}/beacon/v2 (admin ${adminUrl})\n`)
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  } finally {
    await node.close()
  }
}
