import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { HubConfig, RegionConfig } from '../../schemas/index.js'
import { startService, type Service } from './processes.js'
import type { StandInBehaviour } from './stand-in-region.js'

/** Regions of which each is a process, and a hub over them that is another. */
export interface StandInNetwork {
  readonly hub: Service
  readonly regions: readonly RegionConfig[]
  stop(): Promise<void>
}

/** A port of loopback that refuses connections. */
async function refusingPort(): Promise<number> {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

/**
 * Starts a network; `refuse` is a region whose process is gone.
 *
 * @param directory where hub.yaml is written
 */
export async function startStandInNetwork(
  directory: string,
  behaviours: readonly (StandInBehaviour | 'refuse')[],
  rest: Partial<HubConfig> = {},
): Promise<StandInNetwork> {
  const services: Service[] = []
  const stop = async () => {
    for (const service of services.toReversed()) await service.stop()
  }
  const startRegion = async (behaviour: StandInBehaviour | 'refuse', index: number): Promise<RegionConfig> => {
    const name = `r${String(index).padStart(2, '0')}-${behaviour}`
    const id = `se.fyr.${name}`
    if (behaviour === 'refuse') return { id, name, url: `http://127.0.0.1:${await refusingPort()}/beacon/v2` }
    const service = await startService('conformance/support/stand-in-region.js', id, behaviour)
    services.push(service)
    return { id, name, url: `${service.url}/beacon/v2` }
  }
  try {
    const regions: RegionConfig[] = []
    for (const [index, behaviour] of behaviours.entries()) regions.push(await startRegion(behaviour, index))
    const config: HubConfig = {
      id: 'se.fyr.hub',
      name: 'Fyr',
      organization: { id: 'fyr', name: 'Fyr' },
      environment: 'test',
      listen: { host: '127.0.0.1', port: 0 },
      deadlineMs: 3_000,
      maximumResponseBytes: 1 << 20,
      allowPrivate: true,
      logLevel: 'info',
      regions,
      ...rest,
    }
    mkdirSync(directory, { recursive: true })
    // JSON is YAML.
    writeFileSync(join(directory, 'hub.yaml'), JSON.stringify(config))
    const hub = await startService('hub/main.js', 'serve', directory, '--port', '0')
    services.push(hub)
    return { hub, regions, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
