import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isMap, isSeq, parseDocument, stringify } from 'yaml'
import type { AuditConfig } from '../../schemas/index.js'
import type { DemoConfig } from './config.js'
import { LOOPBACK } from './ports.js'
import { hubDirectory, regionDirectory, REGIONS } from './regions.js'

const HUB = 'hub'

const run = promisify(execFile)

/** By the name of the witness: the hub, or a region. */
function witnessUrl(hubPort: number, name: string): string {
  const index = REGIONS.findIndex(({ key }) => key === name)
  return `http://${LOOPBACK}:${hubPort + 1 + index}/witness`
}

/** The hub witnesses the audit logs of all regions, and each region those of the two others; with the keys that they made. */
export async function writeWitnesses({ directory, code, port }: DemoConfig): Promise<void> {
  const print = async (program: string, ...args: string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [join(code, program, 'main.js'), ...args])
    return stdout.trim()
  }
  const hub = hubDirectory(directory)
  const witnessKeys = new Map([[HUB, await print('hub', 'witness', 'key', hub)]])
  const logKeys = new Map<string, string>()
  for (const region of REGIONS) {
    const home = regionDirectory(directory, region)
    logKeys.set(region.key, await print('node', 'audit', 'key', home))
    witnessKeys.set(region.key, await print('node', 'witness', 'key', home))
    await print('hub', 'region', 'audit-key', hub, region.id, logKeys.get(region.key)!)
  }
  for (const region of REGIONS) {
    const audit: AuditConfig = {
      witnesses: [...witnessKeys]
        .filter(([name]) => name !== region.key)
        .map(([name, publicKey]) => ({ name, url: witnessUrl(port, name), publicKey })),
      cosigns: [...logKeys].filter(([name]) => name !== region.key).map(([, key]) => key),
      allowPrivate: true,
    }
    appendFileSync(join(regionDirectory(directory, region), 'node.yaml'), `\n${stringify({ audit })}`)
  }
}

/** The data were made once, perhaps with another FYR_PORT; commands that ask witnesses read where they are in `node.yaml`. */
export function moveWitnesses({ directory, port }: DemoConfig): void {
  for (const region of REGIONS) {
    const file = join(regionDirectory(directory, region), 'node.yaml')
    const source = readFileSync(file, 'utf8')
    const document = parseDocument(source)
    const witnesses = document.getIn(['audit', 'witnesses'])
    if (!isSeq(witnesses)) continue
    for (const witness of witnesses.items) {
      if (isMap(witness)) witness.set('url', witnessUrl(port, String(witness.get('name'))))
    }
    const moved = document.toString({ lineWidth: 0 })
    if (moved !== source) writeFileSync(file, moved)
  }
}
