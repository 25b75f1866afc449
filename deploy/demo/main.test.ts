import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXAMPLES, type TrueAnswers } from './examples.js'
import { PHENOTYPE } from './people.js'

const MAIN = join(dirname(fileURLToPath(import.meta.url)), 'main.js')
const directory = mkdtempSync(join(tmpdir(), 'fyr-demo-'))
const running: ChildProcess[] = []
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The `env` command sets what the program reads: this file does not read the environment. */
function start(port: number) {
  const child = spawn('env', [`FYR_PORT=${port}`, `FYR_DIRECTORY=${directory}`, process.execPath, MAIN])
  running.push(child)
  let said = ''
  let resolveReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (resolveReady = resolve))
  const hear = (text: Buffer) => {
    said += text.toString()
    if (/^ready$/m.test(said)) resolveReady()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const exit = once(child, 'exit').then(([code]) => code as number)
  return { child, exit, said: () => said, ready: Promise.race([ready, exit]) }
}

async function ask(port: number, query: string, filters: readonly object[] = []) {
  const url = `http://127.0.0.1:${port}/beacon/v2/g_variants`
  const [contig, position, referenceBases, alternateBases] = query.split('-')
  const g_variant = {
    assemblyId: 'GRCh38',
    referenceName: contig,
    start: [Number(position) - 1],
    referenceBases,
    alternateBases,
  }
  const body = JSON.stringify({ meta: { apiVersion: 'v2.2.0' }, query: { requestParameters: { g_variant }, filters } })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return (await response.json()) as { info: { regions: { beaconId: string; counts?: object }[]; complete: boolean } }
}

async function expectTrueAnswers(port: number): Promise<void> {
  const { answers } = JSON.parse(readFileSync(join(directory, 'demo.json'), 'utf8')) as { answers: TrueAnswers }
  const { query } = EXAMPLES.find(({ name }) => name === 'everywhere')!
  const filtered = await ask(port, query, [{ id: PHENOTYPE.id }])
  expect(filtered.info.complete).toBe(true)
  for (const [key, counts] of Object.entries(answers.affected)) {
    expect(filtered.info.regions.find(({ beaconId }) => beaconId === `se.fyr.${key}`)?.counts).toMatchObject(counts)
  }
  for (const example of EXAMPLES) {
    if (example.kind !== 'allele') continue
    const { info } = await ask(port, example.query)
    expect(info.complete).toBe(true)
    for (const [key, counts] of Object.entries(answers[example.name])) {
      expect(info.regions.find(({ beaconId }) => beaconId === `se.fyr.${key}`)?.counts).toMatchObject(counts)
    }
  }
}

// Far from the default, so that a demonstration that is running does not get in the way.
const PORT = 23_080
const OTHER_PORT = 23_180

describe('the demonstration', () => {
  test('makes its data, tells what its regions hold, and stops when told to', async () => {
    // What an interrupted run leaves behind is made anew.
    writeFileSync(join(directory, 'demo.json'), '{"version":')
    const demo = start(PORT)
    await demo.ready
    expect(demo.said()).toContain(`npx fyr variant 17-43045712-T-C --hub http://127.0.0.1:${PORT}\n`)
    expect(demo.said()).toMatch(/\nready\n$/)
    await expectTrueAnswers(PORT)
    demo.child.kill('SIGTERM')
    expect(await demo.exit).toBe(0)
  })

  test('starts again at another port with the data that it has', async () => {
    const demo = start(OTHER_PORT)
    await demo.ready
    expect(demo.said()).not.toContain('Making data')
    await expectTrueAnswers(OTHER_PORT)
    demo.child.kill('SIGINT')
    expect(await demo.exit).toBe(0)
  })

  test('says in a sentence which port is in use', async () => {
    const server = createServer().listen(PORT + 2, '127.0.0.1')
    await once(server, 'listening')
    const demo = start(PORT)
    expect(await demo.exit).toBe(1)
    expect(demo.said()).toBe(`Port ${PORT + 2} is in use; stop what uses it, or set FYR_PORT to another one.\n`)
    server.close()
  })
})
