import { once } from 'node:events'
import { readNodeConfig } from './config.js'
import { createNode } from './create-node.js'

export interface ServeOptions {
  readonly port?: number
  readonly adminPort?: number
}

/** Serves a node until SIGTERM or SIGINT, then drains. @throws ConfigError, or Error when a port is taken */
export async function serve(directory: string, options: ServeOptions): Promise<void> {
  const stored = readNodeConfig(directory)
  const { port, adminPort } = options
  // A port given here moves the admin port along with it, unless that is given too.
  const { adminPort: storedAdminPort, ...listen } = stored.listen
  const chosenAdminPort = adminPort ?? (port === undefined ? storedAdminPort : undefined)
  const config = {
    ...stored,
    listen: {
      ...listen,
      ...(port === undefined ? {} : { port }),
      ...(chosenAdminPort === undefined ? {} : { adminPort: chosenAdminPort }),
    },
  }
  const node = await createNode(config, { directory })
  try {
    const { url, adminUrl } = await node.listen()
    process.stdout.write(`${stored.id} ready: ${url}/beacon/v2 (admin ${adminUrl})\n`)
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  } finally {
    await node.close()
  }
}
