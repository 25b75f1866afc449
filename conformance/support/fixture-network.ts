import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { mustRunAll, startService, type Service } from './processes.js'

/** A dataset made by the commands, as an administrator would. */
export interface FixtureDataset {
  readonly id: string
  readonly assembly?: 'GRCh37' | 'GRCh38'
  readonly granularity?: 'boolean' | 'count' | 'record'
  readonly access?: 'public' | 'controlled'
  /** Samples and data lines, columns joined by blanks; absent: the dataset stays empty. */
  readonly vcf?: { readonly samples: readonly string[]; readonly lines: readonly string[] }
}

export function toVcf({ samples, lines }: NonNullable<FixtureDataset['vcf']>): string {
  const columns = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...samples]
  const rows = lines.map((line) => line.trim().split(/\s+/).join('\t'))
  return ['##fileformat=VCFv4.3', columns.join('\t'), ...rows, ''].join('\n')
}

/** Nodes and hubs as real processes in a temporary directory. */
export interface FixtureNetwork {
  readonly directory: string
  /** Makes a node `se.fyr.NAME`; gives its directory. */
  makeNode(name: string, datasets: readonly FixtureDataset[]): Promise<string>
  /** Serves a node that was made; its service's url is without a path. */
  serve(home: string): Promise<Service>
  /** Makes and serves a node `se.fyr.NAME`. */
  startNode(name: string, datasets: readonly FixtureDataset[]): Promise<Service>
  /** Makes and serves a hub over regions given as `[name, base URL]`. */
  startHub(name: string, regions: readonly (readonly [string, string])[]): Promise<Service>
  stop(): Promise<void>
}

export function createFixtureNetwork(): FixtureNetwork {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-network-'))
  const services: Service[] = []

  function addDataset(home: string, dataset: FixtureDataset): readonly (readonly string[])[] {
    const { id, assembly = 'GRCh38', granularity = 'count', access = 'public', vcf } = dataset
    const basis = access === 'public' ? ['--basis', 'made up for a test'] : []
    const options = ['--assembly', assembly, '--granularity', granularity, '--access', access, ...basis]
    const add = ['dataset', 'add', home, id, '--name', `Dataset ${id}`, ...options]
    if (!vcf) return [add]
    const file = join(directory, `${basename(home)}-${id}.vcf`)
    writeFileSync(file, toVcf(vcf))
    return [add, ['ingest', home, '--dataset', id, file]]
  }

  async function makeNode(name: string, datasets: readonly FixtureDataset[]): Promise<string> {
    const home = join(directory, name)
    const init = ['init', home, '--id', `se.fyr.${name}`, '--name', `Region ${name}`]
    await mustRunAll('node/main.js', [init, ...datasets.flatMap((dataset) => addDataset(home, dataset))])
    return home
  }

  async function serve(home: string): Promise<Service> {
    const service = await startService('node/main.js', 'serve', home, '--port', '0')
    services.push(service)
    return service
  }

  return {
    directory,
    makeNode,
    serve,
    async startNode(name, datasets) {
      return serve(await makeNode(name, datasets))
    },
    async startHub(name, regions) {
      const home = join(directory, name)
      await mustRunAll('hub/main.js', [
        ['init', home, '--id', `se.fyr.${name}`, '--name', name, '--allow-private'],
        ...regions.map(([region, url]) => [
          ...['region', 'add', home, '--id', `se.fyr.${region}`],
          ...['--name', region, '--url', url],
        ]),
      ])
      const service = await startService('hub/main.js', 'serve', home, '--port', '0')
      services.push(service)
      return service
    },
    async stop() {
      for (const service of services) await service.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
