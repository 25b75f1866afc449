import { join } from 'node:path'
import { createHub } from '../../hub/create-hub.js'
import { createNode } from '../../node/create-node.js'
import { ADMIN_PORT_OFFSET, readConfig, type HubConfig, type Listen, type NodeConfig } from '../../schemas/index.js'
import type { DemoConfig } from './config.js'
import { LOOPBACK, toPortError } from './ports.js'
import { hubDirectory, regionDirectory } from './prepare.js'
import { REGIONS } from './regions.js'

export interface RunningNetwork {
  readonly hubUrl: string
  readonly regionUrls: readonly string[]
  close(): Promise<void>
}

interface Process {
  listen(): Promise<unknown>
  close(): Promise<void>
}

function listenOn(port: number): Listen {
  return { host: LOOPBACK, port, adminPort: port + ADMIN_PORT_OFFSET }
}

async function startNode(directory: string, port: number): Promise<Process> {
  const config = readConfig<NodeConfig>(join(directory, 'node.yaml'), 'config/node.json')
  return createNode({ ...config, listen: listenOn(port), logLevel: 'warn' }, { directory })
}

async function startHub(directory: string, port: number, urls: ReadonlyMap<string, string>): Promise<Process> {
  const config = readConfig<HubConfig>(join(directory, 'hub.yaml'), 'config/hub.json')
  // The data were made once, perhaps with another FYR_PORT: addresses follow the port of today.
  const regions = config.regions.map((region) => ({ ...region, url: urls.get(region.id) ?? region.url }))
  return createHub({ ...config, listen: listenOn(port), logLevel: 'warn', regions }, { directory })
}

async function listen(server: Process, port: number): Promise<void> {
  try {
    await server.listen()
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { readonly port?: number }
    throw failure.syscall === 'listen' ? toPortError(failure, failure.port ?? port) : error
  }
}

/** Three nodes and the hub in this process. When one of them cannot start, none stays. */
export async function startNetwork({ directory, port }: DemoConfig): Promise<RunningNetwork> {
  const started: Process[] = []
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()))
  }
  const urls = new Map(REGIONS.map(({ id }, i) => [id, `http://${LOOPBACK}:${port + 1 + i}/beacon/v2`]))
  try {
    for (const [i, region] of REGIONS.entries()) {
      const node = await startNode(regionDirectory(directory, region), port + 1 + i)
      started.push(node)
      await listen(node, port + 1 + i)
    }
    const hub = await startHub(hubDirectory(directory), port, urls)
    started.push(hub)
    await listen(hub, port)
  } catch (error) {
    await close()
    throw error
  }
  return { hubUrl: `http://${LOOPBACK}:${port}`, regionUrls: [...urls.values()], close }
}
