import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { HUB_ID, HUB_PUBLIC_KEY_FILE, toAccessConfig, toLoginConfig } from './access.js'
import type { DemoConfig } from './config.js'
import { DemoError } from './demo-error.js'
import type { TrueAnswers } from './examples.js'
import { filesOf, generateDemo, writeDemo } from './generate.js'
import { hubDirectory, regionDirectory, REGIONS, type DemoRegion } from './regions.js'
import { moveWitnesses, writeWitnesses } from './witnesses.js'

/** Raise it when the generated data or what is stored of them changes: older data are then made anew. */
const DEMO_VERSION = 6

/** Written last: without it, what lies there is half-made. */
interface Marker {
  readonly version: number
  readonly answers: TrueAnswers
}

const run = promisify(execFile)

function markerOf(directory: string): string {
  return join(directory, 'demo.json')
}

function readMarker(directory: string): Marker | undefined {
  try {
    const marker = JSON.parse(readFileSync(markerOf(directory), 'utf8')) as Partial<Marker> | null
    return marker?.version === DEMO_VERSION && marker.answers
      ? { version: DEMO_VERSION, answers: marker.answers }
      : undefined
  } catch {
    return undefined
  }
}

/** Only what this program made: the folder may have been chosen by somebody. */
function removeOld(directory: string): void {
  const made = [...REGIONS.map((r) => regionDirectory(directory, r)), hubDirectory(directory), join(directory, 'input')]
  for (const path of [markerOf(directory), ...made]) rmSync(path, { recursive: true, force: true })
}

/** The public commands, as an administrator types them. */
function regionCommands(directory: string, input: string, region: DemoRegion): readonly (readonly string[])[] {
  const node = regionDirectory(directory, region)
  const { vcf, ped, individuals } = filesOf(input, region)
  const dataset = ['--name', region.datasetName, '--assembly', 'GRCh38', '--granularity', region.granularity]
  return [
    ['init', node, '--id', region.id, '--name', region.name],
    ['dataset', 'add', node, region.dataset, ...dataset, '--access', 'public', '--basis', 'Synthetic data'],
    ['ingest', node, '--dataset', region.dataset, '--ped', ped, vcf],
    ['ingest', node, '--dataset', region.dataset, '--type', 'individuals', individuals],
  ]
}

function hubCommands({ directory, port }: DemoConfig): readonly (readonly string[])[] {
  const hub = hubDirectory(directory)
  const members = REGIONS.map(({ id, name }, i) => {
    const url = `http://127.0.0.1:${port + 1 + i}/beacon/v2`
    return ['region', 'add', hub, '--id', id, '--name', name, '--url', url]
  })
  return [['init', hub, '--id', HUB_ID, '--name', 'Fyr', '--allow-private'], ...members]
}

async function runAll(
  { code }: DemoConfig,
  program: 'node' | 'hub',
  commands: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<void> {
  const scripts = [join(code, 'deploy', 'run-commands.js'), join(code, program, 'main.js')]
  const running = run(process.execPath, scripts, { signal })
  running.child.stdin!.end(JSON.stringify(commands))
  try {
    await running
  } catch (error) {
    if (signal.aborted) throw error
    const said = (error as { stderr?: string }).stderr?.trim() ?? ''
    throw new DemoError(`the data cannot be made: ${said || String(error)}`)
  }
}

/** Who may log in, and whom the regions believe; with another FYR_PORT the addresses in it are those of that port. */
async function writeAccess({ directory, code, port }: DemoConfig): Promise<void> {
  const hub = hubDirectory(directory)
  const { stdout } = await run(process.execPath, [join(code, 'hub', 'main.js'), 'key', hub])
  writeFileSync(join(hub, HUB_PUBLIC_KEY_FILE), stdout)
  appendFileSync(join(hub, 'hub.yaml'), `\n${stringify({ login: toLoginConfig(port) })}`)
  for (const [i, region] of REGIONS.entries()) {
    const access = toAccessConfig(port, `http://127.0.0.1:${port + 1 + i}`)
    appendFileSync(join(regionDirectory(directory, region), 'node.yaml'), `\n${stringify({ access })}`)
  }
}

/**
 * Makes the data of the demonstration unless they are there, and returns the true answers to its examples.
 *
 * @param say is told once when it will take a while
 * @throws DemoError
 */
export async function prepareDemo(
  config: DemoConfig,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<TrueAnswers> {
  const { directory } = config
  const marker = readMarker(directory)
  if (marker) {
    moveWitnesses(config)
    return marker.answers
  }
  say(`Making data of three regions in ${directory}; this happens once.`)
  removeOld(directory)
  const input = join(directory, 'input')
  mkdirSync(input, { recursive: true })
  const data = generateDemo()
  writeDemo(data, input)
  const regions = REGIONS.map((region) => runAll(config, 'node', regionCommands(directory, input, region), signal))
  await Promise.all([...regions, runAll(config, 'hub', hubCommands(config), signal)])
  await writeAccess(config)
  await writeWitnesses(config)
  const made: Marker = { version: DEMO_VERSION, answers: data.answers }
  writeFileSync(markerOf(directory), `${JSON.stringify(made, null, 2)}\n`)
  return made.answers
}
