import { join } from 'node:path'
import { createHub } from '../../hub/create-hub.js'
import { createNode } from '../../node/create-node.js'
import { ADMIN_PORT_OFFSET, readConfig, type HubConfig, type Listen, type NodeConfig } from '../../schemas/index.js'
import { IDENTITY_PORT_OFFSET, readHubKeys, toAccessConfig, toLoginConfig } from './access.js'
import type { DemoConfig } from './config.js'
import { createIdentityProvider } from './identity-provider.js'
import { LOOPBACK, toPortError } from './ports.js'
import { hubDirectory, regionDirectory, REGIONS } from './regions.js'

export interface RunningNetwork {
  readonly hubUrl: string
  readonly regionUrls: readonly string[]
  readonly identityUrl: string
  /** Of the identity provider. */
  readonly issuer: string
  close(): Promise<void>
}

interface Started {
  close(): Promise<void>
}

interface Process extends Started {
  listen(): Promise<unknown>
}

function listenOn(port: number): Listen {
  return { host: LOOPBACK, port, adminPort: port + ADMIN_PORT_OFFSET }
}

// The data were made once, perhaps with another FYR_PORT: addresses follow the port of today.
async function startNode(directory: string, hubPort: number, port: number): Promise<Process> {
  const config = readConfig<NodeConfig>(join(directory, 'node.yaml'), 'config/node.json')
  const access = toAccessConfig(hubPort, `http://${LOOPBACK}:${port}`)
  return createNode({ ...config, listen: listenOn(port), logLevel: 'warn', access }, { directory })
}

async function startHub(directory: string, port: number, urls: ReadonlyMap<string, string>): Promise<Process> {
  const config = readConfig<HubConfig>(join(directory, 'hub.yaml'), 'config/hub.json')
  const regions = config.regions.map((region) => ({ ...region, url: urls.get(region.id) ?? region.url }))
  const login = toLoginConfig(port)
  return createHub({ ...config, listen: listenOn(port), logLevel: 'warn', login, regions }, { directory })
}

async function onPort<T>(port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { readonly port?: number }
    throw failure.syscall === 'listen' ? toPortError(failure, failure.port ?? port) : error
  }
}

/** Identity provider, three nodes and the hub in this process. When one of them cannot start, none stays. */
export async function startNetwork({ directory, port }: DemoConfig): Promise<RunningNetwork> {
  const started: Started[] = []
  const nodes: Started[] = []
  // Nodes first: the hub cosigns the last checkpoints of their audit logs.
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()))
    await Promise.all(started.map((server) => server.close()))
  }
  const urls = new Map(REGIONS.map(({ id }, i) => [id, `http://${LOOPBACK}:${port + 1 + i}/beacon/v2`]))
  try {
    const identityPort = port + IDENTITY_PORT_OFFSET
    const audiences = [...urls.values()].map((url) => new URL(url).origin)
    const hubKeys = readHubKeys(hubDirectory(directory))
    const identity = await onPort(identityPort, () =>
      createIdentityProvider({ port: identityPort, audiences, hubKeys }),
    )
    started.push(identity)
    for (const [i, region] of REGIONS.entries()) {
      const node = await startNode(regionDirectory(directory, region), port, port + 1 + i)
      nodes.push(node)
      await onPort(port + 1 + i, () => node.listen())
    }
    const hub = await startHub(hubDirectory(directory), port, urls)
    started.push(hub)
    await onPort(port, () => hub.listen())
    const { url: identityUrl, issuer } = identity
    return { hubUrl: `http://${LOOPBACK}:${port}`, regionUrls: [...urls.values()], identityUrl, issuer, close }
  } catch (error) {
    await close()
    throw error
  }
}
